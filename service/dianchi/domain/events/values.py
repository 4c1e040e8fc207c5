"""The kinds of values that several types of events share."""

from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.fields import BATTERY, choice, decimal, many, text
from dianchi.domain.members import host

MOST_BATTERIES: Final = 1000
MASS = decimal(above=True)
MASS_OR_NONE = decimal()
PERCENT = decimal(most="100")
SOH = decimal(most="150")
NUMBER = text(80, number=True)
DOCUMENT = text(80, document=True)
HOST = host(words.HOSTS)
MASS_BASIS = choice(words.MASS_BASES)
SAFETY = choice(words.SAFETY_CLASSES)
MATERIAL = choice(words.MATERIALS)
NAMES = many(BATTERY, MOST_BATTERIES)
