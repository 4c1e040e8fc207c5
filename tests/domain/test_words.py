"""Words of closed lists are judged by the business date of the report that uses them."""

# ruff: noqa: RUF009 - `required` declares fields; it is made to be called here

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dianchi.domain import report
from dianchi.domain.events import CATALOGUE
from dianchi.domain.events.catalogue import Part
from dianchi.domain.kinds import choice
from dianchi.domain.member_names import MEMBER_NAMES
from dianchi.domain.members import host, required
from dianchi.domain.refusals import Refused
from dianchi.domain.report import read_report
from dianchi.domain.vocabulary import CHEMISTRIES, read_words
from dianchi.domain.words import Words
from dianchi.store.published import published

LISTED = Words(
    tuple(
        read_words("""
lfp | 磷酸铁锂 | LFP
nicd | 镍镉 | NiCd | | 2025-12-31
sodium_ion | 钠离子 | sodium-ion | 2026-01-01
returning | 再启用 | returning | 2020-01-01 | 2020-12-31
returning | 再启用 | returning | 2026-01-01 |
""")
    )
)
PART = Part()


@PART.reported("tried", "试", ("maker",))
@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A type of event whose words have dates."""

    word: str = required(choice(LISTED))
    host: dict[str, Any] | None = required(host(LISTED))


def told(word: str, on: str, **changes: Any) -> dict[str, Any]:
    return {
        "event_id": "0190b5f2-1111-7abc-8def-0123456789ab",
        "type": "tried",
        "battery": "001PE0A0000001D1K0000001",
        "occurred_at": on,
        "data": {"word": word, "host": {"kind": word, "id": "X"}},
    } | changes


@pytest.fixture(autouse=True)
def _tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "CATALOGUE", {**CATALOGUE, "tried": PART.kinds[0]})


@pytest.mark.parametrize(
    ("word", "on"),
    [
        ("lfp", "2019-01-01"),
        ("nicd", "2025-12-31"),
        ("sodium_ion", "2026-01-01"),
        ("sodium_ion", "2025-12-31T16:00:00Z"),
        ("returning", "2020-06-01"),
        ("returning", "2026-06-01"),
    ],
)
def test_a_word_is_taken_on_its_days(word: str, on: str) -> None:
    data = read_report(told(word, on), str).data
    assert (data["word"], data["host"]["kind"]) == (word, word)


@pytest.mark.parametrize(
    ("word", "on", "span"),
    [
        ("nicd", "2026-01-01", "…2025-12-31"),
        ("sodium_ion", "2025-12-31T15:59:59Z", "2026-01-01…"),
        ("returning", "2023-01-01", "2020-01-01…2020-12-31; 2026-01-01…"),
    ],
)
def test_a_word_outside_its_days_is_refused_with_the_date_and_a_way_out(
    word: str, on: str, span: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_report(told(word, on), str)
    first, second = refused.value.faults
    assert (first.pointer, second.pointer) == ("/data/word", "/data/host/kind")
    assert (first.code, first.value) == ("invalid_value", word)
    for text in (first.what.zh, first.what.en):
        assert on[:10] in text
        assert span in text
    assert "lfp" in first.way_out.zh
    assert word not in first.way_out.en


def test_a_word_that_never_was_is_refused_with_those_of_the_day() -> None:
    with pytest.raises(Refused) as refused:
        read_report(told("lead", "2026-06-01"), str)
    assert refused.value.faults[0].way_out.en == "choose one of: lfp, sodium_ion, returning"


def test_without_a_date_only_the_date_is_at_fault() -> None:
    with pytest.raises(Refused) as refused:
        read_report(told("nicd", "yesterday"), str)
    assert [fault.pointer for fault in refused.value.faults] == ["/occurred_at"]


def test_the_schema_lists_every_word_that_was_ever_valid_once() -> None:
    assert choice(LISTED).schema["enum"] == ["lfp", "nicd", "sodium_ion", "returning"]


def test_the_words_of_today_need_no_date() -> None:
    assert set(CHEMISTRIES) == CHEMISTRIES.always


def _members(schema: Any) -> Iterator[str]:
    """The names of all members below a JSON Schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    below = schema.values() if isinstance(schema, dict) else schema
    for each in below if isinstance(schema, dict | list) else ():
        yield from _members(each)


def test_every_member_of_a_report_is_called_something_in_both_languages() -> None:
    """As in `schemas/names.json`, which apps read."""
    files = published("schemas").glob("events/*/v1.json")
    told = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    members = {name for each in told for name in _members(each["properties"]["data"])}
    assert members - set(MEMBER_NAMES) == set()
    assert all(text.zh and text.en for text in MEMBER_NAMES.values())
