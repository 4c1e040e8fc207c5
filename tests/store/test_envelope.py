"""The canonical envelope: bytes that can never change, by published vectors and by definition."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianchi.domain.admit import Reporter
from dianchi.domain.registry import Organisation, Registry
from dianchi.recording.prepare import Prepared, prepare
from dianchi.store.envelope import LARGEST, canonical_json, largest, open_event, open_json, seal
from dianchi.store.published import published
from support.record import NOW_US, SEALS
from support.vectors import INPUTS, Vector, computed

VECTORS: list[dict[str, Any]] = json.loads(
    Path(published("schemas") / "examples" / "envelope-v1.json").read_text(encoding="utf-8")
)["vectors"]


def defined(value: Any) -> bytes:
    """The definition again, with nothing of ours: sorted by code point, raw UTF-8, no space."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_bytes_of_a_published_vector_never_change(vector: dict[str, Any]) -> None:
    events = computed(Vector(**{name: vector[name] for name in Vector._fields}))
    assert [event.decode() for event in events] == [e["bytes"] for e in vector["events"]]
    assert [sha256(event).hexdigest() for event in events] == [
        e["sha256"] for e in vector["events"]
    ]


def test_every_vector_is_published() -> None:
    assert [vector["name"] for vector in VECTORS] == [vector.name for vector in INPUTS]
    assert len(VECTORS) >= 8


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_bytes_follow_the_definition(vector: dict[str, Any]) -> None:
    for event in vector["events"]:
        assert defined(json.loads(event["bytes"])).decode() == event["bytes"]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters='"\\/é电�\U0001f50b'),
    max_size=20,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**13), 10**13) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(VALUES)
def test_any_value_is_written_as_defined(value: Any) -> None:
    assert canonical_json(value) == defined(value)


def test_names_are_sorted_by_code_point_at_every_level() -> None:
    mixed = {"é": 1, "z": {"\U0001f50b": 1, "\uffee": 2, "B": 3, "a": 4}, "电": 2, "": 3}
    assert canonical_json(mixed) == (
        '{"":3,"z":{"B":3,"a":4,"\uffee":2,"\U0001f50b":1},"é":1,"电":2}'.encode()
    )


def test_only_the_quotation_mark_and_the_backslash_are_escaped() -> None:
    assert canonical_json('"\\/<>&é\u2028电') == '"\\"\\\\/<>&é\u2028电"'.encode()


def _prepared(raw: dict[str, Any], registry: Registry | None = None) -> Prepared:
    reporter = Reporter("O1MAKER11111", "maker")
    return prepare(raw, reporter, registry or Registry(), NOW_US, SEALS)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(
    st.text(st.sampled_from('甲"\\/a é电'), min_size=1, max_size=80).filter(str.strip),
    st.integers(0, 10**9),
    st.integers(1, 2**31 - 1),
)
def test_what_is_sealed_opens_again_and_is_no_larger_than_said(
    text: str, offset: int, version: int
) -> None:
    report = _prepared(
        {
            "event_id": "00000000-0000-7000-8000-000000000001",
            "type": "inspected",
            "battery": "serial:V:1",
            "occurred_at": "2026-06-01T09:30:00+08:00",
            "site": text,
            "device": {"clock": "2026-06-01T09:29:00+08:00", "offset_ms": offset},
            "data": {"soh_percent": "80.50"},
        }
    )
    [line] = report.lines
    body = seal(
        report.report,
        line,
        report.stamp,
        version=version,
        recorded_at="2026-06-01T02:00:00.000001Z",
        nonce=bytes(16),
    )
    assert body == defined(open_json(body))
    assert len(body) <= largest(report.report, line, report.stamp) <= LARGEST
    event = open_event(body)
    assert (event.version, event.site, event.by_day) == (version, text.strip(), False)
    assert (event.data, event.occurred_us) == ({"soh_percent": "80.5"}, report.report.occurred_us)


def test_the_hash_of_a_report_does_not_depend_on_the_registry() -> None:
    """A firm that registers later must not turn its own repeat into a clash."""
    raw = {
        "event_id": "00000000-0000-7000-8000-000000000001",
        "type": "dispatched",
        "battery": "asset:某某公司:7",
        "occurred_at": "2026-06-01",
        "data": {"handover": "H1", "receiver": "某某公司"},
    }
    known = Organisation("O1SOMEBODY11", "某某公司")
    before, after = _prepared(raw), _prepared(raw, Registry({known.id: known}))
    assert before.stamp.sha256 == after.stamp.sha256
    assert before.lines != after.lines
