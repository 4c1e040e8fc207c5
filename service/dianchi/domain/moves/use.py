"""What happens to a battery in use: fitted, sold, measured, repaired, taken out, retired."""

from dianchi.domain import measures
from dianchi.domain.life_event import Event
from dianchi.domain.life_state import Life
from dianchi.domain.moves.steps import go, hosted
from dianchi.domain.rules import Rules
from dianchi.domain.standing import Hosted, Resting, Standing


def installed(life: Life, event: Event, rules: Rules) -> None:
    """In its host from now on, first use or second."""
    host = event.data["host"]
    second = life.product or life.used
    stage = {"vehicle": "installed", "swap_pool": "in_use"}.get(
        host["kind"], "second_life" if second else "in_use"
    )
    after = hosted(stage, host)
    measures.check_use(life, event, host["kind"], rules)
    here = life.standing
    if isinstance(here, Hosted):
        if (here.kind, here.host) != (after.kind, after.host):
            life.find(
                "duplicate_code",
                life.last_event,
                event.event_id,
                first=here.kind,
                second=after.kind,
            )
            go(life, event, after, checked=False)
    else:
        delivered = life.stage == "collected" and not life.used
        go(life, event, after, checked=not delivered)
    life.holder = event.organisation


def sold(life: Life, event: Event, rules: Rules) -> None:
    """With a private user from now on, whom the record does not name."""
    if "application" in event.data:
        measures.check_use(life, event, event.data["application"], rules)
    vin = event.data.get("vin_ref")
    here = life.standing
    if isinstance(here, Hosted) and here.kind == "vehicle" and vin is not None and vin != here.host:
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    if isinstance(here, Hosted) or not life.product:
        stage = "second_life" if life.stage == "second_life" else "in_use"
        after: Standing = Resting(stage)
        if vin is not None:
            after = Hosted(stage, "vehicle", vin)
        elif isinstance(here, Hosted):
            after = here._replace(stage=stage)
        go(life, event, after, checked=life.stage != stage)
    life.sold_in = event.data["prefecture"]
    life.holder = None


def owner_changed(life: Life, event: Event, _: Rules) -> None:
    """Owned by another; where it stands is as before."""
    life.owner = event.data["to"]


def inspected(life: Life, event: Event, rules: Rules) -> None:
    """Measured; the safety class may quarantine it."""
    measures.check_soh(life, event, rules)
    measures.note_safety(life, event, event.data.get("safety_class"), rules)


def repaired(life: Life, event: Event, _: Rules) -> None:
    """Of the pack: its old measures no longer hold. Of a module that came out: removed."""
    if "pack" in event.data:
        go(life, event, Resting("removed"), checked=life.stage != "made")
        life.holder = event.organisation
        return
    life.soh = None
    life.mass = None


def removed(life: Life, event: Event, rules: Rules) -> None:
    """Out of its host, in the hands of who took it out."""
    told = hosted(life.stage, event.data["host"])
    here = life.standing
    if isinstance(here, Hosted) and (here.kind, here.host) != (told.kind, told.host):
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    go(life, event, Resting("removed"))
    life.holder = event.organisation
    measures.check_soh(life, event, rules)


def scrapped(life: Life, event: Event, _: Rules) -> None:
    """Out of a vehicle that was taken off the road."""
    here = life.standing
    if isinstance(here, Hosted) and here.host != event.data["vin_ref"]:
        life.find("code_mismatch", life.last_event, event.event_id, type=event.type)
    already = life.stage == "removed"
    if not already:
        go(life, event, Resting("removed"))
    life.holder = event.organisation


def retired(life: Life, event: Event, rules: Rules) -> None:
    """Its use has ended, wherever it stands."""
    if life.stage != "retired":
        go(life, event, Resting("retired"))
    if life.holder is None:
        life.holder = event.organisation
    measures.check_soh(life, event, rules)
