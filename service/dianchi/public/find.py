"""What anybody may know of a battery, a slip and the outlets."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from dianchi.domain.codes import decode, parse_battery
from dianchi.domain.dated import in_force
from dianchi.domain.fields import microseconds
from dianchi.domain.recalls import Recall
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry, Site
from dianchi.domain.working_days import CHINA
from dianchi.public.pages import Outlet, PublicBattery, PublicRecall
from dianchi.public.papers import PublicFileReceipt, PublicLetter, PublicReceipt
from dianchi.store.envelope import open_json
from dianchi.views.standpoint import Read

OUTLETS: Final = frozenset(("collection", "central"))
"""The kinds of sites that take batteries back."""


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
        held=life.held,
        recalls=tuple(_recall(each, registry) for each in read.recalls),
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


def _recall(recall: Recall, registry: Registry) -> PublicRecall:
    advice = Text(recall.advice, recall.advice_en or recall.advice)
    return PublicRecall(recall.number, registry.names.get(recall.issuer, recall.issuer), advice)


def _made_month(candidates: tuple[date, ...], last_day: date) -> str | None:
    """The year symbols of codes repeat every 30 years: the latest that the life allows."""
    made = [day for day in candidates if day <= last_day]
    return made[-1].strftime("%Y-%m") if made else None


def public_outlets(registry: Registry, today: date) -> dict[str, Sequence[Outlet]]:
    """Outlets that are open and hold a valid permit, by prefecture."""
    found: dict[str, list[Outlet]] = {}
    for site in registry.sites.values():
        if site.kind in OUTLETS and site.prefecture and _open(site, today):
            firm = registry.names.get(site.organisation, "")
            found.setdefault(site.prefecture, []).append(Outlet(site.name, firm, site.county))
    return dict(found)


def _open(site: Site, today: date) -> bool:
    open_now = (site.opened_on is None or site.opened_on <= today) and (
        site.closed_on is None or today < site.closed_on
    )
    return open_now and any(in_force(permit, today) for permit in site.permits)


def public_file_receipt(
    number: str, told: Mapping[str, Any], firm: str, issued_at: datetime
) -> PublicFileReceipt:
    """What anybody may know of the receipt of a file, from what it says."""
    tallies = told["tallies"]
    return PublicFileReceipt(
        number=number,
        firm=firm,
        day=f"{issued_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        sha256=told["sha256"],
        rows=told["rows"],
        recorded=tallies["accepted"] + tallies["duplicate"],
        first_index=told["first_index"],
        last_index=told["last_index"],
    )


def public_letter(number: str, body: bytes, digest: bytes) -> PublicLetter:
    """What anybody may know of a letter, from what it says."""
    told: Any = open_json(body)
    return PublicLetter(
        number=number,
        kind=told["kind"],
        authority=told["authority"],
        day=told["day"],
        sha256=digest.hex(),
    )


def public_receipt(
    number: str, body: bytes, registry: Registry, *, logged: bool, withdrawn: bool
) -> PublicReceipt:
    """What anybody may know of a taking-in, from one of its events; nothing of who gave it."""
    told = open_json(body)
    data, firm = told["data"], told["organisation"]
    site = registry.sites.get((firm, told.get("site") or ""))
    at = datetime.fromtimestamp(microseconds(told["occurred_at"]) / 1e6, UTC)
    return PublicReceipt(
        number=number,
        outlet=registry.names.get(firm, firm),
        site=site.name if site else None,
        day=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        count=data.get("count", 1),
        mass_kg=data.get("total_mass_kg") or data.get("mass_kg"),
        logged=logged,
        withdrawn=withdrawn,
    )


def public_transfer(
    number: str, firm: str, day: date, count: int, *, withdrawn: bool
) -> PublicReceipt:
    """What anybody may know of a transfer: that it is there, of whom, when, how many sets."""
    return PublicReceipt(
        number=number,
        outlet=firm,
        site=None,
        day=f"{day:%Y-%m-%d}",
        count=count,
        mass_kg=None,
        logged=True,
        withdrawn=withdrawn,
        kind="transfer",
    )
