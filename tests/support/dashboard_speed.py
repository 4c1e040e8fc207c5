"""How long the dashboard takes until it answers, on a CPU slowed six times: of a running service.

    cd tests && python -m support.dashboard_speed http://127.0.0.1:8000 regulator PASSWORD

The person adds an authenticator where none is there yet, as the demo's officer must. It is no test:
a busy machine takes twice as long, so the CPU that was used is told beside the time.
"""

import argparse
import statistics
import sys
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from support.desk import Desk
from support.phone import chromium

SLOWER: Final = 6
ROUNDS: Final = 5
NAMES: Final = ("numbers", "answers", "chart", "cpu")
_AFTER_MS: Final = 6_000
_MARK: Final = """
window.seen = {}
new PerformanceObserver((told) => { window.longs = (window.longs ?? []).concat(told.getEntries()) })
  .observe({ type: 'longtask', buffered: true })
new MutationObserver(() => {
  const now = performance.now()
  if (document.querySelector('[data-testid=figures] li')) window.seen.numbers ??= now
  if (document.querySelector('.chart svg')) window.seen.chart ??= now
}).observe(document, { subtree: true, childList: true })
"""
_READ: Final = """() => {
  const over = (at) => (window.longs ?? [])
    .filter((one) => one.startTime <= at && at < one.startTime + one.duration)
    .reduce((end, one) => Math.max(end, one.startTime + one.duration), at)
  return { ...window.seen, answers: over(window.seen.numbers) }
}"""


def signed_in(browser: Browser, url: str, login: str, password: str, code: str) -> Any:
    """The cookies of somebody who reads the dashboard; `code` of an authenticator, if any."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{url}/console/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.get_by_test_id("sign-in").click()
    phone, frame = page.locator("main a[href='/account/phone']"), page.locator(".frame")
    asked = page.locator("input[name=code]")
    phone.or_(frame).or_(asked).first.wait_for()
    if asked.is_visible():
        asked.fill(code)
        page.get_by_test_id("sign-in").click()
        frame.wait_for()
    elif phone.is_visible():
        Desk(page, url, [], []).add_phone()
    cookies = context.storage_state()
    context.close()
    return cookies


def measured(context: BrowserContext, url: str) -> dict[str, float]:
    """One visit without a cache: milliseconds until numbers, until clicks are answered, a chart."""
    page = context.new_page()
    page.add_init_script(_MARK)
    page.goto(f"{url}/readyz")
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{url}/console/board")
    page.get_by_test_id("figures").wait_for(timeout=60_000)
    page.wait_for_timeout(_AFTER_MS)
    told: dict[str, float] = page.evaluate(_READ)
    [task] = [
        each["value"]
        for each in tools.send("Performance.getMetrics")["metrics"]
        if each["name"] == "TaskDuration"
    ]
    return told | {"cpu": task * 1000}


def main() -> None:
    """Measures and prints each visit, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "login", "password"):
        parser.add_argument(name)
    parser.add_argument("--code", default="", help="of the authenticator, where there is one")
    given = parser.parse_args()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        cookies = signed_in(browser, given.url, given.login, given.password, given.code)
        visits = []
        for _ in range(ROUNDS):
            context = browser.new_context(
                viewport={"width": 1366, "height": 768}, locale="zh-CN", storage_state=cookies
            )
            visits.append(measured(context, given.url))
            context.close()
            sys.stdout.write(f"{ {name: round(ms) for name, ms in visits[-1].items()} }\n")
        middle = {n: round(statistics.median(v.get(n, 0.0) for v in visits)) for n in NAMES}
        sys.stdout.write(f"median {middle}\n")
        browser.close()


if __name__ == "__main__":
    main()
