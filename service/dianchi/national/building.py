"""The form of one vehicle as it stands now, by the reports of the organisation that owes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dianchi.domain.admit import Reporter
from dianchi.domain.rules import Rules
from dianchi.domain.sight import eyes_of
from dianchi.exchange.national.form import Written, vehicle_form
from dianchi.exchange.national.gaps import Gap
from dianchi.exchange.national.profiles import Profile
from dianchi.national.noting import LOOSE
from dianchi.store.lives import SQL
from dianchi.store.readers import Lender
from dianchi.store.vault import Locked, Vault
from dianchi.views.vehicles.query import packs_in, sale_of


@dataclass(frozen=True, slots=True)
class Builder:
    """Writes forms.

    Attributes:
        whole: reads every life.
        personal: reads VINs.
        vault: opens them.
        rules: to fold lives by.
    """

    whole: Lender
    personal: Lender
    vault: Vault
    rules: Rules

    async def vehicle(
        self,
        profile: Profile,
        vin_ref: str,
        owner: tuple[str, str],
        told: Mapping[str, str],
        *,
        sold: bool = False,
    ) -> tuple[str | None, Written]:
        """The VIN of a vehicle (None where it was erased), and its form.

        Args:
            profile: how the form is written.
            vin_ref: of the vehicle.
            owner: the organisation that reported of it, and the role of its connection.
            told: members of the vehicle that were given by hand.
            sold: whether its sale is told, too.
        """
        if (why := LOOSE.get(vin_ref.partition(":")[0])) is not None:
            return None, Written({}, [Gap("", why, blocks=True)])
        organisation, role = owner
        eyes = eyes_of(Reporter(organisation, role))
        async with self.whole.acquire() as connection:
            packs = await packs_in(connection, vin_ref, self.rules, eyes, organisation)
            sale = await sale_of(connection, vin_ref, organisation) if sold else None
        vin = await self._vin(vin_ref)
        return vin, vehicle_form(profile, vin, packs, told, sale=sale)

    async def _vin(self, vin_ref: str) -> str | None:
        rows = await self.personal.fetch(SQL["personal"], [vin_ref])
        for reference, kek, wrapped, sealed, erased_at in rows:
            if erased_at is None:
                return self.vault.open(Locked(reference, kek, wrapped, sealed))
        return None
