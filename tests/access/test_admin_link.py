"""The administrator's one-time link: said at the start, and made on the machine."""

import asyncio
import json
import re

import pytest
from typer.testing import CliRunner

from dianchi.access.keys import now_of
from dianchi.access.people import Guest, add_person
from dianchi.access.proposals import Act, Wish, propose
from dianchi.cli import main  # noqa: F401 - registers every command
from dianchi.cli.commands import app
from dianchi.cli.enrolling import session_over
from dianchi.cli.people import say_admin_link
from dianchi.domain.people import Place
from dianchi.ports import SystemClock
from dianchi.settings import load
from dianchi.store.vault import Vault
from support.api import api_over
from support.people import browser_at

SECRETS = {"DIANCHI_VIN_KEY": "11" * 32, "DIANCHI_KEY_PEPPER": "22" * 32}


async def test_a_start_says_the_link_until_somebody_followed_it(
    database: str, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    settings = load(data_dir=tmp_path, public_host="trace.example.cn", vin_key="11" * 32,
                    key_pepper="22" * 32)  # fmt: skip
    async with api_over(database) as api, browser_at(api) as browser:
        await say_admin_link(api.services, settings)
        said = capsys.readouterr().out
        link = re.search(r"https://trace\.example\.cn/welcome/(\S+)", said)
        assert link, said

        await browser.follow(link[1], "admin.zhao")
        assert browser.at == "/account/phone"
        await say_admin_link(api.services, settings)
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("host", "begins"),
    [("", "http://127.0.0.1:8000/welcome/"), ("trace.example.cn", "https://trace.example.cn/")],
)
def test_the_machine_makes_a_link_for_another_administrator(
    database: str, host: str, begins: str
) -> None:
    environment = SECRETS | {"DIANCHI_DATABASE_URL": database, "DIANCHI_PUBLIC_HOST": host}
    answers = [CliRunner().invoke(app, ["admin-link", "--json"], env=environment) for _ in range(2)]
    links = [json.loads(answer.stdout)["link"] for answer in answers]
    assert all(link.startswith(begins) for link in links)
    assert links[0] != links[1]


def test_the_machine_confirms_where_nobody_is_left(database: str) -> None:
    environment = SECRETS | {
        "DIANCHI_DATABASE_URL": database,
        "DIANCHI_PUBLIC_HOST": "t.example.cn",
    }

    async def propose_one() -> str:
        async with session_over(database) as session:
            now, place = now_of(SystemClock()), Place("gov", "regulator", "530181")
            guest = Guest(place, "王芳")
            person = await add_person(session, Vault([bytes(32)]), guest, now)
            made = propose(session, person, Wish(Act.INVITE, place, person.id), now)
            await session.commit()
            return str(made.asked.id)

    command = ["person", "confirm", asyncio.run(propose_one())]
    first, again = (CliRunner().invoke(app, command, env=environment) for _ in range(2))

    assert first.stdout.startswith("https://t.example.cn/welcome/")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "confirmed" in again.stderr
