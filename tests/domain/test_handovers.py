"""What is said of a hand-over before the truck leaves, rule by rule."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any, Final

import pytest

from dianchi.domain.handover_gaps import GAPS
from dianchi.domain.handover_plan import Applied, Cargo, Plan, Receiver
from dianchi.domain.handover_rows import HANDOVER_RULES, SAYINGS, Outcome
from dianchi.domain.handover_words import sentence
from dianchi.domain.handovers import gaps, judge, rules_on, worst
from dianchi.domain.receivers import lawful_receivers, takers
from dianchi.domain.registry import Organisation, Permit, Registry, Site
from dianchi.domain.rules import RULES

ON: Final = date(2026, 11, 2)
US, THEM, FAR = "OUS", "OTHEM", "OFAR"
GOOD: Final = Permit("comprehensive_utilization", date(2026, 1, 1), date(2026, 12, 31), "滇许1号")
PACK: Final = Cargo("P1", "collected", US, "lfp", "A", mass_kg=Decimal(390))


def firm(name: str = THEM, *permits: Permit, **more: Any) -> Organisation:
    told = {"roles": frozenset(("utilizer",)), "prefecture": "530100"} | more
    return Organisation(name, name, permits=permits, **told)


def registry(*firms: Organisation, sites: tuple[Site, ...] = ()) -> Registry:
    return Registry(
        {each.id: each for each in firms}, {(s.organisation, s.number): s for s in sites}
    )


def plan(*firms: Organisation, sites: tuple[Site, ...] = (), **more: Any) -> Plan:
    return Plan(US, more.pop("on", ON), registry(*firms, sites=sites), RULES, **more)


def to(known: Organisation | None, **more: Any) -> Receiver:
    told = {"province": "53"} | more
    return Receiver(known.id if known else THEM, "丙厂", known, **told)


def said(cargo: Cargo, asked: Plan) -> Mapping[str, Applied]:
    return {each.rule: each for each in next(judge([cargo], asked))}


def outcome(cargo: Cargo, asked: Plan, rule: str) -> tuple[str, Outcome]:
    found = said(cargo, asked)[rule]
    return found.what, found.saying.outcome


@pytest.mark.parametrize(
    ("changes", "what", "told"),
    [
        ({}, "sender", "ok"),
        ({"holder": THEM}, "other", "stop_advised"),
        ({"holder": ""}, "nobody", "warn"),
        ({"stage": "in_transit"}, "moving", "stop_advised"),
        ({"stage": "in_use"}, "hosted", "warn"),
        ({"stage": "in_use", "holder": ""}, "hosted", "warn"),
        ({"stage": "recycled"}, "gone", "stop_advised"),
        ({"stage": "lost"}, "gone", "stop_advised"),
    ],
)
def test_only_what_the_sender_holds_should_leave(
    changes: dict[str, Any], what: str, told: Outcome
) -> None:
    assert outcome(replace(PACK, **changes), plan(), "custody") == (what, told)


@pytest.mark.parametrize(
    ("given", "what", "told"),
    [("A", "A", "ok"), ("B", "B", "warn"), ("C", "C", "stop_advised"),
     ("unassessed", "unknown", "warn"), (None, "unknown", "warn")],
)  # fmt: skip
def test_waste_of_class_c_does_not_move_before_it_is_treated(
    given: str | None, what: str, told: Outcome
) -> None:
    assert outcome(replace(PACK, safety_class=given), plan(), "safety_class") == (what, told)


def test_a_new_battery_needs_no_safety_class_and_no_permit_of_the_receiver() -> None:
    new = replace(PACK, stage="made", safety_class=None)

    found = said(new, plan(receiver=to(None, province="44")))

    assert "safety_class" not in found
    assert (found["receiver_permit"].what, found["transfer_filing"].what) == ("not_waste",) * 2


def test_an_open_incident_stops_and_class_c_alone_is_no_incident() -> None:
    assert outcome(replace(PACK, quarantined=True), plan(), "quarantine")[1] == "stop_advised"
    of_class = replace(PACK, quarantined=True, safety_class="C")
    assert outcome(of_class, plan(), "quarantine") == ("none", "ok")
    both = replace(of_class, findings=[("safety_incident", "high")])
    assert outcome(both, plan(), "quarantine") == ("open", "stop_advised")


@pytest.mark.parametrize(
    ("found", "rule", "what"),
    [
        (("duplicate_code", "high"), "findings", "identity"),
        (("broken_chain", "high"), "findings", "doubt"),
        (("unknown_origin", "medium"), "findings", "doubt"),
        (("unknown_origin", "info"), "findings", "none"),
        (("over_time", "medium"), "findings", "none"),
        (("over_time", "medium"), "deadlines", "missed"),
        (("class_c_stuck", "high"), "deadlines", "missed"),
        (("broken_chain", "high"), "deadlines", "met"),
    ],
)
def test_open_findings_speak_by_what_they_are_about(
    found: tuple[str, str], rule: str, what: str
) -> None:
    assert outcome(replace(PACK, findings=[found]), plan(), rule)[0] == what


@pytest.mark.parametrize(
    ("use", "chemistry", "on", "what"),
    [
        ("e_bike", "lfp", ON, "banned"),
        ("e_bike", "lfp", date(2026, 3, 31), "allowed"),
        ("energy_storage", "nmc", ON, "banned"),
        ("energy_storage", "lfp", ON, "allowed"),
    ],
)
def test_a_use_is_judged_by_the_ban_of_its_day(
    use: str, chemistry: str, on: date, what: str
) -> None:
    asked = plan(use=use, on=on)

    assert outcome(replace(PACK, chemistry=chemistry), asked, "prohibited_use")[0] == what


def test_a_ban_is_told_with_its_article_in_the_readers_language() -> None:
    told = sentence(said(PACK, plan(use="e_bike", on=ON))["prohibited_use"])

    assert "（第 22 条，自 2026-04-01 起）" in told.zh
    assert "(Art. 22, since 2026-04-01)" in told.en


@pytest.mark.parametrize(
    ("permits", "what"),
    [
        ((GOOD,), "valid"),
        ((replace(GOOD, kind="综合利用"),), "valid"),
        ((replace(GOOD, kind="recycling_outlet"),), "valid"),
        ((replace(GOOD, valid_to=date(2026, 11, 1)),), "expired"),
        ((replace(GOOD, valid_from=date(2026, 11, 3)),), "expired"),
        ((replace(GOOD, valid_to=date(2026, 11, 1)), replace(GOOD, kind="fire")), "expired"),
        ((replace(GOOD, kind="vehicle_dismantling"),), "other_kind"),
        ((replace(GOOD, kind="fire_acceptance"),), "unread"),
        ((), "unrecorded"),
    ],
)
def test_waste_goes_to_whoever_holds_a_permit_of_the_kind_on_that_day(
    permits: tuple[Permit, ...], what: str
) -> None:
    them = firm(THEM, *permits)

    assert outcome(PACK, plan(them, receiver=to(them)), "receiver_permit")[0] == what


def test_a_permit_of_another_site_does_not_speak_for_the_one_that_is_named() -> None:
    them = firm()
    here, there = (Site(THEM, n, n, "plant", permits=p) for n, p in (("S1", ()), ("S2", (GOOD,))))
    asked = plan(them, sites=(here, there), receiver=to(them))

    assert outcome(PACK, asked, "receiver_permit")[0] == "valid"
    named = replace(asked, receiver=to(them, place="S1", site=here))
    assert outcome(PACK, named, "receiver_permit")[0] == "unrecorded"


def test_who_is_not_of_the_trade_or_not_known_is_told_apart() -> None:
    dealer = firm(roles=frozenset(("dealer",)))

    assert outcome(PACK, plan(dealer, receiver=to(dealer)), "receiver_permit") == (
        "not_entitled",
        "stop_advised",
    )
    assert outcome(PACK, plan(receiver=to(None)), "receiver_permit") == ("stranger", "warn")
    us = firm(US)
    assert outcome(PACK, plan(us, receiver=to(us)), "receiver_permit") == ("own", "ok")


@pytest.mark.parametrize(
    ("kind", "capacity", "stock", "room"),
    [
        ("plant", "1000", "610", ("fits", "ok")),
        ("plant", "1000", "611", ("full", "stop_advised")),
        ("collection", None, "4700", ("house", "warn")),
        ("collection", "1000", "700", ("full", "stop_advised")),
    ],
)
def test_the_load_has_to_find_room_in_the_store(
    kind: str, capacity: str | None, stock: str, room: tuple[str, str]
) -> None:
    them, site = firm(), Site(THEM, "S1", "一号库", kind, capacity_kg=capacity)
    asked = plan(
        them, sites=(site,), receiver=to(them), load_kg=Decimal(390),
        stock={(THEM, "S1"): Decimal(stock)},
    )  # fmt: skip

    assert outcome(PACK, asked, "capacity") == room


def test_of_several_stores_one_with_room_is_enough_and_without_a_number_nobody_knows() -> None:
    them = firm()
    full, empty = (Site(THEM, n, n, "plant", capacity_kg="500") for n in ("S1", "S2"))
    asked = plan(
        them, sites=(full, empty), receiver=to(them), load_kg=Decimal(390),
        stock={(THEM, "S1"): Decimal(200)},
    )  # fmt: skip
    unknown = plan(them, receiver=to(them))

    assert outcome(PACK, asked, "capacity")[0] == "fits"
    assert "capacity" not in said(PACK, unknown)
    assert "capacity" in gaps(unknown, said(PACK, unknown).values())


@pytest.mark.parametrize(
    ("days", "what"),
    [
        ({}, "open"),
        ({"closed_on": date(2026, 11, 1)}, "closed"),
        ({"opened_on": date(2026, 11, 3)}, "closed"),
    ],
)
def test_a_named_place_must_be_open_on_the_day(days: dict[str, date], what: str) -> None:
    them, site = firm(), Site(THEM, "S1", "一号库", "plant", **days)  # type: ignore[arg-type]
    asked = plan(them, sites=(site,), receiver=to(them, place="S1", site=site))

    assert outcome(PACK, asked, "receiver_site")[0] == what
    astray = replace(asked, receiver=to(them, place="S9"))
    assert outcome(PACK, astray, "receiver_site") == ("unknown", "warn")


@pytest.mark.parametrize(
    ("province", "number", "what"),
    [
        ("53", None, "within"),
        ("44", None, "missing"),
        ("44", "备1", "filed"),
        (None, "备1", "unknown"),
    ],
)
def test_waste_leaves_the_province_with_a_filing_only(
    province: str | None, number: str | None, what: str
) -> None:
    asked = plan(receiver=to(None, province=province), transfer_filing=number)

    assert outcome(PACK, asked, "transfer_filing")[0] == what


def test_a_rule_is_named_by_the_source_of_its_day_and_not_before_it_began() -> None:
    before, after = rules_on(date(2026, 3, 31)), rules_on(date(2026, 4, 1))

    assert before["receiver_permit"].source == "公告2019年第46号"
    assert after["receiver_permit"].source == "Order 73 Art. 19"
    assert "transfer_filing" not in rules_on(date(2020, 8, 31))
    old = plan(receiver=to(None, province="44"), on=date(2019, 1, 1))
    assert {"receiver_permit", "transfer_filing", "safety_class"}.isdisjoint(said(PACK, old))


def test_the_worst_rule_decides() -> None:
    fine, careful, stop = (
        Applied("custody", "sender"), Applied("custody", "nobody"), Applied("custody", "gone")
    )  # fmt: skip

    assert (worst([]), worst([fine]), worst([fine, careful])) == ("ok", "ok", "warn")
    assert worst([stop, careful]) == "stop_advised"


# --- who may receive -----------------------------------------------------------------------------


def test_lawful_receivers_are_listed_from_the_nearest_and_only_where_there_is_room() -> None:
    near = firm("ONEAR", GOOD, prefecture="530100")
    far = firm(FAR, GOOD, prefecture="533400")
    late = firm("OLATE", replace(GOOD, valid_to=date(2026, 11, 1)))
    full = firm("OFULL", GOOD)
    shut = firm("OSHUT", GOOD)
    abroad = firm("OABROAD", GOOD, prefecture=None, province="44")
    sites = (
        Site("OFULL", "S1", "满库", "plant", capacity_kg="100"),
        Site("OSHUT", "S1", "关闭", "plant", closed_on=date(2026, 1, 1)),
        Site(FAR, "S2", "基站", "base_station", "530100"),
        Site(FAR, "S3", "迪庆库", "plant", "533400", capacity_kg="900"),
    )
    asked = plan(far, near, late, full, shut, abroad, firm(US, GOOD), sites=sites,
                 load_kg=Decimal(390))  # fmt: skip

    found = lawful_receivers(asked, "530300")

    assert [(each.firm.id, each.place.zh, each.room) for each in found] == [
        ("ONEAR", "昆明市", None),
        (FAR, "迪庆藏族自治州", "fits"),
    ]
    assert found[0].km is not None
    assert found[1].km is not None
    assert found[0].km < found[1].km
    assert "OLATE" not in takers(asked)


# --- the table -----------------------------------------------------------------------------------


def test_every_rule_has_sayings_and_every_saying_a_rule() -> None:
    assert {code for code, _ in SAYINGS} == {rule.code for rule in HANDOVER_RULES}


def test_what_is_not_ok_has_a_way_out_in_both_languages() -> None:
    for name, saying in SAYINGS.items():
        if saying.outcome == "ok":
            continue
        assert saying.way_out is not None, name
        assert all(saying.way_out), name


def test_both_languages_name_the_same_facts() -> None:
    def names(text: str) -> set[str]:
        return {
            name.split("_zh")[0].split("_en")[0]
            for _, name, _, _ in Formatter().parse(text)
            if name
        }

    assert [n for n, s in SAYINGS.items() if names(s.sentence.zh) != names(s.sentence.en)] == []


def test_every_gap_that_may_be_told_has_a_sentence() -> None:
    them = firm()
    told = {
        *gaps(plan(), []),
        *gaps(plan(them, receiver=to(them)), []),
        *gaps(plan(receiver=to(them)), [Applied("capacity", "fits")]),
    }

    assert told == GAPS.keys()
