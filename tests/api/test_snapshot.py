"""What a phone is told for the time without a network: all of it, then what changed."""

import sys
from collections.abc import Iterable
from typing import Any

import pytest

from dianchi.access.told import marks_at
from support.api import Api, code, produced
from support.devices import Phone, phone_of

pytestmark = pytest.mark.asyncio
OUTLET = "示范outlet"


async def site(api: Api, number: str, **more: Any) -> None:
    told = {"number": number, "name": f"网点{number}", "kind": "collection"} | more
    answer = await api.http.post("/v1/sites", json=told, headers=await api.headers("outlet"))
    assert answer.status_code == 201, answer.text


async def collect(
    api: Api, serial: int, at: str = "S1", *, when: str = "2026-03-01T10:00:00+08:00", **more: Any
) -> None:
    told = {"source": "person", "safety_class": "A", "label_legible": True, "mass_kg": "390"}
    await api.report("outlet", "collected", when, battery=code(serial), site=at, **told | more)


async def send(api: Api, serial: int, handover: str, when: str) -> None:
    await api.report(
        "outlet", "dispatched", when, battery=code(serial), handover=handover,
        receiver=await api.organisation("utilizer"),
    )  # fmt: skip


async def snapshot(phone: Phone, after: str | None = None) -> dict[str, Any]:
    answer = await phone.get(f"/v1/devices/snapshot{f'?after={after}' if after else ''}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(rows: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(row["battery"] for row in rows)


async def test_the_first_answer_is_the_whole_store_of_the_site_of_the_device(api: Api) -> None:
    await site(api, "S1")
    await site(api, "S2")
    await collect(api, 1, condition={"leak": True}, mass_kg="391.5")
    await collect(api, 2, at="S2")
    await api.settle()

    told = await snapshot(await phone_of(api, site="S1"))

    assert (told["whole"], names(told["stock"]), told["gone"]) == (True, [code(1)], [])
    [row] = told["stock"]
    assert (row["stage"], row["mass_kg"], row["safety_class"]) == ("collected", "391.5", "A")
    assert row["received_at"] == "2026-03-01T02:00:00.000000Z"
    assert "unknown_origin" in row["findings"]


async def test_a_device_without_a_site_is_told_all_that_its_firm_holds_in_hand(api: Api) -> None:
    await site(api, "S1")
    await collect(api, 1)
    await collect(api, 2, at="S9")
    await api.report(
        "outlet", "collected", "2026-03-01", by="别家", battery=code(3), site="S1",
        source="person", safety_class="A", label_legible=True,
    )  # fmt: skip
    await api.settle()

    told = await snapshot(await phone_of(api))

    assert names(told["stock"]) == [code(1), code(2)]


async def test_after_a_cursor_only_what_changed_is_told(api: Api) -> None:
    phone = await phone_of(api)
    await collect(api, 1)
    await collect(api, 2)
    await api.settle()
    first = await snapshot(phone)

    await collect(api, 3)
    await send(api, 1, "H1", "2026-03-02T10:00:00+08:00")
    await api.report(
        "outlet", "inspected", "2026-03-02T11:00:00+08:00", battery=code(2), safety_class="C"
    )
    await api.settle()
    then = await snapshot(phone, first["cursor"])

    assert then["whole"] is False
    assert names(then["stock"]) == [code(2), code(3)]
    assert then["gone"] == [code(1)]
    assert next(row for row in then["stock"] if row["battery"] == code(2))["quarantined"] is True
    last = await snapshot(phone, then["cursor"])
    assert (last["cursor"], last["stock"], last["gone"]) == (then["cursor"], [], [])


async def test_a_pack_that_left_and_came_back_is_there(api: Api) -> None:
    phone = await phone_of(api)
    await collect(api, 1)
    await api.settle()
    first = await snapshot(phone)
    await send(api, 1, "H1", "2026-03-02T10:00:00+08:00")
    await api.settle()
    without = await snapshot(phone, first["cursor"])
    await api.report(
        "utilizer", "declined", "2026-03-03T10:00:00+08:00", battery=code(1), handover="H1",
        sender=await api.organisation("outlet"), reason="damaged",
    )  # fmt: skip
    await api.settle()

    again = await snapshot(phone, without["cursor"])
    missed = await snapshot(phone, first["cursor"])

    assert without["gone"] == [code(1)]
    assert (names(again["stock"]), again["gone"]) == ([code(1)], [])
    # Who never heard that it left is told its row anew, and nothing is gone.
    assert (missed["whole"], missed["gone"]) == (False, [])
    assert missed["cursor"] == again["cursor"]


async def test_what_is_on_its_way_to_the_firm_is_expected_until_it_is_taken(api: Api) -> None:
    utilizer = await api.organisation("utilizer")
    outlet = await api.organisation("outlet")
    phone = await phone_of(api)
    for serial in (1, 2):
        await api.post("maker", produced(serial))
    await api.report(
        "maker", "dispatched", "2026-03-02T10:00:00+08:00", handover="H7", receiver=outlet,
        batteries=[{"battery": code(1), "mass_kg": "390"}, {"battery": code(2)}],
    )  # fmt: skip
    await api.post("maker", produced(3))
    await api.report(
        "maker", "dispatched", "2026-03-02T10:00:00+08:00", handover="H8", receiver=utilizer,
        batteries=[{"battery": code(3)}],
    )  # fmt: skip
    await api.settle()
    first = await snapshot(phone)

    maker = await api.organisation("maker")
    for serial in (1, 2):
        await api.report(
            "outlet", "received", f"2026-03-03T1{serial}:00:00+08:00", battery=code(serial),
            handover="H7", sender=maker,
        )  # fmt: skip
        await api.settle()
        if serial == 1:
            half = await snapshot(phone, first["cursor"])
    done = await snapshot(phone, half["cursor"])

    [expected] = first["expected"]
    assert (expected["handover"], expected["sender"]["id"]) == ("H7", maker)
    assert names(expected["batteries"]) == [code(1), code(2)]
    assert names(half["expected"][0]["batteries"]) == [code(2)]
    assert (done["expected"], done["expected_gone"]) == ([], [f"{maker}:H7"])
    assert names(done["stock"]) == [code(2)]


async def test_too_much_in_store_is_told_with_its_limit(api: Api) -> None:
    await site(api, "S1", capacity_kg="400")
    await collect(api, 1)
    await collect(api, 2)
    await api.settle()

    told = await snapshot(await phone_of(api, site="S1"))

    assert told["over_stock"] == {"kg": "780", "limit_kg": "400"}


async def test_a_cursor_of_nobodys_and_that_of_another_device_answer_the_whole(api: Api) -> None:
    await collect(api, 1)
    await collect(api, 2)
    await api.settle()
    cursor = (await snapshot(await phone_of(api)))["cursor"]
    other = await phone_of(api)

    for told in (await snapshot(other, cursor), await snapshot(other, "ab12")):
        assert (told["whole"], names(told["stock"])) == (True, [code(1), code(2)])


async def test_nothing_is_written_while_nothing_changes(api: Api) -> None:
    await collect(api, 1)
    await api.settle()
    phone = await phone_of(api)
    cursor = (await snapshot(phone))["cursor"]
    before = await api.look("SELECT *, xmin FROM device_told")

    await snapshot(phone, cursor)

    assert await api.look("SELECT *, xmin FROM device_told") == before


async def test_the_answer_has_a_tag_and_is_packed(api: Api) -> None:
    for serial in range(40):
        await collect(api, serial)
    await api.settle()
    phone = await phone_of(api)
    path = "/v1/devices/snapshot"

    plain = await phone.get(path, **{"accept-encoding": "identity"})
    packed = await phone.get(path, **{"accept-encoding": "gzip"})
    same = await phone.get(path, **{"if-none-match": packed.headers["etag"]})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 8 < len(plain.content)
    assert packed.json()["stock"] == plain.json()["stock"]
    assert same.status_code == 304


async def test_what_is_kept_of_a_device_is_three_answers_at_most(api: Api) -> None:
    phone = await phone_of(api)
    cursors: list[str] = []
    for serial in range(5):
        await collect(api, serial)
        await api.settle()
        cursors.append((await snapshot(phone, cursors[-1] if cursors else None))["cursor"])

    [(count,)] = await api.look("SELECT count(*) FROM device_told")
    oldest = await marks_at(api.services.registrar, phone.told["device"], cursors[0])

    assert (count, oldest) == (3, None)


async def test_only_a_device_asks_for_it(api: Api) -> None:
    answer = await api.http.get("/v1/devices/snapshot", headers=await api.headers("outlet"))

    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


# What is in store differs from pack to pack in its code, mass, moment and maker's number.
FILL = """
INSERT INTO battery
SELECT (json_populate_record(b, json_build_object(
           'stream_id', md5('s' || n)::uuid,
           'name', left(b.name, 14) || 'E6' || upper(substr(md5(n::text), 1, 1))
                   || lpad((n * 7919 % 10000000)::text, 7, '0'),
           'mass_kg', 300 + hashint4(n) % 2000 * 0.1,
           'safety_class', (ARRAY['A', 'A', 'A', 'B', 'C', 'unassessed'])[1 + n % 6],
           'since_us', b.since_us + n * 61000001::bigint))).*
  FROM battery b, generate_series(1, $1::int) n
"""


async def filled(api: Api, count: int) -> Phone:
    """A phone of a store of so many packs."""
    await collect(api, 1)
    await api.settle()
    await api.look(FILL, count - 1)
    return await phone_of(api)


async def test_nothing_of_a_large_store_is_missing_it_comes_in_parts(api: Api) -> None:
    phone = await filled(api, 11_000)
    parts, cursor = list[dict[str, Any]](), None

    while cursor is None or parts[-1]["more"]:
        parts.append(await snapshot(phone, cursor))
        cursor = parts[-1]["cursor"]
    after = await snapshot(phone, cursor)

    assert [(len(part["stock"]), part["whole"], part["more"]) for part in parts] == [
        (5000, True, True), (5000, False, True), (1000, False, False),
    ]  # fmt: skip
    assert len({row["battery"] for part in parts for row in part["stock"]}) == 11_000
    assert all(part["complete"] and not part["gone"] for part in parts)
    assert (after["stock"], after["more"]) == ([], False)


async def test_what_leaves_between_two_parts_is_gone_and_the_rest_still_comes(api: Api) -> None:
    phone = await filled(api, 6_000)
    first = await snapshot(phone)
    left = first["stock"][0]["battery"]
    await api.look("DELETE FROM battery WHERE name = $1", left)

    rest = await snapshot(phone, first["cursor"])

    assert rest["gone"] == [left]
    assert len(rest["stock"]) == 1000
    assert rest["more"] is False


@pytest.mark.parametrize(("count", "most"), [(1_000, 60_000), (5_000, 300_000)])
async def test_a_store_is_small_on_the_way_and_one_change_is_tiny(
    api: Api, count: int, most: int
) -> None:
    """Run with `-s` to see the bytes that a phone is sent."""
    phone = await filled(api, count)

    whole, change = await sizes(api, phone)

    sys.stdout.write(f"\n{count} packs: {whole} bytes packed, one change {change}\n")
    assert whole < most
    assert change < 1_000


async def sizes(api: Api, phone: Phone) -> tuple[int, int]:
    """The bytes of the whole store, packed, and of what one change makes of it."""
    cursor, whole = None, 0
    while True:
        path = f"/v1/devices/snapshot{f'?after={cursor}' if cursor else ''}"
        answer = await phone.get(path, **{"accept-encoding": "gzip"})
        cursor, whole = answer.json()["cursor"], whole + int(answer.headers["content-length"])
        if not answer.json()["more"]:
            break
    await api.look("UPDATE battery SET mass_kg = 1 WHERE name = $1", code(1))
    answer = await phone.get(f"/v1/devices/snapshot?after={cursor}")
    assert len(answer.json()["stock"]) == 1
    return whole, int(answer.headers["content-length"])
