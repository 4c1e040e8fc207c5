"""Names, dangers, counts and disappearances: what may happen to a battery at any time."""

from dianchi.domain import measures
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.moments import chinese_day
from dianchi.domain.moves.steps import go, not_holder
from dianchi.domain.rules import Rules
from dianchi.domain.standing import STORED, Away, Ended, Resting


def relabelled(life: Life, event: Event, _: Rules) -> None:
    """Carries a newer label."""
    life.revision = max(life.revision, event.data["revision"])


def identified(life: Life, event: Event, _: Rules) -> None:
    """Has one more name, unless that would make it two batteries."""
    told = (event.subject, event.data["name"])
    names = (*life.names, *(name for name in dict.fromkeys(told) if name not in life.names))
    if sum(":" not in name for name in names) <= 1:  # else two batteries: `identity` tells
        life.names = names


def incident(life: Life, event: Event, _: Rules) -> None:
    """Quarantined until released."""
    life.incidents = (*life.incidents, event.event_id)
    life.find("safety_incident", event.event_id, incident=event.data["kind"])


def released(life: Life, event: Event, rules: Rules) -> None:
    """The danger of one incident is over."""
    over = event.data["incident"]
    life.incidents = tuple(known for known in life.incidents if known != over)
    life.findings = tuple(
        f for f in life.findings if f.code != "safety_incident" or over not in f.evidence
    )
    measures.note_safety(life, event, event.data["safety_class"], rules)


def counted(life: Life, event: Event, _: Rules) -> None:
    """Stands at the site where it was counted."""
    if event.role != "regulator" and life.stage in STORED:
        not_holder(life, event)
    life.site = event.data["site"]


def pickup_requested(life: Life, event: Event, _: Rules) -> None:
    """Stays where it is; only who has it can have it fetched."""
    not_holder(life, event)


def lost(life: Life, event: Event, _: Rules) -> None:
    """Nobody knows where it is, until it turns up again."""
    go(life, event, Away("lost", ""))
    life.find(
        "disappeared", event.event_id, what="reported_lost", day=chinese_day(event.occurred_us)
    )


def exported(life: Life, event: Event, _: Rules) -> None:
    """Left the country."""
    go(life, event, Away("exported", event.data["destination"]))
    life.holder = None


def left(life: Life, event: Event, _: Rules) -> None:
    """Left the province."""
    go(life, event, Away("out_of_province", event.data["province"]))


def entered(life: Life, event: Event, _: Rules) -> None:
    """Came into the province, into the hands of its reporter."""
    go(
        life,
        event,
        Resting("collected"),
        checked=life.stage not in ("in_use", "removed", "retired", "in_transit", "second_life"),
    )
    life.holder = event.organisation


def voided(life: Life, event: Event, _: Rules) -> None:
    """Was never used: its end."""
    go(life, event, Ended("voided", None))


def nothing(life: Life, event: Event, _: Rules) -> None:
    """Lots, batches, sites, answers and corrections do not move a battery."""
