"""The pages that any phone opens: a battery, a name that we cannot show, and the greeting."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from dianchi.domain.counties import county_of
from dianchi.domain.places import YUNNAN, Prefecture
from dianchi.domain.refusals import Text
from dianchi.domain.vocabulary import label as words
from dianchi.exchange.language import Language
from dianchi.look.pages import Look, say
from dianchi.public.phrases import PHRASES
from dianchi.public.words import HELD, KINDS, QUARANTINED, RECALLED, SAFETY, STAGES, Advice

LOOK: Final = Look("dianchi.public", PHRASES)
CSP: Final = LOOK.csp
"""The `Content-Security-Policy` that every page here needs, and the strictest it can have."""

_SHOWN: Final = 140
_PLAIN_LENGTHS: Final = (19, 24, 26)


@dataclass(frozen=True, slots=True)
class PublicRecall:
    """An open recall: its number, whose it is and what to do."""

    number: str
    issuer: str
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicBattery:
    """What anybody may know about a battery; `made_month` is like `2026-03`.

    That it is held is said by what to do, not as a fact of its own: why is the officers' matter.
    """

    name: str
    stage: str
    quarantined: bool = False
    held: bool = False
    recalls: tuple[PublicRecall, ...] = ()
    kind: str | None = None
    chemistry: str | None = None
    capacity_ah: str | None = None
    energy_kwh: str | None = None
    maker: str | None = None
    made_month: str | None = None
    revision: int = 0
    second_life: bool = False
    synthetic: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same facts for a machine, with the word and the advice of the page."""
        facts = asdict(self)
        advice = _advice(self)
        del facts["held"]
        return {
            "battery": facts.pop("name"),
            **facts,
            "recalls": [_recall_json(recall) for recall in self.recalls],
            "state": advice.word._asdict(),
            "advice": {
                "zh": [step.zh for step in advice.steps],
                "en": [step.en for step in advice.steps],
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the greeting page leads; `samples` are names of batteries worth looking at."""

    samples: tuple[str, ...] = ()
    sign_in: str = "/sign-in"
    docs: str = "/docs"
    openapi: str = "/openapi.json"
    synthetic: bool = False


def battery_page(battery: PublicBattery, language: Language, revision: int | None = None) -> str:
    """What a person who scanned the label sees.

    Args:
        battery: what may be known of it.
        language: of the page.
        revision: what the scanned label says it is; None for a first label, or a typed code.
    """
    return LOOK.page(
        "battery.html",
        language,
        battery=battery,
        groups=_groups(battery.name),
        advice=_advice(battery),
        facts=_facts(battery, language),
        label=_label(battery.revision, revision, language),
        safety=SAFETY,
        synthetic=battery.synthetic,
    )


@dataclass(frozen=True, slots=True)
class Outlet:
    """A place that takes batteries back: its name and its firm's, the county's code if told."""

    name: str
    firm: str
    county: str | None


def outlets_page(prefecture: Prefecture, outlets: Sequence[Outlet], language: Language) -> str:
    """Where a battery can be handed over, in one prefecture, by county."""
    counties: dict[str, list[Outlet]] = {}
    for outlet in sorted(outlets, key=lambda each: (each.county or "~", each.name)):
        counties.setdefault(_county(outlet.county, language), []).append(outlet)
    place = prefecture.zh if language == "zh" else prefecture.en
    return LOOK.page("outlets.html", language, place=place, counties=counties, places=())


def _county(code: str | None, language: Language) -> str:
    """What a county is called; by its code where it is newer than the table."""
    if code is None:
        return say(PHRASES["county_unknown"], language)
    known = county_of(code)
    return say(PHRASES["county"], language) + f" {code}" if known is None else known.named(language)


def places_page(counts: Mapping[str, int], language: Language) -> str:
    """The prefectures, with how many outlets each has."""
    return LOOK.page("outlets.html", language, place=None, counties={}, places=_places(counts))


def _places(counts: Mapping[str, int]) -> list[tuple[Prefecture, int]]:
    return [(place, counts.get(place.code, 0)) for place in YUNNAN]


def absent_page(asked: str, hint: str | None, language: Language) -> str:
    """One form for an unknown, a hidden and a malformed name; only the last has a hint."""
    shown = asked if len(asked) <= _SHOWN else asked[:_SHOWN] + "…"
    return LOOK.page("absent.html", language, asked=shown, hint=hint, synthetic=False)


def welcome_page(links: Links, language: Language) -> str:
    """The greeting at `/`: what this is and where to go."""
    samples = [(quote(name, safe=":"), _groups(name)) for name in links.samples]
    return LOOK.page(
        "welcome.html", language, links=links, samples=samples, synthetic=links.synthetic
    )


def _label(valid: int, scanned: int | None, language: Language) -> tuple[str, str] | None:
    """The tone and the sentence of a warning about the label; None where it is the valid one."""
    shown = scanned or 0
    if shown == valid:
        return None
    key = "label_unknown" if shown > valid else "label_old" if scanned else "label_first"
    text = say(PHRASES[key], language).format(scanned=shown, valid=valid)
    return "wrong" if shown > valid else "due", text


def _advice(battery: PublicBattery) -> Advice:
    if battery.quarantined:
        return QUARANTINED
    if battery.recalls:
        steps = tuple(recall.advice for recall in battery.recalls)
        return RECALLED._replace(steps=(*steps, *RECALLED.steps))
    if battery.held:
        return HELD
    return STAGES.get(battery.stage, STAGES["unknown"])


def _recall_json(recall: PublicRecall) -> dict[str, Any]:
    return {
        "recall": recall.number,
        "issuer": recall.issuer,
        "advice": {"zh": recall.advice.zh, "en": recall.advice.en},
    }


def _groups(name: str) -> list[str]:
    """A GB/T 34014 code in groups of four, any other name whole."""
    size = 4 if len(name) in _PLAIN_LENGTHS and ":" not in name else len(name)
    return [name[i : i + size] for i in range(0, len(name), size or 1)]


def _facts(battery: PublicBattery, language: Language) -> list[tuple[str, str | None]]:
    rows = (
        ("kind", _kind(battery, language)),
        ("chemistry", battery.chemistry and words(battery.chemistry, language)),
        ("capacity", _with_unit(battery.capacity_ah, "Ah")),
        ("energy", _with_unit(battery.energy_kwh, "kWh")),
        ("maker", battery.maker),
        ("made", battery.made_month and _month(battery.made_month, language)),
    )
    return [(say(PHRASES[title], language), value) for title, value in rows]


def _kind(battery: PublicBattery, language: Language) -> str | None:
    kind = KINDS.get(battery.kind or "")
    return say(kind, language) if kind else battery.kind


def _with_unit(value: str | None, unit: str) -> str | None:
    return f"{Decimal(value).normalize():f} {unit}" if value else None


def _month(month: str, language: Language) -> str:
    year, _, number = month.partition("-")
    return f"{year} 年 {number.lstrip('0')} 月" if language == "zh" else month
