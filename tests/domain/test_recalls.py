"""Which batteries a recall concerns, and when it is over."""

from typing import Any

import pytest

from dianchi.domain.life import Event, fold
from dianchi.domain.recalls import Pack, Recall, concerns, pack_of, recall_in, standing
from dianchi.domain.rules import RULES
from domain.lives import MAKER, OFFICE, OUTLET, PACK, TEMPORARY, born, event, identified

SUBJECT = f"recall:{OFFICE}:ZH-1"
MADE = 18_780
THIS = Pack(frozenset((PACK, TEMPORARY)), MAKER, "M-60", MADE)


def opened(at: str = "2026-02-01T08:00", who: str = OFFICE, **selector: Any) -> Event:
    told = {"recall": "ZH-1", "selector": selector, "advice": "停用"}
    return event("recall_opened", at, who, data=told, subject=SUBJECT)


def closed(at: str = "2026-03-01T08:00", who: str = OFFICE) -> Event:
    return event("recall_closed", at, who, recall="ZH-1", reason="done", subject=SUBJECT)


def recall(*events: Event, by: str = OFFICE) -> Recall:
    found = recall_in(f"recall:{by}:ZH-1", events)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("selector", "concerned"),
    [
        ({"maker": MAKER}, True),
        ({"maker": OUTLET}, False),
        ({"model": "M-60", "vendor": PACK[:3]}, True),
        ({"model": "M-70", "vendor": PACK[:3]}, False),
        ({"vendor": "ZZZ"}, False),
        ({"produced_from": "2021-06-02", "produced_to": "2021-06-02"}, True),
        ({"produced_from": "2021-06-03"}, False),
        ({"produced_to": "2021-06-01"}, False),
        ({"codes_from": PACK, "codes_to": PACK}, True),
        ({"codes_from": PACK[:-1] + "9"}, False),
        ({"names": (TEMPORARY,)}, True),
        ({"names": ("tmp:KM01-8",)}, False),
    ],
)
def test_a_battery_is_concerned_where_all_that_is_asked_applies(
    selector: dict[str, Any], *, concerned: bool
) -> None:
    assert concerns(recall(opened(**selector)), THIS) is concerned


def test_no_day_of_making_is_none_that_was_asked_for() -> None:
    nameless = Pack(frozenset((TEMPORARY,)), MAKER, "M-60", 0)
    assert not concerns(recall(opened(produced_to="2030-01-01")), nameless)
    assert not concerns(recall(opened(vendor=PACK[:3])), nameless)


def test_a_maker_calls_back_only_what_it_made() -> None:
    own = recall(opened(who=MAKER, model="M-60"), by=MAKER)
    assert concerns(own, THIS)
    assert not concerns(own, Pack(THIS.names, None, "M-60", MADE))


def test_only_who_opened_it_or_an_authority_closes_it() -> None:
    assert recall(opened(), closed()).closed_us is not None
    assert recall(opened(), closed(who=OUTLET)).closed_us is None
    assert recall(opened(who=MAKER), closed(), by=MAKER).closed_us is not None


def test_an_opening_after_the_closing_opens_it_again() -> None:
    assert recall(opened(), closed(), opened("2026-04-01T08:00")).closed_us is None


def test_a_stream_without_its_opening_is_no_recall() -> None:
    assert recall_in(SUBJECT, [closed()]) is None


def test_what_had_its_remedy_is_concerned_no_more_under_any_of_its_names() -> None:
    done = event("remedied", "2026-03-01T08:00", MAKER, recall="ZH-1", issuer=OFFICE)
    events = [born(), *identified(PACK, subject=TEMPORARY), done]
    life = fold(events, RULES).life
    called = recall(opened(maker=MAKER))

    assert concerns(called, pack_of(life, (PACK, TEMPORARY)))
    assert standing([called], life, (PACK, TEMPORARY)) == []
