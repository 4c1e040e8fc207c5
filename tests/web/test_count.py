"""A stock count without a network ends in exactly what was missing and what was extra."""

from support.phone import MakePhone, Outlet, code_of, gun, sent

STOCK, MISSING, EXTRA = 300, 4, 2


def test_a_count_of_three_hundred_packs_finds_the_missing_and_the_extra(
    outlet: Outlet, phone: MakePhone
) -> None:
    """Given 300 packs in store and no network, when 296 of them and 2 others are scanned."""
    site = {"number": "KM-02", "name": "官渡二号库", "kind": "central", "county": "530111"}
    outlet.ask("POST", "/v1/sites", told=site)
    codes = [code_of(5000 + each) for each in range(STOCK)]
    told = [
        {
            "event_id": f"01996a6e-0000-7000-8000-{each:012}",
            "type": "collected",
            "battery": code,
            "occurred_at": "2026-06-01T09:30:00+08:00",
            "site": "KM-02",
            "data": {"source": "person", "safety_class": "A", "label_legible": True},
        }
        for each, code in enumerate(codes)
    ]
    outlet.ask("POST", "/v1/events/batch", told=told)
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
    must_be_found(outlet, codes[:MISSING], extra)


def must_be_found(outlet: Outlet, missing: list[str], extra: list[str]) -> None:
    """Exactly these findings, and a record of the count as a paper."""
    found = outlet.finds("missing_at_count", len(missing))
    assert sorted(each["battery"] for each in found) == missing
    [[counted]] = {tuple(each["evidence"][-1:]) for each in found}
    record = outlet.ask("GET", f"/v1/counts/{counted}")
    assert (sorted(record["missing"]), sorted(record["extra"])) == (missing, extra)
    for code in extra:
        life = outlet.ask("GET", f"/v1/batteries/{code}", key=outlet.regulator)
        assert [each["code"] for each in life["findings"]] == ["unknown_battery"]
    assert outlet.fetch(f"/v1/counts/{counted}.pdf").startswith(b"%PDF")
