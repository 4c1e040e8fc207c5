"""Findings: what does not fit, with its evidence; and the published catalogue of their codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from dianchi.domain import vocabulary
from dianchi.domain.deadline_rows import TITLES
from dianchi.domain.deadlines import article_text
from dianchi.domain.events import CATALOGUE as EVENT_TYPES
from dianchi.domain.finding_rows import LIFE_ROWS, FindingKind
from dianchi.domain.finding_rows_wider import CLOCK_ROWS, LINK_ROWS, MARK_ROWS
from dianchi.domain.refusals import Text

__all__ = [
    "CATALOGUE",
    "SEVERITIES",
    "VARIANTS",
    "WITHHELD",
    "Finding",
    "FindingKind",
    "catalogue_document",
    "kind_of",
    "new_only",
    "render",
    "severity_of",
]

SEVERITIES: Final = ("info", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit.

    Attributes:
        code: a code of `CATALOGUE`.
        evidence: the event ids that show it, in fold order.
        values: what the sentence names (stages, masses, days), canonical JSON scalars.
        severity: empty for the catalogue's own.
    """

    code: str
    evidence: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: str = ""

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes it the same finding at another time: its code, variant and evidence."""
        return self.code, str(self.values.get("what", "")), self.evidence


_ROWS: Final = (*LIFE_ROWS, *MARK_ROWS, *LINK_ROWS, *CLOCK_ROWS)
CATALOGUE: Final[Mapping[str, FindingKind]] = MappingProxyType(
    {row.code: row for row in _ROWS if not row.what}
)
VARIANTS: Final[Mapping[tuple[str, str], FindingKind]] = MappingProxyType(
    {(row.code, row.what): row for row in _ROWS if row.what}
)

_UNKNOWN: Final = FindingKind(
    "",
    "life",
    "medium",
    Text("未知发现", "Unknown finding"),
    Text("这条发现的说明尚未发布。", "The text of this finding is not published yet."),
    Text("", ""),
    "",
)
_MISSING: Final = "—"
WITHHELD: Final = "withheld"
"""Among the values of a finding: what others reported is not told."""
_OTHERS: Final = Text(
    "其他单位上报的内容不对贵单位显示", "what others reported is not shown to you"
)
_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).date()
_LABELLED: Final = frozenset(
    ("after", "application", "before", "chemistry", "first", "safety", "second", "stage")
)
"""The values that may be words of the vocabulary; a hand-over numbered `A` is none."""

_SAID: Final[dict[str, tuple[str, str]]] = {
    "density": ("能量密度", "energy density"),
    "voltage": ("标称电压与单体数", "nominal voltage and number of cells"),
    "energy": ("电压 × 容量与能量", "voltage times capacity against energy"),
    "insulation": ("绝缘电阻", "insulation"),
    "condition": ("外观", "what the eye sees"),
    "smoke": ("冒烟", "smoke"),
    "fire": ("起火", "fire"),
    "leak": ("漏液", "leak"),
    "swelling": ("鼓胀", "swelling"),
    "electric_shock": ("触电", "electric shock"),
    "water": ("进水", "water"),
    "lithium": ("锂", "lithium"),
    "nickel": ("镍", "nickel"),
    "cobalt": ("钴", "cobalt"),
    "manganese": ("锰", "manganese"),
    "rare_earth": ("稀土", "rare earths"),
    "copper": ("铜", "copper"),
    "aluminium": ("铝", "aluminium"),
}
_SAID_IN: Final = frozenset(("incident", "metal", "what"))


def kind_of(finding: Finding) -> FindingKind:
    """The row of the catalogue for a finding: its variant by `what`, else its code's."""
    variant = VARIANTS.get((finding.code, str(finding.values.get("what", ""))))
    return variant or CATALOGUE.get(finding.code, _UNKNOWN)


def severity_of(finding: Finding) -> str:
    """Its own severity where it has one, else the catalogue's."""
    return finding.severity or kind_of(finding).severity


class _Named(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _MISSING


def render(finding: Finding, language: str, names: Mapping[str, str] | None = None) -> str:
    """The sentence of a finding in `zh` or `en`.

    Args:
        finding: any finding; a value that it lacks is shown as a dash.
        language: `zh`, or anything else for English.
        names: what to call organisations, by id.
    """
    kind = kind_of(finding)
    if WITHHELD in finding.values:
        return (
            f"{kind.title.zh}（{_OTHERS.zh}）"
            if language == "zh"
            else f"{kind.title.en} ({_OTHERS.en})"
        )
    sentence = kind.sentence
    shown = _Named(
        {name: _shown(name, value, language, names or {}) for name, value in finding.values.items()}
    )
    return (sentence.zh if language == "zh" else sentence.en).format_map(shown)


def _shown(name: str, value: object, language: str, names: Mapping[str, str]) -> str:
    if value is None:
        return _MISSING
    if name == "day" and isinstance(value, int):
        return str(_EPOCH_DAY + timedelta(days=value))
    word = str(value)
    if name == "type":
        return _event_type(word, language)
    if text := _law(name, word):
        return text.zh if language == "zh" else text.en
    if name in _SAID_IN and word in _SAID:
        return _SAID[word][language != "zh"]
    if name in _LABELLED:
        word = vocabulary.label(word, language)
    return names.get(word, word)


def _law(name: str, word: str) -> Text | None:
    """What a reader calls an article or a duty, whose short names stand in the rules."""
    match name:
        case "article":
            return article_text(word)
        case "rule":
            return TITLES.get(word)
        case _:
            return None


def _event_type(name: str, language: str) -> str:
    kind = EVENT_TYPES.get(name)
    return kind.zh if kind is not None and language == "zh" else name.replace("_", " ")


def new_only(findings: Iterable[Finding], known: Iterable[Finding] = ()) -> list[Finding]:
    """The findings without repeats and without those that are already known, by identity."""
    seen = {finding.identity for finding in known}
    fresh = []
    for finding in findings:
        if finding.identity not in seen:
            seen.add(finding.identity)
            fresh.append(finding)
    return fresh


def catalogue_document() -> list[dict[str, Any]]:
    """The catalogue as JSON, for `schemas/findings.json`: codes with their variants, by code."""
    return [
        _document(kind)
        | {
            "code": code,
            "variants": [
                _document(row) | {"what": what}
                for (of, what), row in VARIANTS.items()
                if of == code
            ],
        }
        for code, kind in sorted(CATALOGUE.items())
    ]


def _document(kind: FindingKind) -> dict[str, Any]:
    texts = {"title": kind.title, "sentence": kind.sentence, "closes_when": kind.closes_when}
    return {"kind": kind.kind, "severity": kind.severity, "source": kind.source} | {
        name: {"zh": text.zh, "en": text.en} for name, text in texts.items()
    }
