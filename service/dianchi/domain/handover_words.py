"""Sentences of what was found before a hand-over leaves, with words instead of codes."""

from typing import Any, Final

from dianchi.domain import vocabulary
from dianchi.domain.deadlines import article_text
from dianchi.domain.findings import CATALOGUE
from dianchi.domain.handover_plan import Applied
from dianchi.domain.permit_rows import PERMITS
from dianchi.domain.permits import word_of
from dianchi.domain.places import PROVINCES
from dianchi.domain.refusals import Text

_PROVINCES: Final = {each.code: Text(each.zh, each.en) for each in PROVINCES}


def sentence(applied: Applied) -> Text:
    """What a rule says of a battery, in zh and en."""
    zh, en = applied.saying.sentence
    facts = {name: _worded(name, value) for name, value in applied.facts.items()}
    return Text(
        zh.format_map({name: word.zh for name, word in facts.items()}),
        en.format_map({name: word.en for name, word in facts.items()}),
    )


def _worded(name: str, value: Any) -> Text:  # noqa: ANN401 - a JSON scalar
    told = "—" if value is None else str(value)
    match name:
        case "stage" | "use":
            return Text(vocabulary.label(told, "zh"), vocabulary.label(told, "en"))
        case "article":
            return article_text(told) or Text(told, told)
        case "province":
            return _PROVINCES.get(told, Text(told, told))
        case "permit":
            rows = PERMITS.of(word_of(told) or "")
            return rows[0].label if rows else Text(told, told)
        case "codes":
            return _findings(told)
        case _:
            return Text(told, told)


def _findings(codes: str) -> Text:
    titles = [CATALOGUE[code].title for code in codes.split(", ") if code in CATALOGUE]
    return Text("、".join(t.zh for t in titles), ", ".join(t.en for t in titles))
