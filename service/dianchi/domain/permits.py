"""Permits to take waste batteries over: of which kinds, of whom, on which day."""

from collections.abc import Sequence
from datetime import date

from dianchi.domain.dated import in_force
from dianchi.domain.permit_rows import PERMITS, TAKERS
from dianchi.domain.registry import Organisation, Permit, Registry, Site


def judged(permits: Sequence[Permit], on: date) -> tuple[str, Permit]:
    """What permits, at least one, say together of taking waste over, and which of them does.

    `valid`, `unread` (of a kind that is not understood), `expired` or not begun, `other_kind`.
    """
    kinds = takers_on(on)
    fitting = [each for each in permits if word_of(each.kind) in kinds]
    valid = [each for each in fitting if _holds(each, on)]
    if valid:
        return "valid", max(valid, key=lambda each: each.valid_to)
    if fitting:
        return "expired", max(fitting, key=lambda each: each.valid_to)
    unread = [each for each in permits if word_of(each.kind) is None]
    if unread:
        return "unread", max(unread, key=lambda each: each.valid_to)
    return "other_kind", permits[0]


def named(permit: Permit) -> dict[str, str]:
    """A permit as a sentence names it."""
    return {
        "permit": permit.kind,
        "number": permit.number or "—",
        "since": str(permit.valid_from),
        "until": str(permit.valid_to),
    }


def permits_at(registry: Registry, firm: Organisation, site: Site | None) -> Sequence[Permit]:
    """The permits that speak for an organisation, at one of its sites or anywhere."""
    own = site.permits if site is not None else registry.site_permits.get(firm.id, ())
    return (*firm.permits, *own)


def word_of(kind: str) -> str | None:
    """The word for a kind of permit, which may be told as word or label; None: not understood."""
    told = kind.strip().casefold()
    return next(
        (row.word for row in PERMITS.rows if told in (row.word, row.label.zh, row.label.en)), None
    )


def takers_on(on: date) -> frozenset[str]:
    """The kinds of permits with which waste batteries may be taken over on a day."""
    return frozenset(row.permit for row in TAKERS if in_force(row, on))


def valid_permit(permits: Sequence[Permit], on: date) -> Permit | None:
    """A permit that lets its holder take over waste batteries on a day."""
    what, permit = judged(permits, on) if permits else ("", None)
    return permit if what == "valid" else None


def _holds(permit: Permit, on: date) -> bool:
    return permit.valid_from <= on <= permit.valid_to
