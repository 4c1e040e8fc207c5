"""Which names are one battery."""

from itertools import permutations

from dianchi.domain.identity import Union, conflict_findings, union
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
