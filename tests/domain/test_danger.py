"""Steps at a burning or leaking battery: dated, numbered, honest about their source."""

from dataclasses import replace
from datetime import date

from dianchi.domain.danger import STEPS, danger_steps

DAY = date(2026, 11, 29)


def test_steps_are_told_in_their_order_with_their_numbers_in_both_languages() -> None:
    told = danger_steps(DAY)

    assert [each["id"] for each in told] == [
        "stand_back", "call", "move_outdoors", "leave_alone", "watch",
    ]  # fmt: skip
    for each in told:
        assert "{" not in each["zh"] + each["en"]
        if each["value"] is not None:
            assert str(each["value"]) in each["zh"]
            assert str(each["value"]) in each["en"]


def test_a_number_without_a_source_is_house_advice() -> None:
    house = {each["id"]: each["house"] for each in danger_steps(DAY)}

    assert house == {
        "stand_back": True, "call": False, "move_outdoors": True, "leave_alone": False,
        "watch": True,
    }  # fmt: skip
    seen = replace(STEPS[0], mark="V", source="GB/T 0000-2026, 5.1")
    assert [each["house"] for each in danger_steps(DAY, [seen])] == [False]
    assert [each["house"] for each in danger_steps(DAY, [replace(seen, source="")])] == [True]


def test_another_distance_holds_from_its_day_on_and_the_newest_travels_with_the_app() -> None:
    old = replace(STEPS[0], valid_to=date(2026, 12, 31))
    new = replace(STEPS[0], value=25, valid_from=date(2027, 1, 1))
    steps = (old, new, *STEPS[1:])

    def distance(on: date | None) -> list[int]:
        return [each["value"] for each in danger_steps(on, steps) if each["id"] == "stand_back"]

    assert distance(date(2026, 12, 31)) == [5]
    assert distance(date(2027, 1, 1)) == [25]
    assert distance(None) == [25]
