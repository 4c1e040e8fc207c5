"""Every screen can be used on a small phone, by those who see badly, and in both languages."""

from pathlib import Path

from playwright.sync_api import Page, expect

from support.phone import MakePhone, Outlet, code_of, take_in

AXE = Path(__file__).resolve().parents[2] / "clients/web/node_modules/axe-core/axe.min.js"
CODE = code_of(4000)
SCREENS = (
    *("", "receive", f"receive?battery={CODE}", f"lookup?battery={CODE}", "outbox", "risk"),
    *("handover", "incoming", "repair", "count", "pickup", "nocode", "help"),
    *(f"label?battery={CODE}", "receipt?sequence=1", "selftest"),
)
LOOKS = (("zh", "light"), ("zh", "dark"), ("en", "light"))
# 48 pixels, less what a browser rounds away.
UNFIT = """screen => [
  ...(document.documentElement.scrollWidth > 360 ? [`${screen}: wide`] : []),
  ...[...document.querySelectorAll('button, select, a, summary, .file, .tick, .choice label')]
    .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 47.9)
    .map(each => `${screen}: low ${each.outerHTML.slice(0, 90)}`)
]"""
SLOW_TO_PROMISE = """
navigator.storage.persist = () => new Promise(done => setTimeout(() => done(true), 1000))"""
AXE_RUN = """axe.run({resultTypes: ['violations']}).then(
  found => found.violations.flatMap(each => each.nodes.map(node => `${each.id} ${node.html}`)))"""


def complaints(page: Page, screen: str) -> list[str]:
    """What is wrong with what is shown."""
    found = [f"{screen}: {each[:200]}" for each in page.evaluate(AXE_RUN)]
    return [*found, *page.evaluate(UNFIT, screen)]


def test_axe_finds_nothing_and_every_target_is_large_enough_for_gloves(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given 360 pixels, light and dark, zh and en, then no screen has anything to complain of."""
    mine = phone()
    page = mine.start()
    axe = AXE.read_text(encoding="utf-8")
    mine.bind(page, outlet.enrolment()["code"])
    page.get_by_test_id("tile-receive").click()
    page.get_by_test_id("scan-start").wait_for()
    take_in(page, CODE)
    found = []
    for language, scheme in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"{outlet.service.url}/scan?lang={language}")
        page.get_by_test_id("pin").wait_for()
        page.evaluate(axe)
        found += complaints(page, f"{language} sign in")
        mine.unlock(page)
        for screen in SCREENS:
            mine.show(page, screen)
            page.wait_for_timeout(100)
            found += complaints(page, f"{language} {scheme} {screen}")
        mine.show(page, "receive")
        page.get_by_test_id("scan-type").click()
        page.get_by_test_id("type-code").fill(CODE[:20])
        found += complaints(page, f"{language} typing")

    assert found == []


def test_what_is_tapped_at_once_after_binding_stays(outlet: Outlet, phone: MakePhone) -> None:
    """Given a browser slow to promise its storage, when a tile is tapped, then it opens."""
    mine = phone()
    page = mine.start()
    page.add_init_script(SLOW_TO_PROMISE)
    mine.bind(page, outlet.enrolment()["code"])
    page.get_by_test_id("tile-lookup").click()
    page.wait_for_timeout(1_500)
    expect(page.get_by_test_id("lookup-input")).to_be_visible()
