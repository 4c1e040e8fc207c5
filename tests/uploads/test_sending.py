"""Files are sent in parts, gone on with after a cut, and nobody else's business."""

from pathlib import Path
from uuid import uuid4

import pytest

from dianchi.exchange.sheets.mapping import is_known
from dianchi.exchange.sheets.reading import open_table
from dianchi.uploads.files import PART_BYTES
from support.sheets import retired_row, table, workbook, zipped
from support.uploads import Firm, parts_of, tallies


async def test_the_same_file_twice_adds_nothing(firm: Firm) -> None:
    body = workbook([retired_row(1), retired_row(2)])
    upload = await firm.send(body)
    await firm.commit(upload)

    told = await firm.announce(body)
    other = await firm.send(table([retired_row(2), retired_row(3), retired_row(1)]))
    await firm.dry_run(other)
    done = await firm.commit(other)

    assert (told.status_code, told.json()["id"], told.json()["state"]) == (200, upload, "committed")
    assert tallies(done, "committed") == {"accepted": 1, "duplicate": 2}
    assert await firm.recorded() == 3


async def test_a_cut_in_the_middle_of_a_part_is_gone_on_with(firm: Firm) -> None:
    body = table([retired_row(n, 备注=str(uuid4()) * 1000) for n in range(1, 61)])
    parts = parts_of(body)
    assert len(parts) == 3
    upload = (await firm.announce(body)).json()["id"]
    await firm.put(upload, 2, parts[2])

    cut = await firm.put(upload, 0, parts[0][: PART_BYTES // 2])
    digest = "0" * 64
    changed = await firm.ask("PUT", f"/{upload}/parts/0?sha256={digest}", content=parts[0])
    there = await firm.announce(body)

    assert (cut.status_code, cut.json()["errors"][0]["value"]) == (422, PART_BYTES // 2)
    assert (changed.status_code, changed.json()["code"]) == (422, "hash_differs")
    assert (there.status_code, there.json()["id"], there.json()["missing"]) == (200, upload, [0, 1])
    for number in (1, 0):
        await firm.put(upload, number, parts[number])
    await firm.work()
    assert (await firm.shown(upload))["rows"] == 60


async def test_a_file_that_changed_while_it_was_sent_is_refused(firm: Firm) -> None:
    body = workbook([retired_row(1)])
    upload = (await firm.announce(body)).json()["id"]
    await firm.put(upload, 0, body[:-1] + b"x")
    await firm.work()

    shown = await firm.shown(upload)
    assert (shown["state"], shown["problem"]["errors"][0]["code"]) == ("failed", "hash_differs")
    assert (await firm.announce(body)).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (zipped(xl__workbook_x_xml=bytes(64 * 1024 * 1024)), "file_suspicious"),
        (zipped(xl__workbook_x_xml=b"<a/>", xl__vbaProject_x_bin=b"x"), "file_has_macros"),
        (b"%PDF-1.7\0", "unknown_format"),
        (b'{"type":"retired"}\n', "other_type"),
    ],
)
async def test_what_is_no_table_fails_with_its_reason(firm: Firm, body: bytes, code: str) -> None:
    shown = await firm.shown(await firm.send(body))
    fault = shown["problem"]["errors"][0]
    assert (shown["state"], fault["code"]) == ("failed", code)
    assert fault["way_out"]["zh"]


async def test_others_see_nothing_of_an_upload(firm: Firm) -> None:
    upload = await firm.send(workbook([retired_row(1)]))
    await firm.dry_run(upload)
    stranger = Firm(firm.api, firm.runner, "别的铁塔公司")

    paths = ("", "/rows", "/events", "/errors.xlsx", "/receipt.json")
    asked = [await stranger.ask("GET", f"/{upload}{path}") for path in paths]
    asked += [
        await stranger.ask("POST", f"/{upload}/{act}", json={})
        for act in ("dry-run", "commit", "cancel")
        if act != "dry-run"
    ]
    official = await Firm(firm.api, firm.runner, role="regulator").ask("GET", f"/{upload}")

    assert {answer.status_code for answer in asked} == {404}
    assert official.status_code == 403
    assert (await stranger.ask("GET", "")).json()["items"] == []
    assert [u["id"] for u in (await firm.ask("GET", "")).json()["items"]] == [upload]


async def test_a_cancelled_upload_is_left_alone(firm: Firm) -> None:
    upload = await firm.send(workbook([retired_row(1)]))
    await firm.ask("POST", f"/{upload}/dry-run")
    ended = await firm.ask("POST", f"/{upload}/cancel")
    await firm.work()

    assert ended.json()["state"] == "cancelled"
    assert (await firm.shown(upload))["state"] == "cancelled"
    again = await firm.ask("POST", f"/{upload}/commit", json={})
    assert (again.status_code, again.json()["code"]) == (409, "upload_not_ready")
    assert await firm.recorded() == 0


async def test_templates_are_there_for_each_type(firm: Firm, tmp_path: Path) -> None:
    types = (await firm.ask("GET", "/types")).json()["items"]
    for kind in types:
        answer = await firm.ask("GET", f"/templates/{kind['type']}.xlsx")
        path = tmp_path / kind["type"]
        path.write_bytes(answer.content)
        _, found = open_table(path, "t", is_known)
        assert len(found.header.columns) == len(kind["columns"])
    assert (await firm.ask("GET", "/templates/colour.xlsx")).status_code == 404
