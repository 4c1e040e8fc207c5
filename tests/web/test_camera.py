"""What stands before the camera is read, taken in, sent, and seen by the regulator."""

from pathlib import Path

import pytest
import zxingcpp

from support.clips import other_label, qr_label, write_clip
from support.phone import MakePhone, Outlet, code_of, save, sent

PLAIN, DRILL = 1, 6
PATIENCE = 90_000
"""Other tests may run beside a slow phone: that it reads is asked here, not how soon."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("slower", [PLAIN, DRILL])
def test_three_kinds_of_symbols_reach_the_regulator(
    outlet: Outlet, phone: MakePhone, tmp_path: Path, slower: int
) -> None:
    """Given moving, blurred, dirty labels, also on a slow phone, when the clerk scans them."""
    codes = [code_of(slower * 100 + each) for each in range(3)]
    clip = tmp_path / "labels.mjpeg"
    write_clip(
        clip,
        qr_label(f"HTTPS://T.YNBAT.CN/B/{codes[0]}"),
        other_label(codes[1], zxingcpp.BarcodeFormat.DataMatrix),
        other_label(codes[2], zxingcpp.BarcodeFormat.Code128),
    )
    mine = phone(f"--use-file-for-fake-video-capture={clip}")
    page = mine.start()
    device = outlet.enrolment("KM-01")
    mine.bind(page, device["code"])
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})

    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").click()
    taken = []
    for _ in codes:
        page.get_by_test_id("receive-form").wait_for(timeout=PATIENCE)
        code = page.get_by_test_id("receive-form").locator(".code").get_attribute("aria-label")
        taken.append(code)
        save(page, str(code))
    sent(page)

    assert sorted(map(str, taken)) == codes
    for code in codes:
        (event,) = outlet.waits_for(code, 1)
        assert (event["type"], event["device"]["id"]) == ("collected", device["device"])


def test_a_pack_that_still_stands_there_when_its_form_is_saved_is_left_alone(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given a form takes longer than the guard against reading twice, then nobody is alarmed."""
    clip, code = tmp_path / "one.mjpeg", code_of(80)
    write_clip(clip, qr_label(f"HTTPS://T.YNBAT.CN/B/{code}"))
    mine = phone(f"--use-file-for-fake-video-capture={clip}")
    page = mine.start()
    mine.bind(page, outlet.enrolment()["code"])
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").click()
    page.get_by_test_id("receive-form").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(6_000)
    save(page, code)
    page.wait_for_timeout(4_000)

    assert page.get_by_test_id("receive-already").count() == 0
    assert page.get_by_test_id("receive-saved").is_visible()


def test_what_cannot_be_read_leads_to_a_photo_or_to_typing(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given a label whose finder is smeared, then within 8 seconds the clerk is offered both."""
    clip = tmp_path / "smeared.mjpeg"
    write_clip(clip, qr_label(code_of(9), readable=False))
    mine = phone(f"--use-file-for-fake-video-capture={clip}")
    page = mine.start()
    mine.bind(page, outlet.enrolment()["code"])

    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").click()
    page.get_by_test_id("scan-help").wait_for(timeout=8_000)

    assert page.get_by_test_id("scan-result").count() == 0
    assert page.get_by_test_id("scan-photo").count() == 1
    page.get_by_test_id("scan-type").click()
    page.get_by_test_id("type-code").wait_for()


def test_a_photo_is_read_by_the_same_decoder(
    outlet: Outlet, phone: MakePhone, tmp_path: Path
) -> None:
    """Given no camera will do, when the clerk takes a photo of the label, then it is taken in."""
    picture = tmp_path / "label.png"
    code = code_of(77)
    qr_label(f"https://t.ynbat.cn/b/{code.lower()}?x=1").save(picture)
    mine = phone()
    page = mine.start()
    mine.bind(page, outlet.enrolment()["code"])

    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-photo").set_input_files(picture)
    page.get_by_test_id("receive-form").wait_for()
    save(page, code)
    sent(page)

    (event,) = outlet.waits_for(code, 1)
    (digest,) = event["data"]["photos"]
    for _ in range(50):
        kept = outlet.ask("GET", f"/v1/photos/{digest}/parts")
        if kept["whole"]:
            break
        page.wait_for_timeout(100)
    assert kept["whole"]
