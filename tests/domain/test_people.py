"""What a login is, and who looks after whom."""

import pytest

from dianchi.domain.people import PLATFORM, PLATFORM_ADMIN, Place, may_manage, parse_login
from dianchi.domain.refusals import Malformed

ADMIN = Place(PLATFORM, PLATFORM_ADMIN, None, manages=True)
PROVINCE = Place("gov", "regulator", None, manages=True)
KUNMING = Place("gov", "regulator", "530100", manages=True)
OWNER = Place("shop", "outlet", None, manages=True)
CLERK = Place("shop", "outlet", None)


@pytest.mark.parametrize(
    ("told", "login"),
    [
        (" Zhang.Wei ", "zhang.wei"),
        ("张伟_1", "张伟_1"),
        ("ＡＢＣ", "abc"),
        ("wei@firm.cn", "wei@firm.cn"),
    ],
)
def test_a_login_is_compared_without_case_and_width(told: str, login: str) -> None:
    assert parse_login(told) == login


@pytest.mark.parametrize("told", ["", "ab", "a b c", "a" * 65, "<b>abc", "abc\0", "a/bc"])
def test_a_login_that_cannot_be_typed_again_is_refused(told: str) -> None:
    with pytest.raises(Malformed):
        parse_login(told)


@pytest.mark.parametrize(
    ("manager", "other", "home", "may"),
    [
        (ADMIN, ADMIN, None, True),
        (ADMIN, CLERK, "530100", True),
        (PROVINCE, CLERK, None, True),
        (PROVINCE, KUNMING, None, True),
        (PROVINCE, ADMIN, None, False),
        (KUNMING, CLERK, "530100", True),
        (KUNMING, CLERK, "532900", False),
        (KUNMING, CLERK, None, False),
        (KUNMING, Place("gov", "regulator", "530100"), None, True),
        (KUNMING, PROVINCE, None, False),
        (KUNMING, Place("other", "regulator", "530100"), None, False),
        (KUNMING, Place("gov", "auditor", None), "530100", False),
        (OWNER, CLERK, None, True),
        (OWNER, Place("shop", "recycler"), None, False),
        (OWNER, Place("other", "outlet"), None, False),
        (OWNER, Place("shop", "regulator"), None, False),
        (CLERK, CLERK, None, False),
    ],
)
def test_who_looks_after_whom(manager: Place, other: Place, home: str | None, *, may: bool) -> None:
    assert may_manage(manager, other, home) is may
