"""How a life begins: a birth, or a declaration of what was there before the record."""

from typing import Final

from dianchi.domain import measures
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.moves.steps import digest, go, hosted, learn
from dianchi.domain.rules import Rules
from dianchi.domain.standing import HOSTED, Resting

_CUSTODY: Final = frozenset(
    (
        "made",
        "removed",
        "retired",
        "collected",
        "at_utilizer",
        "assessed",
        "product",
        "second_life",
    )
)
_SITE_ROLES: Final = frozenset(("site_operator", "swap_operator"))


def born(life: Life, event: Event, rules: Rules) -> None:
    """Made or brought into the country; explains what was told of it before."""
    if life.birth is not None:
        born_again(life, event)
        return
    begun = life.count > 0 and life.stage != "unknown"
    if begun and life.declared is None:
        life.find(
            "broken_chain",
            life.last_event,
            event.event_id,
            before=life.stage,
            after="made",
            type=event.type,
        )
    bear(life, event)
    measures.check_ratings(life, event, rules)
    if not begun:
        go(life, event, Resting("made"))
        life.holder = event.organisation


def bear(life: Life, event: Event) -> None:
    """Takes a birth over: its ratings are firm, and the life's origin is known."""
    life.settle("unknown_origin", "unknown_battery")
    life.birth, life.birth_digest = event.event_id, digest(event.data)
    life.maker = event.organisation
    learn(life, event, firm=True)


def born_again(life: Life, event: Event) -> None:
    """The birth that happened first stands; another is a repeat, or another battery."""
    if life.maker == event.organisation and life.birth_digest == digest(event.data):
        life.find("duplicate_report", life.birth, event.event_id)
        return
    if life.maker == event.organisation:
        life.find("duplicate_code", life.birth, event.event_id, what="other_facts")
        return
    life.find(
        "duplicate_code",
        life.birth,
        event.event_id,
        first=life.maker,
        second=event.organisation,
    )


def declared(life: Life, event: Event, _: Rules) -> None:
    """Placed where its reporter found it, unless the record already knows better."""
    data = event.data
    stage = data["stage"]
    # What its maker has not handed over by the record was delivered without a word.
    free = life.holder is None or life.stage == "made"
    life.settle("unknown_origin", "unknown_battery")
    life.declared = life.declared or event.event_id
    learn(life, event, firm=False)
    if "owner" in data:
        life.owner = data["owner"]
    host = data.get("host")
    after = hosted(stage, host) if host and stage in HOSTED else Resting(stage)
    expected = life.stage in ("unknown", "made", stage)
    if stage != "unknown" and not (life.stage == stage and host is None):
        go(life, event, after, checked=not expected)
    at_site = stage in HOSTED and event.role in _SITE_ROLES
    if free and (at_site or (event.role != "regulator" and stage in _CUSTODY)):
        life.holder = event.organisation
