"""What anybody may know of a battery, taken from its life."""

from datetime import UTC, date, datetime

from dianchi.domain.codes import decode, parse_battery
from dianchi.domain.registry import Registry
from dianchi.public.pages import PublicBattery
from dianchi.views.standpoint import Read


def public_battery(name: str, read: Read, registry: Registry, *, synthetic: bool) -> PublicBattery:
    """Product, stage and maker; no owner, person, place, price or history."""
    life, facts = read.life, read.life.facts
    code = decode(parse_battery(name)) if ":" not in name else None
    last_day = datetime.fromtimestamp(life.last_us / 1e6, UTC).date()
    maker = registry.organisations.get(life.maker) if life.maker else None
    return PublicBattery(
        name=name,
        stage=life.stage,
        quarantined=life.quarantined,
        kind="product" if life.product else code.product if code else None,
        chemistry=facts.get("chemistry"),
        capacity_ah=facts.get("rated_capacity_ah"),
        energy_kwh=facts.get("rated_energy_kwh"),
        maker=maker.name if maker else None,
        made_month=_made_month(code.made if code else (), last_day),
        revision=life.revision,
        second_life=life.product or life.stage == "second_life",
        synthetic=synthetic,
    )


def _made_month(candidates: tuple[date, ...], last_day: date) -> str | None:
    """The year symbols of codes repeat every 30 years: the latest that the life allows."""
    made = [day for day in candidates if day <= last_day]
    return made[-1].strftime("%Y-%m") if made else None
