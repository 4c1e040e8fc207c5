"""What becomes of a used battery: assessed, taken apart, built into a product, recycled."""

from dianchi.domain import measures
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.moves.beginnings import bear, born_again
from dianchi.domain.moves.steps import go, not_holder
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Ended, Resting


def assessed(life: Life, event: Event, rules: Rules) -> None:
    """Its residual capacity is known; whoever measured it has it."""
    not_holder(life, event)
    if life.stage != "assessed":
        go(life, event, Resting("assessed"))
    life.holder = event.organisation
    measures.check_residual(life, event, rules)


def disassembled(life: Life, event: Event, rules: Rules) -> None:
    """Of the whole: its end. Of a part that came out: with the utilizer."""
    if "parent" in event.data:
        go(life, event, Resting("at_utilizer"))
        life.used = True
        life.holder = event.organisation
        if "mass_kg" in event.data:
            life.mass, life.mass_basis = event.data["mass_kg"], "weighed"
            life.mass_event = event.event_id
        return
    not_holder(life, event)
    measures.check_parts(life, event, rules)
    go(life, event, Ended("disassembled", None))


def repurposed(life: Life, event: Event, rules: Rules) -> None:
    """Of the product: its birth. Of each battery built into it: its end."""
    if "product" in event.data:
        not_holder(life, event)
        go(life, event, Ended("consumed", event.data["product"]))
        return
    if life.birth is not None:
        born_again(life, event)
        return
    if life.count > 0 and life.stage != "unknown":
        life.find(
            "duplicate_code",
            life.last_event,
            event.event_id,
            first=life.holder,
            second=event.organisation,
        )
    bear(life, event)
    life.product = True
    go(life, event, Resting("product"), checked=False)
    life.used = False
    life.holder = event.organisation
    measures.check_use(life, event, event.data["application"], rules)


def recycled(life: Life, event: Event, rules: Rules) -> None:
    """Became material in a batch: its end."""
    not_holder(life, event)
    measures.weigh(life, event, event.data["mass_kg"], "weighed", rules)
    go(life, event, Ended("recycled", event.data["batch"]))
    life.holder = event.organisation
