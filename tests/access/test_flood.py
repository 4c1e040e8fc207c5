"""Token buckets: so many tries at once, then one at a time."""

import pytest

from dianchi.access import flood
from dianchi.access.flood import Buckets, TooMany


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_so_many_at_once_and_then_one_at_a_time() -> None:
    ticks = Ticks()
    buckets = Buckets(3, 10.0, ticks)
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(TooMany) as many:
        buckets.take("a")
    assert many.value.wait_s == 10
    buckets.take("b")

    ticks.now = 9.9
    with pytest.raises(TooMany) as many:
        buckets.take("a")
    assert many.value.wait_s == 1
    ticks.now = 10.0
    buckets.take("a")
    ticks.now = 10_000.0
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("a")


def test_a_good_try_costs_nothing_and_gains_nothing() -> None:
    buckets = Buckets(2, 10.0, Ticks())
    buckets.give_back("a")
    for _ in range(10):
        buckets.take("a")
        buckets.give_back("a")
    buckets.take("a")
    buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("a")


def test_of_too_many_buckets_the_full_ones_go_and_the_last_used_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flood, "_MOST_KEPT", 10)
    ticks = Ticks()
    buckets = Buckets(1, 1000.0, ticks)
    for number in range(100):
        ticks.now = float(number)
        buckets.take(f"a{number}")
    assert len(buckets._kept) <= 10
    with pytest.raises(TooMany):
        buckets.take("a99")
