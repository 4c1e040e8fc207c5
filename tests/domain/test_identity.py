"""Which names are one battery."""

from itertools import permutations

from dianchi.domain.findings import render, severity_of
from dianchi.domain.identity import MOST_NAMES, Union, conflict_findings, union
from dianchi.domain.life import Event
from domain.givens import OTHER_PACK, PACK, event


def joined(one: str, other: str, day: str, number: str) -> Event:
    return event("identified", day, {"name": other}, subject=one, event_id=number)


LABEL_FOUND = joined("tmp:K-1", PACK, "2026-05-01", "e1")
OTHER_LABEL = joined("tmp:K-1", OTHER_PACK, "2026-05-02", "e2")


def test_a_name_nobody_joined_is_alone() -> None:
    assert union(PACK, [], {}) == Union(frozenset((PACK,)), (), PACK)


def test_names_join_over_any_number_of_steps_and_the_gbt_code_is_canonical() -> None:
    joins = [LABEL_FOUND, joined("asset:O1:7", "tmp:K-1", "2026-04-01", "e0")]
    for name in ("asset:O1:7", "tmp:K-1", PACK):
        found = union(name, joins, {"asset:O1:7": 1, PACK: 9})
        assert found == Union(frozenset((PACK, "tmp:K-1", "asset:O1:7")), (), PACK)


def test_without_a_gbt_code_the_name_reported_first_is_canonical() -> None:
    joins = [joined("tmp:K-1", "asset:O1:7", "2026-04-01", "e0")]
    assert union("tmp:K-1", joins, {"tmp:K-1": 5, "asset:O1:7": 4}).canonical == "asset:O1:7"
    assert union("tmp:K-1", joins, {"tmp:K-1": 5, "asset:O1:7": 5}).canonical == "asset:O1:7"
    assert union("tmp:K-1", joins, {"tmp:K-1": 5}).canonical == "tmp:K-1"


def test_two_gbt_codes_never_become_one_battery_and_the_earlier_join_counts() -> None:
    for joins in permutations([LABEL_FOUND, OTHER_LABEL]):
        found = union("tmp:K-1", joins, {})
        assert found == Union(frozenset((PACK, "tmp:K-1")), (OTHER_LABEL,), PACK)


def test_a_conflict_over_several_steps_is_seen_from_both_sides() -> None:
    joins = [
        LABEL_FOUND,
        joined("asset:O1:7", OTHER_PACK, "2026-05-02", "e2"),
        joined("tmp:K-1", "asset:O1:7", "2026-05-03", "e3"),
    ]
    for name in (PACK, OTHER_PACK):
        (finding,) = conflict_findings(union(name, joins, {}))
        assert finding.evidence == ("e3",)


def test_the_two_lines_of_one_identification_make_one_conflict() -> None:
    mirror = joined(OTHER_PACK, "tmp:K-1", "2026-05-02", "e2")
    assert len(union("tmp:K-1", [LABEL_FOUND, OTHER_LABEL, mirror], {}).conflicts) == 1


def test_a_conflict_names_the_two_as_reported_whichever_line_is_read_first() -> None:
    data = {"name": "tmp:K-1", "mirrored": True}
    mirror = event("identified", "2026-05-02", data, subject=OTHER_PACK, event_id="e2")
    for joins in permutations([LABEL_FOUND, OTHER_LABEL, mirror]):
        (finding,) = conflict_findings(union("tmp:K-1", joins, {}))
        assert finding.values == {"first": "tmp:K-1", "second": OTHER_PACK}


def test_a_conflict_elsewhere_does_not_touch_a_battery() -> None:
    elsewhere = [
        joined("tmp:K-9", OTHER_PACK, "2026-05-01", "e7"),
        joined("tmp:K-9", "001PE0A0000001D1K0000003", "2026-05-02", "e8"),
    ]
    assert union("tmp:K-1", [LABEL_FOUND, *elsewhere], {}).conflicts == ()


def chain(names: int) -> list[Event]:
    return [
        joined(f"tmp:K-{n}", f"tmp:K-{n + 1}", "2026-05-01", f"e{n:03}") for n in range(1, names)
    ]


def test_as_many_names_as_a_battery_may_have_are_joined_over_any_number_of_steps() -> None:
    for name in ("tmp:K-1", "tmp:K-30", f"tmp:K-{MOST_NAMES}"):
        found = union(name, chain(MOST_NAMES), {})
        assert (len(found.names), found.canonical) == (MOST_NAMES, "tmp:K-1")
        assert conflict_findings(found) == []


def test_of_more_names_none_is_joined_and_each_says_so() -> None:
    joins = chain(MOST_NAMES + 1)
    for n in (1, 30, MOST_NAMES + 1):
        name = f"tmp:K-{n}"
        for told in (joins, joins[::-1]):
            found = union(name, told, {})
            assert (found.names, found.canonical) == (frozenset((name,)), name)
            (finding,) = conflict_findings(found)
            assert set(finding.evidence) <= {f"e{n - 1:03}", f"e{n:03}"}
            assert severity_of(finding) == "medium"
            assert (name in render(finding, "zh"), "64" in render(finding, "en")) == (True, True)


def test_a_crowd_elsewhere_does_not_touch_a_battery() -> None:
    found = union("tmp:A-1", [joined("tmp:A-1", PACK, "2026-05-01", "a"), *chain(99)], {})
    assert found.names == {"tmp:A-1", PACK}
