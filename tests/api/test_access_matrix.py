"""Every route by every caller, about its own and about others': made from the policy table."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.api.routes import batteries, findings
from dianchi.api.services import Services
from dianchi.domain.callers import About, Caller, Rule
from dianchi.domain.policy import RULES, TABLE
from dianchi.domain.sight import Eyes
from dianchi.wiring import application
from support.api import ENROLLED, Api, api_over, code, produced

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE, ELSEWHERE = "530100", "530300"
COUNTY, NEXT_COUNTY, NEW_AREA = "530181", "530114", "dianzhong"
"""安宁, which lies in 滇中新区; 呈贡, which lies beside it in the same prefecture."""
OURS: Final = code(1)
MISSING: Final = code(77)
NO_PHOTO: Final = "0" * 64
PHOTO: Final = b"\xff\xd8\xff a picture"
# What strangers must not read anywhere: facts, names, places and numbers of another's battery.
CANARIES: Final = ("CANARY-MODEL", "CANARY-SITE", "CANARY-HANDOVER", "甲厂金丝雀", OURS)
CALLERS: Final = [
    ("the maker", Caller.ORGANISATION, "maker", HERE, True),
    ("another maker", Caller.ORGANISATION, "maker", ELSEWHERE, False),
    ("a phone of the maker", Caller.DEVICE, "maker", HERE, True),
    ("a phone of another maker", Caller.DEVICE, "maker", ELSEWHERE, False),
    ("the officer of the area", Caller.OFFICER, "regulator", HERE, True),
    ("the officer of another area", Caller.OFFICER, "regulator", ELSEWHERE, False),
    ("the officer of the county", Caller.OFFICER, "regulator", COUNTY, True),
    ("the officer of the next county", Caller.OFFICER, "regulator", NEXT_COUNTY, False),
    ("the officer of the new area", Caller.OFFICER, "regulator", NEW_AREA, True),
    ("the province", Caller.REGULATOR, "regulator", None, True),
    ("an auditor of others", Caller.AUDITOR, "auditor", ELSEWHERE, False),
    ("who runs the platform", Caller.ADMINISTRATOR, "platform-admin", None, False),
]
_SERIALS: Final = count(500)
BODIES: Final[dict[str, Any]] = {
    # Another one each time: two births of one code concern both who report them.
    "/v1/events": lambda: produced(next(_SERIALS)),
    "/v1/events/batch": list,
    "/v1/labels": lambda: {"batteries": [OURS], "format": "zpl"},
    "/v1/handovers/check": lambda: {"batteries": [OURS]},
    "/v1/search": lambda: {"terms": [OURS]},
    "/v1/organisations": lambda: {"name": "新单位", "prefecture": ELSEWHERE},
    "/v1/sites": lambda: {"number": "S9", "name": "新网点", "kind": "collection"},
    "/v1/vendors": lambda: {"code": "ZZ9", "name": "新厂商"},
    "/v1/keys": lambda: {"organisation": "甲厂金丝雀", "role": "maker"},
    "/v1/keys/{id}/revoke": lambda: {"reason": "test"},
}
"""What is sent; where nothing is said here, nothing that would be taken."""


@dataclass(slots=True)
class World:
    """One battery with a life, and a key for each caller."""

    api: Api
    keys: dict[str, str]
    event_id: str
    count_id: str
    photo: str

    def event_of(self, rule: Rule) -> str:
        """The event that a route is asked about."""
        return self.count_id if "/counts/" in rule.path else self.event_id

    async def ask(self, rule: Rule, who: str, battery: str = OURS, event_id: str = "") -> Any:
        """Uses a route as a caller."""
        path = rule.path.replace("{name}", battery).replace("{kind}", "svg")
        path = path.replace("{type}", "retired")
        path = path.replace("{event_id}", event_id or self.event_of(rule))
        path = path.replace(
            "{sha256}", NO_PHOTO if event_id or rule.method == "DELETE" else self.photo
        ).replace("{part}", "0")
        path = (
            path.replace("{level}", "0")
            .replace("{number}", "000")
            .replace("{id}", str(UUID(int=0)))
            .replace("{form}", "pdf")
        )
        path = path.replace("{thumbprint}", "none").replace("{device}", "none")
        headers = {"authorization": f"Bearer {self.keys[who]}"}
        if rule.method in {"GET", "DELETE"}:
            return await self.api.http.request(rule.method, path, headers=headers)
        told = BODIES.get(rule.path, dict)()
        return await self.api.http.request(rule.method, path, json=told, headers=headers)


COUNTIES: Final = frozenset((COUNTY, NEXT_COUNTY, NEW_AREA))
SITE: Final = {
    "number": "CANARY-SITE",
    "name": "金丝雀网点",
    "kind": "collection",
    "prefecture": HERE,
    "county": COUNTY,
}
KINDS: Final = {who: caller for who, caller, *_ in CALLERS}
FIRMS: Final = {
    "the maker": "甲厂金丝雀",
    "a phone of the maker": "甲厂金丝雀",
    "a phone of another maker": "another maker",
}


def unasked(told: str) -> str:
    """An answer without how a battery was asked for: to repeat that tells nobody anything."""
    told = told.replace(f'"term":"{OURS}"', '"term":""')
    return told.replace(f'"battery":"{OURS}","name":', '"name":')


async def key_of(
    api: Api, name: str, role: str, area: str | None, caller: Caller = Caller.ORGANISATION
) -> str:
    async with api.services.make_session() as session:
        prefecture = HERE if area in COUNTIES else area
        row = await enrol(session, Enrolment(name, prefecture=prefecture), ENROLLED)
        bound = area if role == "regulator" else None
        phone = caller is Caller.DEVICE
        terms = KeyTerms(role, area=bound, scopes=("read", "report") if phone else None)
        key = await add_key(
            session, api.services.ring, row.id, terms, ENROLLED, device="D1" if phone else None
        )
    await api.services.registry.refresh()
    return key


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(module_database: str) -> AsyncIterator[World]:
    async with api_over(module_database) as api:
        keys = {
            told: await key_of(api, FIRMS.get(told, told), role, area, caller)
            for told, caller, role, area, _ in CALLERS
        }
        api.keys["maker", "甲厂金丝雀"] = keys["the maker"]
        birth = produced(1)
        birth["data"]["model"] = "CANARY-MODEL"
        await api.post("maker", birth, "甲厂金丝雀")
        headers = await api.headers("maker", "甲厂金丝雀")
        told = await api.http.post("/v1/sites", json=SITE, headers=headers)
        assert told.status_code == 201, told.text
        await api.report(
            "maker",
            "dispatched",
            "2024-06-05T10:00:00+08:00",
            by="甲厂金丝雀",
            battery=OURS,
            site="CANARY-SITE",
            handover="CANARY-HANDOVER",
            receiver="somebody",
        )
        yard = SITE | {"number": "CANARY-YARD"}
        told = await api.http.post("/v1/sites", json=yard, headers=await api.headers("outlet"))
        assert told.status_code == 201, told.text
        await api.report(
            "outlet",
            "pickup_requested",
            "2024-06-06",
            site="CANARY-YARD",
            pickup="CANARY-PICKUP",
            batteries=[OURS],
            to=await api.organisation("maker", "甲厂金丝雀"),
        )
        photo = sha256(PHOTO).hexdigest()
        headers = await api.headers("maker", "甲厂金丝雀", **{"content-type": "image/jpeg"})
        await api.http.put(f"/v1/photos/{photo}", content=PHOTO, headers=headers)
        count = {
            "event_id": str(uuid4()),
            "type": "counted",
            "occurred_at": "2024-06-06",
            "data": {
                "site": "CANARY-SITE", "batteries": [OURS], "complete": True, "basis": "self",
                "signatures": [photo],
            },
        }  # fmt: skip
        told = await api.post("maker", count, "甲厂金丝雀")
        assert told.status_code == 201, told.text
        await api.settle()
        yield World(api, keys, birth["event_id"], str(count["event_id"]), photo)


async def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    paths = application().openapi()["paths"]
    routes = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}
    pages = ("/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/provider/done", "/account")
    forms = ("/outlets", "/outlets/{prefecture}", "/complaints/{about}", "/receipts/{token}")
    bare = ("/", "/healthz", "/readyz", "/metrics", "/docs/problems", *pages, *forms)
    beside = {("GET", path) for path in bare}

    assert routes | beside == set(RULES)
    assert len(RULES) == len(TABLE)


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: f"{rule.method} {rule.path}")
@pytest.mark.parametrize(("who", "caller", "concerned"), [(c[0], c[1], c[4]) for c in CALLERS])
async def test_a_caller_gets_what_the_table_and_its_sight_allow(
    world: World, rule: Rule, who: str, caller: Caller, *, concerned: bool
) -> None:
    answer = await world.ask(rule, who)
    told = unasked(answer.text)

    if rule.about is About.OPEN:
        return
    if caller not in rule.may:
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    elif rule.about is About.LIFE:
        # A receipt waits for the signer, which this test has not: it is not refused, though.
        assert answer.status_code in ((200, 409) if concerned else (404,)), told
    elif rule.about is About.LIST:
        assert answer.status_code == 200, told
        assert (OURS in told) is concerned
    elif rule.about in (About.DIRECTORY, About.LAW) and rule.method == "GET":
        assert answer.status_code == 200, told
    else:
        assert answer.status_code < 500, told
    if not concerned and rule.about is not About.DIRECTORY:
        # The name that was asked for comes back in a refusal.
        shown = told.replace(OURS, "") if answer.status_code == 404 else told
        if rule.method == "POST":
            shown = shown.replace("甲厂金丝雀", "")
        assert not [each for each in CANARIES if each in shown], told


@pytest.mark.parametrize(
    "rule",
    [rule for rule in TABLE if rule.about is About.LIFE],
    ids=lambda rule: rule.path,
)
@pytest.mark.parametrize("who", [c[0] for c in CALLERS if not c[4] and c[0] != CALLERS[-1][0]])
async def test_anothers_battery_answers_exactly_like_a_missing_one(
    world: World, rule: Rule, who: str
) -> None:
    nowhere = str(uuid4())
    theirs = await world.ask(rule, who)
    missing = await world.ask(rule, who, MISSING, nowhere)

    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert set(theirs.headers) == set(missing.headers)
    same = missing.text.replace(MISSING, OURS).replace(nowhere, world.event_of(rule))
    same = same.replace(NO_PHOTO, world.photo)
    assert theirs.text == same


def blind_the_service(patch: pytest.MonkeyPatch) -> None:
    """As if all checks of the service let everybody pass."""
    patch.setattr(Eyes, "see", lambda *_: True)
    for module in (batteries, findings):
        patch.setattr(module, "seers_of", lambda _: None)


def open_the_database(patch: pytest.MonkeyPatch) -> None:
    """As if the database had no policies."""
    patch.setattr(Services, "seeing", lambda services, _: services.readers)


@pytest.mark.parametrize("lame", [blind_the_service, open_the_database])
@pytest.mark.parametrize(
    "rule",
    [rule for rule in TABLE if rule.about in (About.LIFE, About.LIST)],
    ids=lambda rule: rule.path,
)
@pytest.mark.parametrize(
    "who",
    [
        "another maker",
        "a phone of another maker",
        "the officer of another area",
        "the officer of the next county",
    ],
)
async def test_either_of_two_locks_keeps_a_stranger_out(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    lame: Callable[[pytest.MonkeyPatch], None],
    rule: Rule,
    who: str,
) -> None:
    lame(monkeypatch)

    answer = await world.ask(rule, who)

    if KINDS[who] not in rule.may:
        assert answer.status_code == 403
        return
    assert answer.status_code == (404 if rule.about is About.LIFE else 200), answer.text
    assert answer.status_code == 404 or OURS not in unasked(answer.text)


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: f"{rule.method} {rule.path}")
async def test_without_a_key_only_open_routes_answer(world: World, rule: Rule) -> None:
    world.keys["nobody"] = ""

    answer = await world.ask(rule, "nobody")

    # What is done with a cookie alone is refused as sent by nobody's page.
    refused = (401, 403) if rule.method == "DELETE" else (401,)
    assert (answer.status_code in refused) is (rule.about is not About.OPEN)


async def test_who_runs_the_platform_makes_no_key_that_would_read(world: World) -> None:
    rule = RULES["POST", "/v1/keys"]

    answer = await world.ask(rule, "who runs the platform")

    assert answer.status_code == 403


async def test_who_only_reported_of_it_sees_its_own_report_and_no_more(world: World) -> None:
    key = await key_of(world.api, "某维修厂", "workshop", "530400")
    world.keys["the workshop"] = key
    world.api.keys["workshop", "某维修厂"] = key
    birth = produced(2)
    birth["data"]["model"] = "CANARY-MODEL"
    await world.api.post("maker", birth, "甲厂金丝雀")
    # In the maker's hands, so that a stranger's claim makes nobody its holder.
    await world.api.report(
        "maker", "dispatched", "2024-06-05", by="甲厂金丝雀", battery=code(2),
        handover="CANARY-HANDOVER", receiver="somebody",
    )  # fmt: skip
    told = await world.api.report(
        "workshop", "removed", "2024-07-01", by="某维修厂", battery=code(2),
        host={"kind": "swap_pool", "id": "X1"}, reason="OWN-REASON",
    )  # fmt: skip
    await world.api.settle()

    seen = {
        rule.path: await world.ask(rule, "the workshop", code(2), told["event_id"])
        for rule in TABLE
        if rule.about in (About.LIFE, About.LIST)
        and not any(part in rule.path for part in ("label", "photos", "counts"))
    }

    battery = seen["/v1/batteries/{name}"].json()
    assert (battery["sees"], battery["stage"], battery["version"]) == ("own_reports", None, 1)
    assert told["stage"] is None
    assert [f["evidence"] for f in battery["findings"]] == [[told["event_id"]]] * len(
        battery["findings"]
    )
    [item] = seen["/v1/batteries/{name}/history"].json()["items"]
    assert item["data"]["reason"] == "OWN-REASON"
    assert seen["/v1/events/{event_id}"].status_code == 200
    assert seen["/v1/batteries/{name}/genealogy"].status_code == 404
    assert seen["/v1/batteries/{name}/bundle"].status_code == 404
    for path, answer in seen.items():
        known = [each for each in CANARIES if each in unasked(answer.text)]
        assert not known, (path, answer.text)
