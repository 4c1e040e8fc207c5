"""Every act of the command line is in the audit log, in the name of the operating system's user.

A command that is in neither list below turns this red: whoever adds one says what it notes, or why
it notes nothing.
"""

import asyncio
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import typer
from typer.testing import CliRunner

from dianchi.access.audit import SEALED, Verdict, check
from dianchi.cli import main  # noqa: F401 - registers every command
from dianchi.cli.commands import app
from dianchi.domain.people import PLATFORM
from dianchi.domain.registry import organisation_id
from dianchi.store.acts import acts_of
from support.people import proposed
from support.process import free_port

FIRM: Final = organisation_id("示范网点")
KEY_ADD: Final = ("key", "add", "--organisation", "示范网点", "--role", "outlet")
SETTINGS: Final = {
    "DIANCHI_VIN_KEY": "11" * 32,
    "DIANCHI_KEY_PEPPER": "22" * 32,
    "DIANCHI_PERSONAL_KEY": "33" * 32,
    "DIANCHI_LOG_KEY": "44" * 32,
}
NOTHING: Final = {
    "bench": "measures in a database of its own, which it drops",
    "files": "part of `serve`, started by its worker alone",
    "fsck": "reads only, and shows nothing of what it read but digests and indexes",
    "key list": "reads ids and beginnings of keys, which open nothing",
    "migrate": "every start does the same; the database says which version it has",
    "national-stand-in": "a platform of its own, for trying; knows no database",
    "sandbox-template": "fills a database that holds nothing of anybody; started by `serve` alone",
    "schemas check": "knows no database",
    "schemas write": "knows no database",
    "worker": "part of `serve`, started by it alone",
}
Run = Callable[[Path], str | None]
"""Runs a command over the database of the settings; what it must be noted to be about."""


def invoke(*command: str) -> str:
    answer = CliRunner().invoke(app, list(command))
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def org_add(_: Path) -> str:
    invoke("org", "add", "示范网点")
    return FIRM


def key_add(_: Path) -> str:
    invoke(*KEY_ADD)
    return f"{FIRM} outlet"


def key_revoke(_: Path) -> str:
    if not (made := listed()):
        invoke(*KEY_ADD)
        made = listed()
    named = str(made[0]["id"])
    invoke("key", "revoke", named, "--reason", "13888888888 泄露")
    return named


def listed() -> list[dict[str, Any]]:
    told = json.loads(invoke("key", "list", "--organisation", "示范网点", "--json"))
    return list(told["items"])


def kek_rotate(_: Path) -> str:
    return str(json.loads(invoke("kek", "rotate", "--json"))["kek"])


def link(_: Path) -> str:
    invoke("admin-link")
    return ""


def device_add(_: Path) -> str:
    invoke("org", "add", "示范网点")
    invoke("device", "add", "--organisation", "示范网点", "--name", "一号手机")
    return FIRM


def person_confirm(_: Path) -> str:
    waiting = asyncio.run(proposed(os.environ["DIANCHI_DATABASE_URL"]))
    invoke("person", "confirm", waiting)
    return waiting


def serve(folder: Path) -> str:
    until_noted("serve", "--data-dir", str(folder), "--port", str(free_port()))
    return "admin-link"


def demo(folder: Path) -> str:
    told = ("--data-dir", str(folder), "--port", str(free_port()), "--lives", "200")
    until_noted("demo", *told, "--seed", "7")
    return "seed 7"


NOTED: Final[dict[str, Run]] = {
    "org add": org_add,
    "key add": key_add,
    "key revoke": key_revoke,
    "kek rotate": kek_rotate,
    "admin-link": link,
    "device add": device_add,
    "person confirm": person_confirm,
    "serve": serve,
    "demo": demo,
}


def until_noted(*command: str) -> None:
    """Runs a command that serves, until what it does at its start is in the audit log."""
    child = subprocess.Popen([sys.executable, "-m", "dianchi", *command])
    act = f"dianchi {command[0]}"
    try:
        deadline = time.monotonic() + 60
        while act not in {row["act"] for row in asyncio.run(entries())}:
            assert child.poll() is None
            assert time.monotonic() < deadline, "nothing was noted"
            time.sleep(0.2)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def every_command() -> set[str]:
    group: Any = typer.main.get_command(app)
    return set(names_of("", group))


def names_of(path: str, group: Any) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from names_of(f"{path}{name} ", command)
        else:
            yield f"{path}{name}"


async def entries() -> list[asyncpg.Record]:
    return await looked("SELECT * FROM audit ORDER BY at, batch, place")


async def looked(query: str, *parameters: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(os.environ["DIANCHI_DATABASE_URL"])
    try:
        return list(await connection.fetch(query, *parameters))
    finally:
        await connection.close()


async def verdict() -> Verdict:
    connection = await asyncpg.connect(os.environ["DIANCHI_DATABASE_URL"])
    try:
        return await check(connection, await acts_of(connection, PLATFORM, SEALED))
    finally:
        await connection.close()


@pytest.fixture(autouse=True)
def _surroundings(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (SETTINGS | {"DIANCHI_DATABASE_URL": database}).items():
        monkeypatch.setenv(name, value)


def test_every_command_is_noted_or_says_why_not() -> None:
    assert every_command() == NOTED.keys() | NOTHING.keys()
    assert not NOTED.keys() & NOTHING.keys()


@pytest.mark.parametrize("command", NOTED)
def test_what_a_command_does_is_noted_in_the_name_of_its_user_and_sealed(
    command: str, data_dir: Path
) -> None:
    subject = NOTED[command](data_dir)

    found = asyncio.run(entries())
    user = f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    assert {(row["actor"], row["role"], row["person"]) for row in found} == {
        (user, "command-line", None)
    }
    assert (f"dianchi {command}", subject) in {(row["act"], row["subject"]) for row in found}
    assert asyncio.run(verdict()) == Verdict(len(found), [], [])


@pytest.mark.parametrize("command", ["org add", "key add", "key revoke", "admin-link"])
def test_what_cannot_be_noted_is_not_done(command: str, data_dir: Path) -> None:
    if command == "key revoke":
        invoke(*KEY_ADD)
    counted = "SELECT (SELECT count(*) FROM organisation) AS firms, (SELECT count(*) FROM api_key"
    counted += " WHERE revoked_at IS NULL) AS keys, (SELECT count(*) FROM person) AS people"
    before = asyncio.run(looked(counted))
    asyncio.run(looked("REVOKE INSERT ON audit FROM dianchi_registrar"))
    try:
        with pytest.raises((AssertionError, asyncpg.InsufficientPrivilegeError)):
            NOTED[command](data_dir)
    finally:
        asyncio.run(looked("GRANT INSERT ON audit TO dianchi_registrar"))

    assert asyncio.run(looked(counted)) == before


@pytest.mark.parametrize(
    "wrong", [("key", "revoke", "0" * 32, "--reason", "x"), ("org", "add", " ")]
)
def test_what_was_refused_is_not_noted(wrong: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(wrong)).exit_code != 0
    assert asyncio.run(entries()) == []
