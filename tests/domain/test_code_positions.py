"""A code typed place by place is held to the same rules as a whole one."""

import re

import pytest

from dianchi.domain.code_positions import FORMS
from dianchi.domain.codes import _FULL, _OTHER


@pytest.mark.parametrize("form", FORMS)
def test_what_the_places_allow_is_what_the_whole_code_allows(form: str) -> None:
    """Given a good code, when one place is changed, then place and pattern agree on it."""
    places = FORMS[form]
    good = "".join("1" if "1" in allowed else allowed[0] for allowed in places)
    for at, allowed in enumerate(places):
        for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            code = good[:at] + character + good[at + 1 :]
            whole = any(re.fullmatch(pattern, code) for pattern in (_FULL, _OTHER))
            assert whole == (character in allowed), f"place {at + 1}: {character}"
