"""The published vectors of proofs are what the client says of them; others are held to the same."""

import json
from pathlib import Path
from typing import Any, Final

from support.proof_vectors import verdict, written

PUBLISHED: Final = Path(__file__).resolve().parents[2] / "schemas/examples/log-proofs-v1.json"


def test_the_published_vectors_are_the_ones_that_are_made() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == written()


def test_the_client_judges_every_vector_as_published() -> None:
    cases: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8"))["cases"]
    assert [case["name"] for case in cases if verdict(case) != case["verdict"]] == []
    believed = [case for case in cases if case["verdict"] is None]
    assert 0 < len(believed) < len(cases) / 2
