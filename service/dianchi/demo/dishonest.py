"""The lies of the story: each planted at least five times, each with the finding that shows it."""

from collections.abc import Callable
from random import Random
from typing import Final

from dianchi.demo.book import Lie
from dianchi.demo.dishonest_custody import CUSTODY_LIES
from dianchi.demo.dishonest_facts import FACT_LIES
from dianchi.demo.dishonest_firms import FIRM_LIES
from dianchi.demo.liar import Liar, Told
from dianchi.demo.plan import Plan
from dianchi.demo.stage import Stage

LEAST: Final = 5
SHARE: Final = 0.04
KINDS: Final[tuple[tuple[str, str, Callable[[Liar], Told]], ...]] = (
    *FACT_LIES,
    *CUSTODY_LIES,
    *FIRM_LIES,
)


def lies_per_kind(plan: Plan) -> int:
    """How often each kind of lie is told."""
    return max(LEAST, round(plan.lives * SHARE / len(KINDS)))


def tell_lies(stage: Stage, plan: Plan) -> None:
    """Tells every kind of lie, away from the honest lives."""
    for kind, expected_code, play in KINDS:
        for n in range(lies_per_kind(plan)):
            rng = Random(f"{kind}/{n}/{plan.name}")
            liar = Liar(stage, rng, plan.horizon_us)
            told = play(liar)
            if told.event_ids:
                about = told.subject or told.battery
                stage.book.lies.append(
                    Lie(told.battery, kind, expected_code, told.event_ids, about)
                )
                stage.book.tainted.update(liar.names)
                stage.samples.setdefault(kind, told.battery)
