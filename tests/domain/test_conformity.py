"""Judging: what a run says of what came, whatever the order and the mistakes."""

from dataclasses import replace
from datetime import date

import pytest

from dianchi.domain.codes import parse_battery
from dianchi.domain.conformity.exchanges import Answered, Exchange, Row, Seen
from dianchi.domain.conformity.judging import KINDS
from dianchi.domain.conformity.naming import names_of
from dianchi.domain.conformity.verdicts import Verdict
from dianchi.domain.identifiers import parse_vin
from dianchi.domain.refusals import Malformed, Text

PACK = "001PB1A00DZ5K2E610000001"
SECOND_US = 1_000_000


def row(outcome: str = "accepted", **changes: object) -> Row:
    return replace(Row("id-1", "produced", (PACK,), outcome), **changes)  # type: ignore[arg-type]


def came(*rows: Row, number: int = 1, at_s: float = 1.0, **changes: object) -> Exchange:
    at_us = int(at_s * SECOND_US)
    made = Exchange(number, at_us, at_us, "POST", "/v1/events", 201, rows=rows)
    return replace(made, **changes)  # type: ignore[arg-type]


def judge(kind: str, *exchanges: Exchange, **asked: object) -> Verdict:
    return KINDS[kind](asked, Seen(exchanges, {}))


def test_a_report_is_done_when_it_is_on_record_and_a_dry_run_is_not() -> None:
    asked = {"battery": PACK.lower(), "type": "produced"}

    assert judge("reported", **asked).state == "todo"
    assert judge("reported", came(row(), dry_run=True), **asked).state == "todo"
    assert judge("reported", came(row()), **asked).state == "done"


def test_a_refused_report_is_wrong_with_its_problem_until_a_mended_one_comes() -> None:
    asked = {"battery": PACK, "type": "produced"}
    bad = row("refused", code="missing_field", pointer="/data/model", what=Text("缺", "lacks"))

    verdict = judge("reported", came(replace(bad, way_out=Text("补", "add it"))), **asked)

    assert (verdict.state, verdict.way_out) == ("wrong", Text("补", "add it"))
    assert "missing_field /data/model: lacks" in verdict.came.en
    assert judge("reported", came(bad), came(row(), number=2), **asked).state == "done"


def test_another_type_and_a_missing_signature_are_named() -> None:
    other = judge("reported", came(row(type="declared")), battery=PACK, type="produced")
    bare = judge("reported", came(row()), battery=PACK, type="produced", signed=True)
    signed = came(row(signed=True, event_id="id-2"), number=2)

    assert (other.state, bare.state) == ("wrong", "wrong")
    assert "without a signature" in bare.came.en
    both = judge("reported", came(row()), signed, battery=PACK, type="produced", signed=True)
    assert both.state == "done"


def test_a_report_under_a_new_id_is_a_twin_until_it_is_sent_again_as_it_was() -> None:
    asked = {"battery": PACK, "type": "produced"}
    first, twin = came(row()), came(row(event_id="id-2"), number=2)
    replay = came(row("duplicate", event_id="id-2"), number=3)

    assert judge("repeated", first, **asked).state == "todo"
    assert judge("repeated", first, twin, **asked).state == "wrong"
    assert judge("repeated", first, twin, replay, **asked).state == "done"
    early = came(row("duplicate"), number=1)
    assert judge("repeated", first, early, replace(twin, number=3), **asked).state == "wrong"


def away(number: int, at_s: float, event_id: str = "id-1") -> Exchange:
    turned = row("turned_away", event_id=event_id)
    return came(turned, number=number, at_s=at_s, status=429, retry_after_s=3)


def test_who_waits_as_told_passes_and_who_does_not_is_told_how_early() -> None:
    waits = (away(1, 1.0), came(row(), number=2, at_s=4.1))
    hasty = (away(1, 1.0), away(2, 1.5), away(3, 1.9))

    assert judge("waited", battery=PACK).state == "todo"
    assert judge("waited", away(1, 1.0), battery=PACK).state == "todo"
    assert judge("waited", *waits, battery=PACK).state == "done"
    verdict = judge("waited", *hasty, battery=PACK)
    assert verdict.state == "wrong"
    assert "after 0.4 s (too early 2 times)" in verdict.came.en
    mended = (*hasty, came(row(), number=4, at_s=5.0))
    assert judge("waited", *mended, battery=PACK).state == "done"
    other = came(row(event_id="id-2"), number=2, at_s=4.1)
    assert judge("waited", away(1, 1.0), other, battery=PACK).state == "wrong"


MANY = {"prefix": "serial:SANDBOX:X-", "rows": 5, "bad": [2]}


def one_of(n: int, outcome: str = "accepted", event_id: str = "") -> Row:
    name = f"SERIAL:SANDBOX:X-{n:04d}"
    return Row(event_id or f"id-{n}", "declared", (name,), outcome, code="invalid_value")


def batch(*rows: Row, number: int = 1) -> Exchange:
    return came(*rows, number=number, batch=True)


def test_a_batch_is_done_when_all_came_and_only_the_bad_ones_were_refused() -> None:
    good = [one_of(n) for n in (1, 3, 4, 5)]
    bad = one_of(2, "refused")

    assert (
        judge("many_sent", batch(*good[:2]), batch(bad, *good[2:], number=2), **MANY).state
        == "done"
    )
    assert judge("many_sent", batch(*good), **MANY).state == "todo"
    assert judge("many_sent", came(*good, bad), **MANY).state == "todo"
    strange = judge("many_sent", batch(bad, one_of(3, "refused"), good[0], *good[2:]), **MANY)
    assert strange.state == "wrong"
    assert "X-0003" in strange.came.en
    assert judge("many_sent", batch(one_of(2), *good), **MANY).state == "wrong"


def test_the_bad_rows_are_mended_alone_or_with_the_ids_of_the_first_time() -> None:
    good = [one_of(n) for n in (1, 3, 4, 5)]
    first = batch(*good, one_of(2, "refused"))
    again = [one_of(n, "duplicate") for n in (1, 3, 4, 5)]
    doubled = [one_of(n, event_id=f"new-{n}") for n in (1, 3)]

    assert judge("many_mended", first, **MANY).state == "todo"
    assert judge("many_mended", first, came(one_of(2), number=2), **MANY).state == "done"
    assert judge("many_mended", first, batch(one_of(2), *again, number=2), **MANY).state == "done"
    verdict = judge("many_mended", first, batch(one_of(2), *doubled, number=2), **MANY)
    assert verdict.state == "wrong"
    assert verdict.came.en.startswith("2 rows")


def page(number: int, cursor: str | None, following: str | None, items: int = 100) -> Exchange:
    made = Exchange(number, number, number, "GET", "/v1/batteries", 200)
    return replace(made, items=items, cursor=cursor, next=following)


def test_pages_count_only_where_each_follows_the_one_before() -> None:
    asked = {"path": "/v1/batteries", "rows": 250}

    whole = (page(1, None, "a"), page(2, "a", "b"), page(3, "b", None, 60))
    assert judge("paged", *whole, **asked).state == "done"
    assert judge("paged", *whole[:2], **asked).state == "todo"
    assert judge("paged", page(1, None, "a"), page(2, None, "a"), **asked).state == "wrong"
    assert judge("paged", page(1, None, "a"), page(2, "x", "b", 200), **asked).state == "todo"


def test_the_feed_must_tell_the_very_event_and_a_riddle_is_right_once() -> None:
    feed = Exchange(2, 2, 2, "GET", "/v1/feed", 200)
    told = (came(row()), replace(feed, ids=frozenset({"id-1", "other"})))

    assert judge("followed", *told, battery=PACK).state == "done"
    assert (
        judge("followed", came(row()), replace(feed, ids=frozenset({"other"})), battery=PACK).state
        == "todo"
    )
    wrong = Seen((), {"receipts": [Answered(1, right=False)]})
    right = Seen((), {"receipts": [Answered(1, right=False), Answered(2, right=True)]})
    assert KINDS["verified"]({"riddle": "receipts"}, wrong).state == "wrong"
    assert KINDS["verified"]({"riddle": "receipts"}, right).state == "done"


def test_names_of_a_run_are_good_codes_but_for_the_one_that_is_mistyped() -> None:
    wanted = {
        "a": {"make": "pack"},
        "b": {"make": "mistyped", "of": "a"},
        "vin": {"make": "vin"},
    }

    names = names_of(wanted, "LT-20261130-ABCDEFGH", date(2026, 11, 29))

    parse_battery(names["a"])
    parse_vin(names["vin"])
    with pytest.raises(Malformed):
        parse_battery(names["b"])
    assert names["a"] != names_of(wanted, "LT-20261130-ABCDEFGJ", date(2026, 11, 29))["a"]
