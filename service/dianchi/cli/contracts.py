"""Generates what the code publishes (schemas/, docs/reference/), and compares it with the code."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from dianchi.api.asyncapi import asyncapi_document
from dianchi.api.problems import PROBLEMS
from dianchi.api.routes.events import report_schema
from dianchi.cli import reference
from dianchi.cli.described import WORDS
from dianchi.domain.code_positions import code_rules
from dianchi.domain.danger import danger_steps
from dianchi.domain.events import CATALOGUE
from dianchi.domain.findings import catalogue_document
from dianchi.domain.indicators.values import indicators_document
from dianchi.domain.member_names import MEMBER_NAMES
from dianchi.domain.permit_rows import PERMITS
from dianchi.domain.places import PROVINCES, YUNNAN
from dianchi.domain.role_titles import ROLE_TITLES
from dianchi.domain.rule_set import obligations_document
from dianchi.domain.rules import RULES
from dianchi.domain.vocabulary import label
from dianchi.store.published import published
from dianchi.wiring import application


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text: the contracts, and the reference pages of docs/."""
    root = published("schemas")
    for name, document in contracts():
        yield root / name, _yaml(document) if name.endswith(".yaml") else _text(document)
    for name, page in reference.documents():
        yield root.parent / "docs" / name, page


def contracts() -> Iterator[tuple[str, Any]]:
    """Every contract of schemas/ with its content."""
    yield "openapi.json", application().openapi()
    yield "asyncapi.yaml", asyncapi_document()
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
    yield "obligations.json", obligations_document(RULES)
    yield "indicators.json", indicators_document()
    yield "code-rules.json", code_rules()
    yield "danger.json", danger_steps()
    yield "words.json", {name: _labels(listed) for name, (_, listed) in WORDS.items()}
    yield "names.json", _names()
    yield (
        "problems.json",
        [
            {"code": code, "status": kind.status, "title": kind.title._asdict()}
            for code, kind in PROBLEMS.items()
        ],
    )


def _names() -> dict[str, dict[str, dict[str, str]]]:
    """What apps call the types of reports and their members, places, roles and permits."""
    return {
        "type": {
            name: {"zh": kind.zh, "en": name.replace("_", " ")} for name, kind in CATALOGUE.items()
        },
        "member": {name: text._asdict() for name, text in MEMBER_NAMES.items()},
        "prefecture": {one.code: {"zh": one.zh, "en": one.en} for one in YUNNAN},
        "province": {one.code: {"zh": one.zh, "en": one.en} for one in PROVINCES},
        "permit": {row.word: row.label._asdict() for row in PERMITS.rows},
        "role": {role: text._asdict() for role, text in ROLE_TITLES.items()},
    }


def _labels(listed: Iterable[str]) -> dict[str, dict[str, str]]:
    """The words of a list, each with how it is said in both languages."""
    return {word: {"zh": label(word, "zh"), "en": label(word, "en")} for word in listed}


def _text(document: Any) -> str:  # noqa: ANN401 - any JSON document
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _yaml(document: Any) -> str:  # noqa: ANN401 - any JSON document
    # Through JSON, so that what stands twice is written twice and not as an alias.
    document = json.loads(json.dumps(document))
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def write() -> list[Path]:
    """Writes them."""
    written = []
    for path, text in documents():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def differences() -> list[str]:
    """Names of files that are not what the code says."""
    return [
        path.name
        for path, text in documents()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
