"""A code with one mistake leads to the code that was meant."""

import pytest

from dianchi.domain.lookalikes import mended, neighbours, readings

CODE = "001PB1A00DZ5K2E610000018"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (CODE.replace("0", "O"), "every zero is read as a letter"),
        (CODE[:-2] + "I8", "a one is read as a letter, where only digits stand"),
        (CODE[:-1] + "B", "an eight is read as a letter"),
        (CODE[:7] + "8" + CODE[8:], "a zero of the design is read as an eight"),
        (CODE[:-1], "the last place is missing"),
        (CODE[:5] + "7" + CODE[5:], "one place too many"),
        (CODE[:-3] + CODE[-2] + CODE[-3] + CODE[-1], "two neighbours are exchanged"),
    ],
)
def test_one_mistake_leads_back_to_the_code(typed: str, why: str) -> None:
    assert CODE in neighbours(typed), why


def test_what_only_looks_alike_needs_no_other_guess() -> None:
    misread = CODE[:3] + "PB1AO0DZ5K2E61000001" + "B"
    assert mended(misread)[-1] == "8"
    assert CODE[:-1] in {each[:-1] for each in readings(misread)}


def test_two_mistakes_are_one_too_many() -> None:
    assert CODE not in neighbours(CODE[:-2] + "77")


def test_every_proposal_is_a_code_and_another_one() -> None:
    near = neighbours(CODE)
    assert CODE not in near
    assert {len(each) for each in near} == {24}
    assert all(each[-7:].isdigit() for each in near)


def test_a_second_life_code_of_19_places_is_mended_in_its_own_places() -> None:
    assert "001PB1AE610000001RP" in neighbours("001PB1AE61000000IRP")
