"""A battery in words for an answer: who has it, where it is, what it is."""

from collections.abc import Sequence
from typing import Any, Final

from dianchi.api.answers import finding_json
from dianchi.api.services import Services
from dianchi.api.vins import VinReader, vins_of
from dianchi.domain.fields import instant_text
from dianchi.domain.life import party_key
from dianchi.domain.registry import Registry
from dianchi.domain.sight import own_finding
from dianchi.domain.standing import Hosted
from dianchi.domain.told import vin_of
from dianchi.domain.vocabulary import label
from dianchi.exchange.json_out import moment
from dianchi.store.envelope import open_json
from dianchi.views.standpoint import Read, Standpoint, prefecture_of

_FACTS: Final = (
    "model",
    "chemistry",
    "rated_capacity_ah",
    "rated_energy_kwh",
    "nominal_voltage_v",
    "application",
)
_UNTOLD: Final = (
    "stage",
    "stage_text",
    "holder",
    "holder_name",
    "owner",
    "site",
    "host",
    "prefecture",
    "mass_kg",
    "soh_percent",
    "maker",
    "quarantined",
    "held",
    "revision",
    *_FACTS,
)


def standpoint(services: Services) -> Standpoint:
    """Here and now."""
    return Standpoint(
        services.registry.now, services.rules, services.calendar, services.clock.now_us()
    )


async def battery_json(
    name: str, read: Read, reader: VinReader, services: Services
) -> dict[str, Any]:
    """The members of `GET /v1/batteries/{name}` but its findings."""
    life, registry = read.life, services.registry.now
    facts: dict[str, Any] = {fact: life.facts.get(fact) for fact in _FACTS}
    indexes = [at.log_index for at in read.stored.logged.values() if at.log_index is not None]
    return {
        "battery": read.stored.union.canonical or name,
        "names": sorted(read.stored.union.names),
        "sees": "whole",
        "stage": life.stage,
        "stage_text": {"zh": label(life.stage, "zh"), "en": label(life.stage, "en")},
        "holder": life.holder,
        "holder_name": _name_of(life.holder, registry),
        "owner": party_key(life.owner) if life.owner is not None else None,
        "site": life.site,
        "host": await _host(read, reader, services),
        "prefecture": prefecture_of(life, registry),
        "mass_kg": life.mass,
        "soh_percent": life.soh,
        "maker": _name_of(life.maker, registry),
        "quarantined": life.quarantined,
        "held": life.held,
        "recalls": recalls_json(read, registry),
        "revision": life.revision,
        "version": read.count,
        "log_index": max(indexes, default=None),
        **facts,
    }


def reported_json(
    name: str, read: Read, own: Sequence[tuple[bytes, int | None]], services: Services
) -> dict[str, Any]:
    """The same for who only reported of it: nothing but what its own reports show.

    Args:
        name: as it was reported.
        read: the whole life, of which only findings about these reports are told.
        own: the caller's events, with their places in the log.
        services: for names.
    """
    mine = {str(open_json(body)["event_id"]) for body, _ in own}
    names = services.registry.now.names
    found = [own_finding(finding, mine) for finding in read.findings]
    return {
        "battery": name,
        "names": [name],
        "sees": "own_reports",
        **dict.fromkeys(_UNTOLD),
        "recalls": recalls_json(read, services.registry.now),
        "findings": [finding_json(each, name, names) for each in found if each],
        "version": len(own),
        "log_index": max((index for _, index in own if index is not None), default=None),
    }


def recalls_json(read: Read, registry: Registry) -> list[dict[str, Any]]:
    """The open recalls of a battery, also for who only reported of it: they are public."""
    return [
        {
            "recall": each.number,
            "issuer": each.issuer,
            "issuer_name": registry.names.get(each.issuer),
            "advice": {"zh": each.advice} | ({"en": each.advice_en} if each.advice_en else {}),
            "reason": each.reason,
            "document": each.document,
            "opened_at": instant_text(each.opened_us),
        }
        for each in read.recalls
    ]


def findings_json(read: Read, battery: str, services: Services) -> list[dict[str, Any]]:
    """The open findings of a battery; opened when the list of findings first had them."""
    names = services.registry.now.names
    shown = []
    for finding in read.findings:
        opened = read.opened.get(finding.identity)
        since = moment(opened) if opened is not None else None
        shown.append(finding_json(finding, battery, names, opened_at=since))
    return shown


def _name_of(organisation: str | None, registry: Registry) -> str | None:
    known = registry.organisations.get(organisation) if organisation else None
    return known.name if known else None


async def _host(read: Read, reader: VinReader, services: Services) -> dict[str, Any] | None:
    here = read.life.standing
    if not isinstance(here, Hosted):
        return None
    if all(vin_of(event) != here.host for event in read.stored.events):
        return {"kind": here.kind, "id": here.host, "vin_ref": None}
    host: dict[str, Any] = {"kind": here.kind, "id": None, "vin_ref": here.host}
    whose = read.life.reporter or ""
    if reader.may_see_vin(whose):
        found = (await vins_of({(here.host, whose)}, reader, services)).get(here.host)
        if found is not None:
            host |= {"id": found.vin, **({"erased": True} if found.erased else {})}
    return host
