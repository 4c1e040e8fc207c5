"""`dianchi device add`: the code of a phone from the command line."""

import json

import pytest
from typer.testing import CliRunner

from dianchi.cli.commands import app


@pytest.fixture(autouse=True)
def _surroundings(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_DATABASE_URL", database)
    monkeypatch.setenv("DIANCHI_VIN_KEY", "11" * 32)
    monkeypatch.setenv("DIANCHI_KEY_PEPPER", "22" * 32)


def run(*command: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, list(command))
    assert answer.exit_code == code, answer.output
    return answer.output


def test_a_device_is_added_with_its_code_and_link() -> None:
    run("org", "add", "示范网点")

    made = json.loads(
        run("device", "add", "--organisation", "示范网点", "--name", "一号机", "--json")
    )

    assert made["link"].endswith(f"/scan#enrol={made['code']}")
    assert len(made["code"]) == 9


@pytest.mark.parametrize(
    "wrong",
    [
        ("--organisation", "没有的单位"),
        ("--organisation", "示范网点", "--site", "S9"),
        ("--organisation", "示范网点", "--role", "regulator"),
    ],
)
def test_a_device_of_nobody_or_nowhere_is_refused(wrong: tuple[str, ...]) -> None:
    run("org", "add", "示范网点")

    run("device", "add", "--name", "x", *wrong, code=2)
