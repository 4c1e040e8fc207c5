"""Generates the published contracts in schemas/ from the code, and compares them with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dianchi.api.problems import PROBLEMS
from dianchi.api.routes.events import report_schema
from dianchi.domain.findings import catalogue_document
from dianchi.store.published import published
from dianchi.wiring import application


def documents() -> Iterator[tuple[str, Any]]:
    """Every generated file with its content."""
    yield "openapi.json", application().openapi()
    for shape in report_schema()["oneOf"]:
        name = shape["title"]
        yield (
            f"events/{name}/v1.json",
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"events/{name}/v1.json",
                **shape,
            },
        )
    yield "findings.json", catalogue_document()
    yield (
        "problems.json",
        [
            {"code": code, "status": kind.status, "title": kind.title._asdict()}
            for code, kind in PROBLEMS.items()
        ],
    )


def _text(document: Any) -> str:  # noqa: ANN401 - any JSON document
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write() -> list[Path]:
    """Writes them."""
    written = []
    for name, document in documents():
        path = published("schemas") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(document), encoding="utf-8")
        written.append(path)
    return written


def differences() -> list[str]:
    """Names of files that are not what the code says."""
    root = published("schemas")
    return [
        name
        for name, document in documents()
        if not (root / name).exists()
        or (root / name).read_text(encoding="utf-8") != _text(document)
    ]
