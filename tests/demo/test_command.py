"""`dianchi demo` refuses what it cannot tell, before anything is started."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dianchi.cli import main  # noqa: F401 - registers every command
from dianchi.cli.commands import app


@pytest.mark.parametrize("day", ["2099-01-01", "2019-01-01"])
def test_a_last_day_outside_the_story_is_refused(tmp_path: Path, day: str) -> None:
    folder = tmp_path / "data"
    answer = CliRunner().invoke(
        app, ["demo", "--until", day, "--data-dir", str(folder)],
        env={"DIANCHI_DATABASE_URL": "postgresql://nowhere/x",
             "DIANCHI_VIN_KEY": "11" * 32, "DIANCHI_KEY_PEPPER": "22" * 32,
             "DIANCHI_PERSONAL_KEY": "33" * 32},
    )  # fmt: skip
    assert answer.exit_code == 2
    assert not (folder / "demo.json").exists()


def test_a_province_too_small_for_every_lie_is_refused() -> None:
    assert CliRunner().invoke(app, ["demo", "--lives", "20"]).exit_code == 2
