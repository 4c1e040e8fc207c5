"""Makes the pictures of the guides for clerks in `docs/how-to/clerk`, and the page for the wall.

Run by hand when a screen has changed, after `make setup`; it takes about a minute:

    PYTHONPATH=tests .venv/bin/python tests/support/make_pictures.py

Each picture is a screen of the real app in Chromium, 360x640 at two dots a pixel, of a service of
its own with an outlet that is made up. A red frame shows where to tap. The fonts of the machine
count: fonts-noto-cjk has to be there.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFilter
from playwright.sync_api import sync_playwright

from dianchi.exchange.labels import Label, label_png, label_url
from support.album import NAMES, Album, icon, keep, open_album, print_wall, sign
from support.clips import write_clip
from support.phone import CAMERA, PIN, Outlet, Phone, gun, sent
from support.process import Service

GUIDES = Path(__file__).parents[2] / "docs/how-to/clerk"
PICTURES = GUIDES / "pictures"
SITE = "GD-01"
UTILIZER = "云南滇能梯次利用有限公司"


def pack(serial: int, day: str = "C3N") -> str:
    """A pack's code, by GB/T 34014."""
    return f"001PB1A00DZ5K2{day}{serial:07}"


STOCK = [pack(4100 + 7 * each, "B8T") for each in range(12)]
NEW = [pack(8213), pack(8240), pack(8266), pack(8291)]


def first_day(album: Album, phone: Phone, outlet: Outlet) -> None:
    """Binding, keeping, the icon, the self-test."""
    page, found = album.page, album.page.get_by_test_id
    code = outlet.enrolment(SITE)["code"]
    phone.open(page, f"#enrol={code}")
    found("pin").fill(PIN)
    found("pin-again").fill(PIN)
    album.take("bind", found("sign-in"))
    phone.bind(page, code)
    phone.keeps_itself(page)
    page.get_by_text("在库 12 组").wait_for()
    album.take("ready", page.get_by_text("已可离线使用"))
    page.evaluate("scrollTo(0, 0)")
    icon(album)
    phone.open(page)
    phone.unlock(page)
    album.tile("selftest")
    found("selftest-start").click()
    found("selftest-clock").wait_for()
    found("selftest-send").click()
    page.get_by_text("已发送").wait_for()
    album.take("self-test", found("selftest-send"))


def first_pack(album: Album) -> None:
    """From the first screen to the green line, through the camera."""
    page, found = album.page, album.page.get_by_test_id
    page.evaluate("location.hash = ''")
    album.take("today", found("tile-receive"))
    album.tile("receive")
    found("scan-start").click()
    page.get_by_text("把条码放进框里").wait_for()
    album.take("scan")
    found("receive-form").wait_for()
    found("condition-none").click()
    page.evaluate("scrollTo(0, 0)")
    album.take("look", found("condition-none"))
    album.take("save", found("receive-submit"))
    found("receive-submit").click()
    page.get_by_role("button", name="停止").click()
    page.evaluate("scrollTo(0, 0)")
    album.take("saved")
    sent(page)


def no_label(album: Album) -> None:
    """Typing, a serial number, a temporary one, a label."""
    page, found = album.page, album.page.get_by_test_id
    album.tile("receive")
    found("scan-type").click()
    found("type-code").fill(NEW[1][:17])
    page.evaluate("scrollTo(0, 0)")
    found("type-code").scroll_into_view_if_needed()
    album.take("type")
    page.evaluate("location.hash = ''")
    album.take("no-code", found("tile-nocode"))
    album.tile("nocode")
    page.get_by_label("厂家名称或代码").fill("宁德时代")
    page.get_by_label("厂家序列号", exact=True).fill("P0230518-0442")
    album.take("serial", page.get_by_role("button", name="继续入库"))
    found("nocode-take").click()
    found("nocode-name").wait_for()
    album.take("temporary", found("nocode-name"))
    found("nocode-go").click()
    found("condition-none").click()
    found("receive-submit").click()
    found("receive-saved").wait_for()
    page.get_by_role("button", name="打标签").click()
    found("label-download").wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("label", found("label-download"))
    sent(page)


def burning(album: Album, outlet: Outlet) -> None:
    """The alarm with and without a network, and a swollen pack that comes in."""
    page, found = album.page, album.page.get_by_test_id
    page.evaluate("location.hash = ''")
    album.take("risk-tile", found("tile-risk"))
    album.tile("risk")
    page.evaluate("scrollTo(0, 0)")
    album.take("risk-steps", page.locator("a.call"))
    found("kind-smoke").click()
    album.take("risk-kind", found("kind-smoke"))
    gun(page, STOCK[2])
    album.take("risk-raise", found("risk-raise"))
    found("risk-raise").click()
    page.locator("[data-testid=alarm-state][data-state=sent]").wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("risk-sent", found("alarm-state"))
    album.tile("receive")
    gun(page, NEW[2])
    found("condition-swollen").click()
    page.evaluate("scrollTo(0, 0)")
    album.take("swollen", found("condition-swollen"))
    outlet.service.kill()
    found("receive-submit").click()
    page.locator("[data-testid=alarm-state][data-state=waiting]").wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("risk-waiting", found("alarm-state"))
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    sent(page)


def offline(album: Album, outlet: Outlet) -> None:
    """What waits without a network."""
    page, found = album.page, album.page.get_by_test_id
    outlet.service.kill()
    album.tile("receive")
    gun(page, NEW[3])
    found("condition-none").click()
    found("receive-submit").click()
    found("receive-saved").wait_for()
    page.locator("[data-testid=sync-state][data-state=offline]").wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("no-network", page.locator("header.strip"))
    found("outbox-count").click()
    page.evaluate("scrollTo(0, 0)")
    album.take("outbox-waiting", page.get_by_role("button", name="导出"))
    outlet.service.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    sent(page)


def stock_count(album: Album, folder: Path) -> None:
    """From the list to the paper."""
    page, found = album.page, album.page.get_by_test_id
    album.tile("count")
    album.take("count-start", found("count-start"))
    page.get_by_label("检查").check()
    found("count-start").click()
    here = [each for each in STOCK if each != STOCK[3]]
    gun(page, *here[:-1], *NEW[:1], *NEW[2:], pack(6650, "D5A"))
    page.evaluate("scrollTo(0, 0)")
    album.take("count-three", page.locator(".columns"))
    for label, name in NAMES.items():
        sign(page, page.get_by_role("img", name=label), name)
    album.take("count-sign", page.get_by_role("img", name="网点人员签名"))
    album.take("count-end", found("count-submit"))
    found("count-submit").click()
    found("count-saved").wait_for()
    sent(page)
    paper = page.get_by_role("button", name="下载盘点记录")
    paper.wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("count-saved", paper)
    with page.expect_download() as kept:
        paper.click()
    kept.value.save_as(folder / "record.pdf")
    sheet = pypdfium2.PdfDocument(folder / "record.pdf")[0].render(scale=1.4).to_pil()
    drawn = BytesIO()
    sheet.save(drawn, "PNG")
    keep(PICTURES / "count-paper.webp", drawn.getvalue())


def refused(album: Album) -> None:
    """What came back, and why."""
    page, found = album.page, album.page.get_by_test_id
    # Somebody takes the number of the car for that of the pack: the service refuses it.
    album.tile("nocode")
    page.get_by_label("厂家名称或代码").fill("宁德时代")
    page.get_by_label("厂家序列号", exact=True).fill("VIN LGXC16DF6M0021357")
    page.get_by_role("button", name="继续入库").click()
    found("condition-none").click()
    found("receive-submit").click()
    found("receive-saved").wait_for()
    sent(page)
    found("outbox-count").click()
    page.locator("li.refused").wait_for()
    page.evaluate("scrollTo(0, 0)")
    album.take("outbox-refused", found("outbox-fix"))


@contextmanager
def an_outlet(folder: Path) -> Iterator[Outlet]:
    """An outlet that holds a dozen packs, and its service."""
    service = Service(folder).start()
    try:
        province = service.key("regulator", "云南省工业和信息化厅")
        name = "昆明官渡再生资源回收网点"
        key = service.key("outlet", name)
        service.key("utilizer", UTILIZER)
        outlet = Outlet(service, name, key, province, key)
        told = {"number": SITE, "name": "官渡一号库", "kind": "central", "county": "530111"}
        outlet.ask("POST", "/v1/sites", told=told)
        outlet.ask("POST", "/v1/events/batch", told=[taken_in(each) for each in STOCK])
        yield outlet
    finally:
        service.stop()


def taken_in(code: str) -> dict[str, object]:
    """A pack came in."""
    return {
        "event_id": f"01996a6e-0000-7000-8000-{int(code[-7:]):012}",
        "type": "collected",
        "battery": code,
        "occurred_at": "2026-06-01T09:30:00+08:00",
        "site": SITE,
        "data": {
            "source": "person",
            "safety_class": "A",
            "label_legible": True,
            "mass_kg": "412.5",
        },
    }


def clip_of(code: str, path: Path) -> None:
    """What the camera sees: the label of a pack on its dark lid."""
    told = Label(
        code,
        label_url("https://t.ynbat.cn", code),
        chemistry="LFP",
        capacity_ah="228",
        energy_kwh="79.9",
    )
    label = Image.open(BytesIO(label_png(told, "80x50")))
    lid = Image.new("L", (1000, 640), 62)
    lid.paste(label.convert("L").resize((800, 500)), (100, 70))
    # For some seconds it is out of focus: else it is read before there is a picture of it.
    write_clip(path, *[lid.filter(ImageFilter.GaussianBlur(7))] * 3, lid)


def main() -> None:
    """Makes all of them."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    folder = Path(tempfile.mkdtemp(prefix="dianchi-pictures-"))
    folder.chmod(0o711)
    with an_outlet(folder / "data") as outlet, sync_playwright() as driver:
        clip_of(NEW[0], folder / "label.mjpeg")
        flags = (
            *CAMERA,
            "--hide-scrollbars",
            f"--use-file-for-fake-video-capture={folder / 'label.mjpeg'}",
        )
        phone = Phone(driver, folder / "phone", outlet.service.url, flags)
        album = open_album(phone, PICTURES)
        try:
            first_day(album, phone, outlet)
            first_pack(album)
            no_label(album)
            burning(album, outlet)
            offline(album, outlet)
            stock_count(album, folder)
            refused(album)
            print_wall(album.page, GUIDES)
        finally:
            phone.kill()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
