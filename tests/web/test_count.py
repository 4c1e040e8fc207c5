"""A stock count without a network ends in exactly what was missing and what was extra."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from support.phone import NEVER, MakePhone, Outlet, code_of, gun, sent

STOCK, MISSING, EXTRA = 300, 4, 2
FEW: Final = 40
IMAGE: Final = 3
"""The kind of an object on a page of a PDF that is a picture."""
DARK: Final = 100
STROKES: Final = {
    "网点人员签名": ((0.1, 0.3), (0.5, 0.8), (0.8, 0.2)),
    "检查人员签名": ((0.2, 0.8), (0.3, 0.2), (0.6, 0.7), (0.9, 0.4)),
}


def stocked(outlet: Outlet, site: str, name: str, first: int, many: int) -> list[str]:
    """A new site at which so many packs were taken in."""
    told = {"number": site, "name": name, "kind": "central", "county": "530111"}
    outlet.ask("POST", "/v1/sites", told=told)
    codes = [code_of(first + each) for each in range(many)]
    reports = [
        {
            "event_id": f"01996a6e-0000-7000-8000-{first + each:012}",
            "type": "collected",
            "battery": code,
            "occurred_at": "2026-06-01T09:30:00+08:00",
            "site": site,
            "data": {"source": "person", "safety_class": "A", "label_legible": True},
        }
        for each, code in enumerate(codes)
    ]
    outlet.ask("POST", "/v1/events/batch", told=reports)
    return codes


def test_a_count_of_three_hundred_packs_finds_the_missing_and_the_extra(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given 300 packs in store and no network, when 296 of them and 2 others are scanned."""
    codes = stocked(outlet, "KM-02", "官渡二号库", 5000, STOCK)
    mine, device = phone(), outlet.enrolment("KM-02")
    page = mine.start()
    page.on("dialog", lambda dialog: dialog.accept())
    mine.bind(page, device["code"])
    page.get_by_text(f"在库 {STOCK} 组").wait_for()
    mine.keeps_itself(page)
    extra = [code_of(6000 + each) for each in range(EXTRA)]

    outlet.service.kill()
    page.reload()
    mine.unlock(page)
    page.get_by_test_id("tile-count").click()
    page.get_by_test_id("count-start").click()
    gun(page, *codes[MISSING:], *extra)
    figures = [
        page.get_by_test_id(f"count-{each}").inner_text() for each in ("agrees", "missing", "extra")
    ]
    page.get_by_test_id("count-submit").click()
    page.get_by_test_id("count-saved").wait_for()
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    sent(page)

    assert figures == [str(STOCK - MISSING), str(MISSING), str(EXTRA)]
    assert page.get_by_test_id("outbox-count").inner_text() == "0"
    record = must_be_found(outlet, codes, codes[:MISSING], extra)
    assert outlet.fetch(f"/v1/counts/{record['event_id']}.pdf").startswith(b"%PDF")


def must_be_found(
    outlet: Outlet, codes: list[str], missing: list[str], extra: list[str]
) -> dict[str, Any]:
    """Exactly these findings among the packs of the site; answers the record of the count."""
    found = outlet.finds("missing_at_count", len(missing), among=codes)
    assert sorted(each["battery"] for each in found) == missing
    [[counted]] = {tuple(each["evidence"][-1:]) for each in found}
    record = dict(outlet.ask("GET", f"/v1/counts/{counted}"))
    assert (sorted(record["missing"]), sorted(record["extra"])) == (missing, extra)
    for code in extra:
        life = outlet.ask("GET", f"/v1/batteries/{code}", key=outlet.regulator)
        assert [each["code"] for each in life["findings"]] == ["unknown_battery"]
    return record


@pytest.mark.timeout(600)
def test_an_inspection_ends_in_a_paper_with_both_signatures(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given an officer counts beside the clerk, and both sign on the phone without a network.

    When the service is back, the paper has the figures, the codes, who signed, how to check.
    """
    codes = stocked(outlet, "KM-03", "官渡三号库", 7000, FEW)
    extra = [code_of(8000 + each) for each in range(EXTRA)]
    mine, device = phone(), outlet.enrolment("KM-03")
    page = mine.start()
    page.on("dialog", lambda dialog: dialog.accept())
    mine.bind(page, device["code"])
    page.get_by_text(f"在库 {FEW} 组").wait_for()
    outlet.service.kill()
    page.get_by_test_id("tile-count").click()
    page.get_by_label("检查").check()
    page.get_by_test_id("count-start").click()
    gun(page, *codes[MISSING:], *extra)

    page.get_by_test_id("count-submit").click()
    expect(page.get_by_role("alert")).to_contain_text("两个人签名")
    for label, strokes in STROKES.items():
        sign(page, label, strokes)
    page.get_by_test_id("count-submit").click()
    page.get_by_test_id("count-saved").wait_for()
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    record = must_be_found(outlet, codes, codes[:MISSING], extra)
    with page.expect_download(timeout=NEVER) as kept:
        page.get_by_role("button", name="下载盘点记录").click(timeout=NEVER)
    kept.value.save_as(tmp_path / "record.pdf")

    must_be_on_paper(tmp_path / "record.pdf", record, outlet.name)
    must_be_checked(outlet, record["signatures"])


def sign(page: Page, label: str, strokes: tuple[tuple[float, float], ...]) -> None:
    """Draws on the canvas of this label, in shares of its width and height."""
    canvas = page.get_by_role("img", name=label)
    # In the middle: the strip at the top lies over what is under it.
    canvas.evaluate("each => each.scrollIntoView({block: 'center'})")
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in strokes]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def must_be_on_paper(file: Path, record: dict[str, Any], name: str) -> None:
    """It reads like the record: figures, each code under its heading, who signed, how to check."""
    pages = list(pypdfium2.PdfDocument(file))
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
    for title, lot in (
        ("相符Agreed", "agreed"),
        ("缺少Missing", "missing"),
        ("多出Extra", "extra"),
    ):
        assert f"{title}{len(record[lot])}" in text
        listed = text.partition(f"{title}({len(record[lot])})编码Battery")[2]
        assert listed.startswith("".join(record[lot])), title
    assert len(record["agreed"]) == FEW - MISSING
    assert all(each in text for each in (name, "官渡三号库(KM-03)", "检查inspection"))
    assert text.count("(+08:00)") >= 2
    _, _, below = text.partition("签名Signatures")
    assert below.index("网点人员") < below.index(record["signatures"][0]) < below.index("检查人员")
    assert below.index("检查人员") < below.index(record["signatures"][1])
    assert all(each in below for each in (record["report_sha256"], record["receipt"], "Receipt:"))
    drawn = [each for page in pages for each in page.get_objects() if each.type == IMAGE]
    assert [each.get_bitmap().to_pil().convert("L").getextrema()[0] < DARK for each in drawn] == [
        True
    ] * 2


def must_be_checked(outlet: Outlet, signatures: list[str]) -> None:
    """What is kept under a hash has that hash, and nothing else can be put there."""
    assert len(set(signatures)) == len(STROKES)
    for digest in signatures:
        kept = outlet.fetch(f"/v1/photos/{digest}?battery=KM-03")
        assert sha256(kept).hexdigest() == digest
        answer = httpx.put(
            f"{outlet.service.url}/v1/photos/{sha256(kept + b'x').hexdigest()}",
            content=kept,
            headers={"authorization": f"Bearer {outlet.key}", "content-type": "image/png"},
            timeout=60,
        )
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, answer.text
