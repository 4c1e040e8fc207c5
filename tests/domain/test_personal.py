"""Personal data in open text: what is told from an ordinary number, and how it is refused."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dianchi.domain.identifiers import uscc_check
from dianchi.domain.personal import identity_check, masked, without_personal
from dianchi.domain.refusals import Malformed
from dianchi.store.published import published

ID = "53010219900307123"
IDENTITY = ID + identity_check(ID)


@pytest.mark.parametrize(
    "text",
    [
        "联系13812345678",
        "请拨 138 1234 5678",
        "138-1234-5678",
        "+86 19912345678",
        "+8613812345678",
        "１３８１２３４５６７８",
        f"车主身份证{IDENTITY}",
        f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}",
        IDENTITY.lower(),
        "云A12345",
        "从云A·1B2C3车上拆下",
        "云 AD12345",
        "沪A12345F",
        "京A1234警",
    ],
)
def test_who_is_named_by_a_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        without_personal(text)

    error = refused.value
    assert (error.code, error.conceals) == ("invalid_value", True)
    assert "13812345678" not in error.what.zh
    assert IDENTITY not in error.what.en
    assert "…" in error.what.zh
    assert error.way_out.zh
    assert error.way_out.en


@pytest.mark.parametrize(
    "text",
    [
        "老化",
        "2026-06-01 13:45:00",
        "12812345678",
        "WB13812345678",
        "138123456789",
        "00113812345678",
        "SF1381234567890",
        "53010219901307123X",
        IDENTITY[:-1] + ("1" if IDENTITY[-1] != "1" else "2"),
        "云工信函〔2026〕15号",
        "云A1234",
        "云南A12345站",
        "鲁班B工序12345",
        "苏C",
        "UN3480",
        "0871-63123456",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert without_personal(text) == text


def test_a_credit_code_of_digits_is_no_identity_number() -> None:
    """Both checks fit some numbers; a firm's code is a firm's."""
    for serial in range(1000):
        first = f"11010119900307{serial:03d}"
        code = first + uscc_check(first)
        if identity_check(first) == code[-1]:
            assert without_personal(f"委托方 {code}") == f"委托方 {code}"
            return
    pytest.fail("no such code")


@pytest.mark.parametrize("text", ["13812345678", IDENTITY, "云A12345"])
def test_a_number_of_ones_own_is_refused_only_where_it_says_what_it_is(text: str) -> None:
    assert without_personal(text, number=True) == text
    with pytest.raises(Malformed):
        without_personal(f"车牌 电话 身份证 {text}", number=True)


def test_of_a_masked_value_two_characters_are_seen_at_each_end() -> None:
    assert masked("13812345678") == "13…78"


def test_no_word_or_example_that_we_publish_is_taken_for_personal_data() -> None:
    """The reports of the demo are read whole, in tests/demo."""
    files = published("schemas").rglob("*.json")
    told = [text for file in files for text in texts_in(json.loads(file.read_text()))]
    assert len(told) > 1000
    assert [text for text in told if without_personal(text) != text] == []


def texts_in(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        yield from texts_in(list(document.values()))
    elif isinstance(document, list):
        for one in document:
            yield from texts_in(one)
