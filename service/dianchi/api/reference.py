"""The tables by which a phone checks what is typed, made of the domain's own."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any, Final

from dianchi.domain import code_tables as tables
from dianchi.domain import vocabulary as words
from dianchi.domain.code_positions import code_rules
from dianchi.domain.counties import County, counties_on
from dianchi.domain.danger import danger_steps
from dianchi.domain.dated import in_force
from dianchi.domain.findings import CATALOGUE
from dianchi.domain.places import YUNNAN, Prefecture
from dianchi.domain.registry import Registry
from dianchi.domain.words import Words
from dianchi.exchange.json_out import encode

_LISTS: Final = {
    "safety_class": words.SAFETY_CLASSES,
    "mass_basis": words.MASS_BASES,
    "source": words.SOURCES,
    "count_basis": words.COUNT_BASES,
    "host": words.HOSTS,
}
_REASONS: Final = {
    "declined": words.DECLINE_REASONS,
    "relabelled": words.RELABEL_REASONS,
    "repaired": words.REPAIR_REASONS,
    "removed": words.REMOVAL_REASONS,
    "retired": words.RETIREMENT_REASONS,
    "incident": words.INCIDENT_KINDS,
}


def reference_of(registry: Registry, today: date, label_host: str) -> dict[str, Any]:
    """The tables of a day, with a version that changes when any of them does."""
    told = {
        "label_host": label_host,
        "makers": [
            {"vendor": code, "name": vendor.name}
            for code, vendor in sorted(registry.vendors.items())
            if in_force(vendor, today)
        ],
        "areas": [*map(_area, YUNNAN), *map(_area, counties_on(today))],
        "danger": danger_steps(today),
        "chemistry": _meanings(words.CHEMISTRIES.on(today)),
        "product_types": [
            {"word": symbol, "zh": words.label(word, "zh"), "en": words.label(word, "en")}
            for symbol, word in tables.PRODUCTS.items()
        ],
        "code_rules": code_rules(),
        "words": {name: _meanings(some.on(today)) for name, some in _LISTS.items()}
        | {"stage": _meanings(words.STAGES)},
        "reasons": {name: _meanings(some) for name, some in _REASONS.items()},
        "findings": {
            code: {"zh": kind.title.zh, "en": kind.title.en} for code, kind in CATALOGUE.items()
        },
    }
    return {"version": sha256(encode(told)).hexdigest()[:16], **told}


def _area(area: Prefecture | County) -> dict[str, str]:
    return {"code": area.code, "zh": area.zh, "en": area.en}


def _meanings(listed: Words | Iterable[str]) -> list[dict[str, str]]:
    return [
        {"word": word, "zh": words.label(word, "zh"), "en": words.label(word, "en")}
        for word in listed
    ]
