"""`dianchi key`: made, listed and revoked from the command line."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from dianchi.cli.commands import app

ADD = ["key", "add", "--organisation", "示范网点", "--role", "outlet"]


@pytest.fixture(autouse=True)
def _surroundings(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_DATABASE_URL", database)
    monkeypatch.setenv("DIANCHI_VIN_KEY", "11" * 32)
    monkeypatch.setenv("DIANCHI_KEY_PEPPER", "22" * 32)


def run(*command: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, list(command))
    assert answer.exit_code == code, answer.output
    return answer.output


def keys() -> list[dict[str, Any]]:
    listed = json.loads(run("key", "list", "--organisation", "示范网点", "--json"))
    return list(listed["items"])


def test_a_key_made_as_before_answers_as_before() -> None:
    made = json.loads(run(*ADD, "--json"))

    assert set(made) == {"organisation", "name", "role", "prefecture", "key"}
    (found,) = keys()
    assert (found["prefix"], found["expires_at"], found["scopes"]) == (made["key"][:10], None, None)


def test_a_key_is_made_with_scopes_and_an_end() -> None:
    run(*ADD, "--scope", "read", "--scope", "report:inspected", "--expires-in-days", "30")

    (found,) = keys()
    assert found["scopes"] == ["read", "report:inspected"]
    assert found["expires_at"].endswith("T16:00:00+00:00")


@pytest.mark.parametrize(
    "wrong", [("--scope", "write"), ("--expires-in-days", "366"), ("--expires-in-days", "0")]
)
def test_terms_that_no_key_can_have_are_refused(wrong: tuple[str, str]) -> None:
    run(*ADD, *wrong, code=2)

    assert not keys()


def test_a_key_is_revoked_by_its_id() -> None:
    run(*ADD)
    (found,) = keys()

    run("key", "revoke", found["id"], "--reason", " 泄露 ")
    run("key", "revoke", found["id"], "--reason", "again")

    (found,) = keys()
    assert (found["revoked_why"], found["revoked_by"]) == ("泄露", None)
    assert f"{found['id']}  {found['prefix']}…  outlet  revoked" in run(
        "key", "list", "--organisation", "示范网点"
    )


def test_revoking_says_why_and_which() -> None:
    run(*ADD)
    (found,) = keys()

    run("key", "revoke", found["id"], "--reason", " ", code=2)
    run("key", "revoke", "0" * 32, "--reason", "x", code=2)

    (found,) = keys()
    assert found["revoked_at"] is None


def test_keys_of_officers_and_auditors_are_bound_from_the_command_line() -> None:
    run("org", "add", "示范网点")
    add = ["key", "add", "--organisation", "示范网点"]
    run(*add, "--role", "regulator", "--area", "滇中新区", "--department", "ecology")
    run(*add, "--role", "auditor", "--of", "示范网点", "--expires-in-days", "30")

    officer, auditor = keys()

    assert (officer["area"], officer["department"]) == ("dianzhong", "ecology")
    assert auditor["names"] == [auditor["organisation"]]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--role", "auditor", "--expires-in-days", "30"),
        ("--role", "auditor", "--of", "谁", "--expires-in-days", "30"),
        ("--role", "regulator", "--area", "成都"),
        ("--role", "outlet", "--department", "ecology"),
    ],
)
def test_bounds_that_no_key_can_have_are_refused(wrong: tuple[str, ...]) -> None:
    run("key", "add", "--organisation", "示范网点", *wrong, code=2)

    assert not keys()
