"""Draws of the story."""

from random import Random


def chance(rng: Random, share: float) -> bool:
    """Whether something happens that happens in this share of cases."""
    return rng.random() < share
