"""What a phone prints and puts right by itself: labels, receipts, refused reports, alarms."""

import io
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from support.phone import NEVER, MakePhone, Outlet, Phone, code_of, gun, save, sent, take_in

pytestmark = pytest.mark.timeout(600)
DOTS, DPI = 8, 203
"""Dots to the millimetre of a 203 dpi head."""
MM_PER_INCH, POINTS_PER_INCH = 25.4, 72


def drawn(page: Page, testid: str) -> Image.Image:
    """The picture as the phone drew it, dot by dot."""
    page.get_by_test_id(testid).wait_for()
    told = page.get_by_test_id(testid).evaluate(
        """async picture => {
          await picture.decode()
          const canvas = document.createElement('canvas')
          canvas.width = picture.naturalWidth
          canvas.height = picture.naturalHeight
          canvas.getContext('2d').drawImage(picture, 0, 0)
          return canvas.toDataURL('image/png').split(',')[1]
        }"""
    )
    return Image.open(io.BytesIO(b64decode(told)))


def read(image: Image.Image) -> dict[str, str]:
    """What its symbols hold, by the kind of symbol."""
    return {str(each.format): each.text for each in zxingcpp.read_barcodes(image)}


def must_keep_a_millimetre(image: Image.Image) -> None:
    """Nothing is printed within a millimetre of the edge."""
    inside = Image.eval(image.convert("L"), lambda value: 255 - value).getbbox()
    assert inside is not None
    left, top, right, bottom = inside
    assert min(left, top, image.width - right, image.height - bottom) >= DOTS


@pytest.fixture
def offline(outlet: Outlet) -> Iterator[Outlet]:
    """The outlet, whose service is back at the end, whatever happened to it."""
    yield outlet
    if outlet.service.ended:
        outlet.service.start()


def leave_the_network(outlet: Outlet, mine: Phone, page: Page) -> None:
    """The service is gone, and the page is opened anew."""
    mine.keeps_itself(page)
    outlet.service.kill()
    page.reload()
    mine.unlock(page)


def come_back(outlet: Outlet, page: Page) -> None:
    """The service is there again."""
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")


def take_in_without_a_code(page: Page) -> str:
    """Takes a sound pack in under a temporary name; answers the name."""
    page.get_by_test_id("tile-nocode").click()
    page.get_by_test_id("nocode-take").click()
    page.get_by_test_id("nocode-go").click()
    page.get_by_test_id("condition-none").click()
    page.get_by_test_id("receive-submit").click()
    saved = page.get_by_test_id("receive-saved").locator(".code")
    return str(saved.get_attribute("aria-label"))


def test_a_pack_without_a_code_gets_its_label_and_receipt_without_a_network(
    offline: Outlet, phone: MakePhone
) -> None:
    """Given no network, when it was taken in, then both are there, and the slip once online."""
    mine, host = phone(), offline.service.url.removeprefix("http://")
    page = mine.start()
    mine.bind(page, offline.enrolment("KM-01")["code"])
    leave_the_network(offline, mine, page)
    name = take_in_without_a_code(page)

    page.get_by_test_id("saved-receipt").click()
    slip = drawn(page, "receipt-keep-picture")
    state = page.get_by_test_id("receipt-state")
    expect(state).to_have_attribute("data-state", "provisional")
    page.get_by_test_id("receipt-label").click()
    label = drawn(page, "label-download-picture")
    with page.expect_download() as kept:
        page.get_by_test_id("label-download").click()
    must_be_its_label(label, Image.open(io.BytesIO(kept.value.path().read_bytes())), host, name)
    must_keep_a_millimetre(slip)

    page.go_back()
    come_back(offline, page)
    expect(state).to_have_attribute("data-state", "numbered", timeout=NEVER)
    must_be_its_slip(offline, read(slip)["QR Code"], drawn(page, "receipt-keep-picture"), name)


def must_be_its_label(label: Image.Image, kept: Image.Image, host: str, name: str) -> None:
    """Both symbols lead to the battery, at the size and the density of a 203 dpi head."""
    assert name.startswith("tmp:")
    assert read(label) == {
        "QR Code": f"HTTPS://{host.upper()}/B/{name.upper()}",
        "Data Matrix": name,
    }
    assert (label.width, label.height) == (60 * DOTS, 40 * DOTS)
    assert round(kept.info["dpi"][0]) == DPI
    must_keep_a_millimetre(label)


def must_be_its_slip(outlet: Outlet, check: str, final: Image.Image, name: str) -> None:
    """The provisional one leads by the event to the number that the final one has."""
    (event,) = outlet.waits_for(name, 1)
    host, _, number = check.partition("/R/")
    path, json = f"/R/{number}", {"accept": "application/json"}
    checked = httpx.get(f"{outlet.service.url}{path}", headers=json, timeout=60).json()
    assert number == event["event_id"].upper()
    assert read(final)["QR Code"] == f"{host}/R/{checked['number']}"


def test_a_label_prints_at_its_size_and_a_replacement_counts_once_it_came_out(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given a code, when a replacement is printed, then one page of its size, and a report."""
    mine, code = phone(), code_of(9100)
    page = mine.start()
    page.add_init_script("window.print = () => {}")
    mine.bind(page, outlet.enrolment()["code"])
    mine.show(page, f"label?battery={code}")
    page.get_by_test_id("label-replaces").check()
    page.locator("input[value='80x50']").check()
    expect(page.get_by_test_id("label-download-picture")).to_have_js_property(
        "naturalWidth", 80 * DOTS
    )
    label = drawn(page, "label-download-picture")
    printed = tmp_path / "label.pdf"
    page.pdf(path=printed, prefer_css_page_size=True, print_background=True)
    page.get_by_test_id("sheet-print").click()
    page.get_by_test_id("label-came-out").click()
    sent(page)

    assert read(label)["QR Code"].endswith(f"/B/{code}/R2")
    assert read(label)["Data Matrix"] == code
    must_keep_a_millimetre(label)
    (sheet,) = pypdfium2.PdfDocument(printed.read_bytes())
    size = [round(each / POINTS_PER_INCH * MM_PER_INCH) for each in sheet.get_size()]
    assert size == [80, 50]
    paper = sheet.render(scale=300 / POINTS_PER_INCH).to_pil()
    assert read(paper)["Data Matrix"] == code
    (event,) = outlet.waits_for(code, 1)
    assert (event["type"], event["data"]["revision"]) == ("relabelled", 2)


WRONG_FIRM = "91530000MA6K0000X0"
"""The form of a unified social credit code, with a wrong check character."""


def refused(page: Page) -> Locator:
    """The one refused report in the outbox."""
    page.get_by_test_id("outbox-count").click()
    line = page.get_by_test_id("outbox-list").locator("li.refused")
    expect(line).to_have_count(1, timeout=NEVER)
    return line


def must_be_whole(outlet: Outlet, page: Page, digest: str) -> None:
    """The photo of this hash arrives."""
    for _ in range(100):
        if outlet.ask("GET", f"/v1/photos/{digest}/parts")["whole"]:
            return
        page.wait_for_timeout(100)
    raise AssertionError(digest)


def take_in_from(page: Page, firm: str, code: str, photo: Path) -> None:
    """Takes a pack in from a firm, with its mass and a photo."""
    form = page.get_by_test_id("receive-form")
    gun(page, code)
    form.locator("input[value='organisation']").check()
    form.locator("#firm").fill(firm)
    form.locator("summary").click()
    form.get_by_test_id("receive-mass").fill("12.5")
    form.get_by_test_id("photo-add").set_input_files(photo)
    form.locator(".photos img").wait_for()
    save(page, code)


def test_a_refused_taking_in_opens_in_its_form_as_it_was_filled_in(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given a wrong firm, when only that is put right, then mass and photo are sent with it."""
    mine, code, photo = phone(), code_of(9200), tmp_path / "photo.png"
    Image.new("RGB", (300, 200), "orange").save(photo)
    page = mine.start()
    mine.bind(page, outlet.enrolment("KM-01")["code"])
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").wait_for()
    take_in_from(page, WRONG_FIRM, code, photo)

    line = refused(page)
    expect(line).to_contain_text("送来的单位")
    expect(line).to_contain_text(WRONG_FIRM)
    line.get_by_test_id("outbox-fix").click()
    firm = page.locator("#firm")
    expect(firm).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("receive-mass")).to_have_value("12.5")
    expect(page.locator(".photos img")).to_have_count(1)
    firm.fill("昆明报废车公司")
    page.get_by_test_id("receive-submit").click()
    page.get_by_test_id("outbox-list").wait_for(state="attached")
    sent(page)

    (event,) = outlet.waits_for(code, 1)
    told = event["data"]
    assert (told["source_organisation"], told["mass_kg"]) == ("昆明报废车公司", "12.5")
    must_be_whole(outlet, page, told["photos"][0])


def test_a_refused_hand_over_keeps_its_number_and_its_packs(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given a wrong receiver, when it is put right, then the same hand-over goes out, once."""
    mine, codes = phone(), [code_of(9300 + each) for each in range(3)]
    page = mine.start()
    mine.bind(page, outlet.enrolment("KM-01")["code"])
    page.get_by_test_id("tile-handover").click()
    page.get_by_test_id("handover-receiver").fill(WRONG_FIRM)
    gun(page, *codes)
    page.get_by_test_id("handover-submit").click()
    number = page.get_by_test_id("handover-saved").inner_text().split()[2]

    line = refused(page)
    expect(line).to_contain_text("交给谁")
    line.get_by_test_id("outbox-fix").click()
    receiver = page.get_by_test_id("handover-receiver")
    expect(receiver).to_have_value(WRONG_FIRM)
    expect(receiver).to_have_attribute("aria-invalid", "true")
    expect(page.locator("ul.rows li .code")).to_have_count(len(codes))
    receiver.fill("玉溪梯次利用公司")
    page.get_by_test_id("handover-submit").click()
    page.get_by_test_id("outbox-list").wait_for(state="attached")
    sent(page)

    for code in codes:
        (event,) = outlet.waits_for(code, 1)
        assert event["data"]["receiver"] == "玉溪梯次利用公司"
        assert event["data"]["handover"] == number


def test_what_a_wrong_clock_dated_is_set_right_and_what_is_set_aside_stays_in_the_export(
    offline: Outlet, phone: MakePhone
) -> None:
    """Given a phone a day ahead without a network, then one is set aside, the other put right."""
    mine, codes = phone(), [code_of(9400), code_of(9401)]
    page = mine.start()
    mine.bind(page, offline.enrolment("KM-01")["code"])
    page.add_init_script("const told = Date.now; Date.now = () => told() + 24 * 3_600_000")
    leave_the_network(offline, mine, page)
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").wait_for()
    for code in codes:
        take_in(page, code)
    come_back(offline, page)
    page.get_by_test_id("outbox-count").click()
    lines = page.get_by_test_id("outbox-list").locator("li.refused")
    expect(lines).to_have_count(len(codes), timeout=NEVER)
    expect(lines.first).to_contain_text("发生时间")

    other = lines.filter(has=page.locator(f"[aria-label='{codes[1]}']"))
    other.get_by_test_id("outbox-aside").click()
    expect(lines).to_have_count(1)
    with page.expect_download() as file:
        page.get_by_test_id("outbox-export").click()
    lines.get_by_test_id("outbox-fix").click()
    page.get_by_test_id("mend-at").wait_for()
    page.get_by_test_id("receive-submit").click()
    expect(page.get_by_test_id("outbox-set-aside")).to_be_visible()
    sent(page)

    assert codes[1] in Path(file.value.path()).read_text(encoding="utf-8")
    (event,) = offline.waits_for(codes[0], 1)
    assert datetime.fromisoformat(event["occurred_at"]) < datetime.now(UTC)


def test_an_alarm_without_a_taking_in_takes_its_photos_along(
    offline: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given a smoking pack and no network, when it was photographed, then both arrive later."""
    mine, code, photo = phone(), code_of(9500), tmp_path / "smoke.png"
    Image.new("RGB", (300, 200), "grey").save(photo)
    page = mine.start()
    mine.bind(page, offline.enrolment("KM-01")["code"])
    leave_the_network(offline, mine, page)
    page.get_by_test_id("tile-risk").click()
    page.get_by_test_id("kind-smoke").click()
    gun(page, code)
    page.get_by_test_id("photo-add").set_input_files(photo)
    page.locator(".photos img").wait_for()
    page.get_by_test_id("risk-raise").click()
    expect(page.get_by_test_id("alarm-state")).to_have_attribute("data-state", "waiting")
    come_back(offline, page)
    expect(page.get_by_test_id("alarm-state")).to_have_attribute(
        "data-state", "sent", timeout=NEVER
    )

    (event,) = offline.waits_for(code, 1)
    assert (event["type"], event["data"]["kind"]) == ("incident", "smoke")
    (digest,) = event["data"]["photos"]
    must_be_whole(offline, page, digest)
    headers = {"authorization": f"Bearer {offline.regulator}"}
    shown = httpx.get(f"{offline.service.url}/v1/photos/{digest}", headers=headers, timeout=60)
    assert shown.headers["content-type"] == "image/jpeg"
