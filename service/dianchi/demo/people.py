"""One person for some roles of the synthetic province, to sign in at the console with."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from dianchi.access.keys import now_of
from dianchi.access.people import Guest, invite
from dianchi.access.sessions import Browser
from dianchi.api.services import Services
from dianchi.demo.firms import Firm, Province
from dianchi.demo.plan import write_private
from dianchi.domain.people import Place

_KEPT: Final = "demo-people.json"
_HERE: Final = Browser("127.0.0.1", "dianchi demo")
# role | login | name
_PEOPLE: Final = """
site_operator | tower     | 和志强
outlet        | outlet    | 李静
maker         | maker     | 王建国
utilizer      | utilizer  | 赵晓梅
recycler      | recycler  | 杨丽华
regulator     | regulator | 张云
"""


class SignIn(NamedTuple):
    """Who can sign in, and with what."""

    firm: str
    role: str
    login: str
    password: str


async def people(services: Services, province: Province, folder: Path) -> list[SignIn]:
    """Lets in who is not in yet; all of them, with passwords made here and kept in the folder."""
    path = folder / _KEPT
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kept = [SignIn(*one) for one in told]
    known = {one.login for one in kept}
    for firm, login, name in guests(province):
        if login not in known:
            kept.append(await _let_in(services, firm, login, name))
    write_private(path, json.dumps(kept, ensure_ascii=False, indent=1))
    return kept


def guests(province: Province) -> Iterator[tuple[Firm, str, str]]:
    """Who can sign in: the firm, the login, the name."""
    for row in _PEOPLE.strip().splitlines():
        role, login, name = (cell.strip() for cell in row.split("|"))
        yield next(firm for firm in province.firms if firm.role == role), login, name


async def _let_in(services: Services, firm: Firm, login: str, name: str) -> SignIn:
    password = secrets.token_urlsafe(12)
    area = firm.prefecture if firm.role == "regulator" else None
    async with services.make_session() as session:
        guest = Guest(Place(firm.id, firm.role, area, manages=True), name)
        link = await invite(session, services.vault, guest, now_of(services.clock))
    await services.entry.sign_in.by_link(link.token, login, password, _HERE)
    return SignIn(firm.name, firm.role, login, password)
