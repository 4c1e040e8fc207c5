"""Requests to fetch batteries: who was asked, who answered, who is silent."""
# ruff: noqa: FBT003 - an event's members in their order

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dianchi.domain.findings import render
from dianchi.domain.firms import over_stock
from dianchi.domain.life import Event
from dianchi.domain.pickups import last_day, unanswered
from dianchi.domain.rules import RULES

OUTLET, MAKER, OTHER = "O1OUTLET1111", "O1MAKER11111", "O1OTHER11111"
TODAY = date(2026, 6, 1)


def request(number: str, at_us: int, to: object = MAKER) -> Event:
    data = {"pickup": number, "to": to, "count": 2}
    subject = f"pickup:{OUTLET}:{number}"
    return Event(
        f"r{number}", "pickup_requested", subject, at_us, False, OUTLET, "outlet", "S1", data
    )


def answer(number: str, by: str, requester: str = OUTLET) -> Event:
    data = {"pickup": number, "requester": requester, "answer": "accept"}
    subject = f"pickup:{requester}:{number}"
    return Event(f"a{number}", "pickup_answered", subject, 9, False, by, "maker", None, data)


def test_a_request_is_open_until_whoever_was_asked_answers() -> None:
    first, second = request("P1", 1), request("P2", 2)

    assert unanswered([first, second], []) == [second, first]
    assert unanswered([first, second], [answer("P1", MAKER)]) == [second]
    assert unanswered([first], [answer("P1", OTHER)]) == [first]
    assert unanswered([first], [answer("P1", MAKER, OTHER)]) == [first]


def test_too_much_in_store_names_who_was_asked_and_is_silent() -> None:
    asked = request("P1", 1_780_000_000_000_000)
    found = over_stock("collection", Decimal(5100), TODAY, RULES, silent=[asked])

    assert found is not None
    assert found.evidence == ("rP1",)
    assert render(found, "en", {MAKER: "Maker Ltd"}) == (
        "5100 kg in store, 5000 kg allowed; Maker Ltd was asked on 2026-05-29 and has not answered."
    )


def test_so_does_more_than_there_is_room_for_and_a_party_from_outside_by_its_name() -> None:
    asked = request("P1", 1, {"external": True, "name": "外省某厂", "province": "51"})
    found = over_stock("collection", Decimal(900), TODAY, RULES, "800", silent=[asked])

    assert found is not None
    assert found.values["what"] == "capacity_asked"
    assert "外省某厂" in render(found, "zh")


def test_nothing_is_said_of_requests_while_there_is_room() -> None:
    assert over_stock("collection", Decimal(10), TODAY, RULES, silent=[request("P1", 1)]) is None


def test_the_term_begins_when_a_request_was_recorded_and_its_day_says_which_rule_holds() -> None:
    asked = request("P1", 1_780_000_000_000_000)
    late = replace(asked, recorded_us=1_790_000_000_000_000)

    assert last_day(asked, RULES) == date(2026, 6, 5)
    assert last_day(late, RULES) == date(2026, 9, 28)
