"""A hand-over that is thought of: what is to leave, to whom, and what a rule said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dianchi.domain.handover_rows import SAYINGS, Saying
from dianchi.domain.parties import WASTE
from dianchi.domain.registry import Organisation, Registry, Site
from dianchi.domain.rules import Rules

Stock = Mapping[tuple[str, str], Decimal]
"""Kilograms in store, by organisation and the number of its site."""


@dataclass(frozen=True, slots=True)
class Cargo:
    """A battery that is to leave, as the record has it.

    Attributes:
        findings: the open ones, code and severity.
        recalls: the numbers of open recalls whose remedy it has not had.
    """

    name: str
    stage: str
    holder: str
    chemistry: str | None = None
    safety_class: str | None = None
    quarantined: bool = False
    mass_kg: Decimal | None = None
    handover: str | None = None
    findings: Sequence[tuple[str, str]] = ()
    held: bool = False
    recalls: Sequence[str] = ()

    @property
    def is_waste(self) -> bool:
        """Whether it is a waste battery by the record (废旧动力电池)."""
        return self.stage in WASTE


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom it is to go; `known` is None for whom nobody registered here.

    Attributes:
        province: two digits, where it is known.
        place: the number of the site that was named.
        site: the same as registered.
    """

    id: str
    name: str
    known: Organisation | None = None
    province: str | None = None
    place: str | None = None
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A hand-over that is thought of, and what is needed to judge it.

    Attributes:
        on: the day on which the truck leaves, in China.
        use: what the batteries are for, where that is known; a word of `APPLICATIONS`.
        transfer_filing: the number under which the transfer was filed (转移备案).
        load_kg: what is known of the mass of the whole load.
    """

    sender: str
    on: date
    registry: Registry
    rules: Rules
    receiver: Receiver | None = None
    use: str | None = None
    transfer_filing: str | None = None
    load_kg: Decimal = Decimal(0)
    stock: Stock = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that was looked at, what it said, and the facts it looked at."""

    rule: str
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def saying(self) -> Saying:
        """Outcome, sentence and way out."""
        return SAYINGS[self.rule, self.what]
