"""Lies of organisations rather than about one battery: silence, and many reports at one sitting."""

from collections.abc import Callable
from typing import Final

from dianchi.demo.births import declare_own
from dianchi.demo.clock import DAY_US, MINUTE_US
from dianchi.demo.firms import Post
from dianchi.demo.liar import Liar, Told
from dianchi.demo.packs import Pack
from dianchi.domain.lines import organisation_subject

_LABELS: Final = 8
_TESTS: Final = 18
"""For each of three packs: more than a firm may do on a day without a question."""


def _silent(liar: Liar) -> Told:
    """A workshop that reported once, and then closed its doors."""
    told = {planned.post.id for planned in liar.stage.book.reports}
    left = [post for post in liar.stage.province.quiet if post.id not in told]
    if not left:
        return Told("")
    pack = declare_own(liar.stage, left[0], liar.between(130, 500), liar.rng)
    return _told(liar, left[0], [pack], (liar.stage.book.reports[-1].raw["event_id"],))


def _relabels(liar: Liar) -> Told:
    """New labels all day long, on packs that others have."""
    at_us = liar.between(20, 500)
    outlet = liar.rng.choice(liar.stage.province.hasty)
    packs = [liar.in_use(at_us - 60 * DAY_US) for _ in range(3)]
    ids: list[str] = []
    for revision in range(1, _LABELS + 1):
        for pack in packs:
            pack.at = at_us + len(ids) * 2 * MINUTE_US
            data = {"revision": revision, "reason": "lost_label"}
            ids.append(liar.tell(outlet, "relabelled", pack, data, late_days=0))
    return _told(liar, outlet, packs, tuple(ids))


def _backdates(liar: Liar) -> Told:
    """Months of tests, typed in on one afternoon before an inspection."""
    typed_us = liar.between(20, 500)
    outlet = liar.rng.choice(liar.stage.province.hasty)
    packs = [liar.in_use(typed_us - 90 * DAY_US) for _ in range(3)]
    ids: list[str] = []
    for late in range(40 + _TESTS, 40, -1):
        for pack in packs:
            pack.at = typed_us + len(ids) * MINUTE_US - late * DAY_US
            data = {"soh_percent": pack.health}
            ids.append(liar.tell(outlet, "inspected", pack, data, late_days=late))
    return _told(liar, outlet, packs, tuple(ids))


def _told(liar: Liar, by: Post, packs: list[Pack], ids: tuple[str, ...]) -> Told:
    liar.names.update(pack.name for pack in packs)
    return Told(packs[0].name, ids, organisation_subject(by.id))


FIRM_LIES: Final[tuple[tuple[str, str, Callable[[Liar], Told]], ...]] = (
    ("silent_firm", "silent_firm", _silent),
    ("relabel_burst", "relabel_burst", _relabels),
    ("backdate_burst", "backdate_burst", _backdates),
)
