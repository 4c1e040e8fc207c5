"""Recalls: the count tells what the batteries tell, at each edge, on each day, and to whom."""

from typing import Any, Final

import pytest

from support.api import Api, code, produced

pytestmark = pytest.mark.asyncio
ADVICE: Final = "停用"
MADE: Final = {1: "E61", 2: "E62", 3: "E63"}
"""The day of making in the codes of three packs: 2024-06-01, -02 and -03."""
NAMELESS: Final = "tmp:KM01-7"
SELECTORS: Final[tuple[tuple[dict[str, Any], set[int | str]], ...]] = (
    ({"produced_from": "2024-06-02", "vendor": "001"}, {2, 3}),
    ({"produced_to": "2024-06-02", "vendor": "001"}, {1, 2}),
    ({"produced_from": "2024-06-02", "produced_to": "2024-06-02"}, {2}),
    ({"produced_to": "2024-06-30", "model": "DC-515"}, {1, 2, 3}),
    ({"codes_from": code(2, made="E62"), "codes_to": code(3, made="E63")}, {2, 3}),
    ({"codes_to": code(1, made="E61")}, {1}),
    ({"vendor": "002"}, set()),
    ({"codes_from": code(1, made="E61")}, {1, 2, 3}),
    ({"names": [code(3, made="E63"), NAMELESS]}, {3, NAMELESS}),
)
"""What is asked for, and which packs that concerns."""


def name_of(pack: int | str) -> str:
    return pack if isinstance(pack, str) else code(pack, made=MADE[pack])


async def made(api: Api) -> None:
    """Three packs with their codes, and one without any."""
    for serial, day in MADE.items():
        told = produced(serial) | {"battery": code(serial, made=day)}
        assert (await api.post("maker", told)).status_code == 201
    await api.report(
        "outlet", "collected", "2026-01-05", battery=NAMELESS, source="person",
        safety_class="A", label_legible=False,
    )  # fmt: skip


async def call_back(api: Api, number: str, at: str, by: str = "regulator", **asked: Any) -> None:
    await api.report(by, "recall_opened", at, recall=number, selector=asked, advice=ADVICE)


async def shown(api: Api, pack: int | str, **asked: str) -> set[str]:
    told = await api.get(f"/v1/batteries/{name_of(pack)}", **asked)
    return {each["recall"] for each in told["recalls"]}


async def test_a_recall_counts_the_batteries_that_show_it_whatever_it_asks_for(api: Api) -> None:
    """Given recalls by day, code, maker and name, then count, preview and batteries agree."""
    await made(api)
    headers = await api.headers("regulator")
    for number, (asked, _) in enumerate(SELECTORS):
        await call_back(api, f"R{number}", "2026-02-01", **asked)
    await api.settle()
    counts = {each["recall"]: each["concerned"] for each in (await api.get("/v1/recalls"))["items"]}
    packs: list[int | str] = [*MADE, NAMELESS]
    on_packs = {pack: await shown(api, pack) for pack in packs}

    for number, (asked, concerned) in enumerate(SELECTORS):
        wish = {"selector": asked}
        preview = await api.http.post("/v1/recalls/preview", json=wish, headers=headers)
        assert {p for p, found in on_packs.items() if f"R{number}" in found} == concerned, asked
        assert counts[f"R{number}"] == len(concerned), asked
        assert preview.json()["names"] == sorted(map(name_of, concerned)), asked
        assert preview.json()["count"] == len(concerned), asked


async def test_a_recall_holds_from_its_opening_until_its_closing(api: Api) -> None:
    await made(api)
    await call_back(api, "R", "2026-02-01T10:00:00+08:00", model="DC-515")
    await api.report(
        "regulator", "recall_closed", "2026-03-01T10:00:00+08:00", recall="R", reason="完成"
    )
    await api.settle()

    at = {
        moment: await shown(api, 1, as_of=moment)
        for moment in (
            "2026-02-01T09:59:59+08:00", "2026-02-01T10:00:00+08:00",
            "2026-03-01T09:59:59+08:00", "2026-03-01T10:00:00+08:00",
        )
    }  # fmt: skip
    opened, closed = [
        [each["recall"] for each in (await api.get("/v1/recalls", state=state))["items"]]
        for state in ("open", "closed")
    ]

    assert list(at.values()) == [set(), {"R"}, {"R"}, set()]
    assert (opened, closed) == ([], ["R"])


async def test_recalls_are_for_makers_and_authorities_and_a_maker_is_told_of_its_own(
    api: Api,
) -> None:
    await made(api)
    other = produced(9, battery=code(9, made="E61"))
    assert (await api.post("maker", other, "别家")).status_code == 201
    await call_back(api, "R", "2026-02-01", model="DC-515")
    await call_back(api, "M", "2026-02-01", by="maker", model="DC-515")
    await api.settle()
    wish = {"selector": {"model": "DC-515"}}

    refused = [
        await api.http.get("/v1/recalls", headers=await api.headers("outlet")),
        await api.http.post("/v1/recalls/preview", json=wish, headers=await api.headers("outlet")),
    ]
    own = (await api.get("/v1/recalls", "maker"))["items"]
    whole = {each["recall"]: each["concerned"] for each in (await api.get("/v1/recalls"))["items"]}
    preview = await api.http.post(
        "/v1/recalls/preview", json=wish, headers=await api.headers("maker")
    )

    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (403, "role_not_allowed")
    ] * 2
    assert [(each["recall"], each["concerned"]) for each in own] == [("M", 3)]
    assert whole == {"R": 4, "M": 3}
    assert preview.json()["count"] == 3


async def test_a_maker_that_holds_what_another_made_calls_back_only_what_it_made(
    api: Api,
) -> None:
    """Given a pack of another that a maker took in and so sees, then it is not counted."""
    await made(api)
    other = produced(9, battery=code(9, made="E61"))
    assert (await api.post("maker", other, "别家")).status_code == 201
    way = {"handover": "H1", "batteries": [{"battery": code(9, made="E61")}]}
    sides = await api.organisation("maker"), await api.organisation("maker", "别家")
    await api.report("maker", "dispatched", "2026-01-20", by="别家", receiver=sides[0], **way)
    await api.report("maker", "received", "2026-01-21", sender=sides[1], **way)
    await call_back(api, "M", "2026-02-01", by="maker", model="DC-515")
    await api.settle()
    wish = {"selector": {"model": "DC-515"}}

    preview = await api.http.post(
        "/v1/recalls/preview", json=wish, headers=await api.headers("maker")
    )
    [whole] = (await api.get("/v1/recalls"))["items"]
    [[seers]] = await api.look("SELECT seen_by FROM battery WHERE name = $1", code(9, made="E61"))

    assert sides[0] in seers
    assert preview.json()["names"] == [name_of(pack) for pack in MADE]
    assert whole["concerned"] == 3
