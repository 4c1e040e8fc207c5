"""The recycled content of new packs is a share: never more than all that is in them."""

from decimal import Decimal

from dianchi.domain.indicators.content import Held


def test_packs_hold_at_least_what_is_known_to_be_in_them() -> None:
    more_than_average = Held(Decimal(1), Decimal(1), Decimal(2))

    assert (more_than_average.whole_kg, more_than_average.unknown_kg) == (Decimal(2), Decimal(0))
    assert more_than_average.share == Decimal("0.5000")
    assert more_than_average.unknown_share == Decimal(0)
