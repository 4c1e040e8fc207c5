"""利旧调拨 over HTTP: one form, the lawful reports, all or nothing, and a slip to be checked."""

from typing import Any

import pypdfium2
import pytest

from support.api import Api, code
from support.mandates import TOWER
from support.work import asked, fitted, planned

pytestmark = pytest.mark.asyncio
FORM: dict[str, Any] = {"source": "BTS1", "target": "BTS2", "date": "2026-03-02"}


async def moved(api: Api, below: str = "", who: str = TOWER, **told: Any) -> Any:
    return await asked(api, "POST", f"/v1/transfers{below}", who, json=FORM | told)


async def retired(api: Api, serial: int) -> None:
    await api.report(
        "site_operator", "retired", "2026-02-01", by=TOWER, battery=code(serial), site="BTS1",
        reason="capacity_low",
    )  # fmt: skip
    await api.settle()


async def history(api: Api, serial: int) -> list[tuple[str, str]]:
    told = await api.get(f"/v1/batteries/{code(serial)}/history")
    return [(each["type"], each["occurred_at"][:10]) for each in told["items"]]


async def test_a_preview_lists_what_stands_there_with_its_reports_and_stores_nothing(
    api: Api,
) -> None:
    await planned(api, 1, 2)
    await retired(api, 2)

    told = (await moved(api, "/preview")).json()

    assert told["faults"] == []
    assert [(one["battery"], [s["type"] for s in one["steps"]]) for one in told["sets"]] == [
        (code(1), ["removed", "installed"]), (code(2), ["installed"]),
    ]  # fmt: skip
    assert [one["stage_after"] for one in told["sets"]] == ["second_life", "second_life"]
    assert [one["findings"] for one in told["sets"]] == [[], []]
    assert len(await history(api, 1)) == 1


async def test_a_transfer_is_recorded_once_and_leaves_sets_at_the_target_without_a_new_finding(
    api: Api,
) -> None:
    await planned(api, 1, 2)
    await retired(api, 2)
    lives = [await api.get(f"/v1/batteries/{code(serial)}") for serial in (1, 2)]
    before = {each["code"] for life in lives for each in life["findings"]}
    sets = [{"battery": code(1), "soh_percent": "81.50"}, {"battery": code(2)}]

    first = await moved(api, sets=sets)
    again = await moved(api, sets=sets[::-1])
    await api.settle()

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["number"] == again.json()["number"]
    assert [kind for kind, _ in await history(api, 1)] == [
        "installed", "inspected", "removed", "installed",
    ]  # fmt: skip
    for serial in (1, 2):
        life = await api.get(f"/v1/batteries/{code(serial)}")
        assert (life["host"]["id"], life["stage"]) == ("BTS2", "second_life")
        assert {each["code"] for each in life["findings"]} <= before
    listed = (await asked(api, "GET", "/v1/transfers")).json()["items"]
    assert [each["number"] for each in listed] == [first.json()["number"]]


async def test_one_set_that_cannot_go_keeps_all_where_they_are(api: Api) -> None:
    await planned(api, 1)
    await fitted(api, 3, site="BTS3")

    refused = await moved(api, sets=[{"battery": code(1)}, {"battery": code(3)}])
    ahead = await moved(api, sets=[{"battery": code(1)}], date="2099-01-01")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/sets/1/battery")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "in_future")
    assert [kind for kind, _ in await history(api, 1)] == ["installed"]
    assert (await asked(api, "GET", "/v1/transfers")).json()["items"] == []
    # What was refused once may be mended and sent again.
    assert (await moved(api, sets=[{"battery": code(1)}])).status_code == 201


async def test_the_slip_names_every_set_and_its_number_is_checked_by_anybody(api: Api) -> None:
    await planned(api, 1)
    made = (await moved(api, sets=[{"battery": code(1), "soh_percent": "81.5"}])).json()
    await api.settle()

    slip = await asked(api, "GET", f"/v1/transfers/{made['number']}/slip.pdf")
    document = pypdfium2.PdfDocument(slip.content)
    text = document[0].get_textpage().get_text_range()
    page = await api.http.get(f"/R/{made['number']}", headers={"accept-language": "zh"})
    other = await asked(api, "GET", f"/v1/transfers/{made['number']}", "别家铁塔")

    assert all(word in text for word in (made["number"], code(1), "81.5 %", "BTS2", "利旧"))
    assert page.status_code == 200
    assert all(word in page.text for word in ("记录中有这张调拨单", TOWER, "2026-03-02", "1 只"))
    assert "BTS" not in page.text
    assert other.status_code == 404
