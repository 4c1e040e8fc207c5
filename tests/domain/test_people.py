"""What a login is, and who looks after whom."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dianchi.domain.people import (
    PLATFORM,
    PLATFORM_ADMIN,
    Place,
    may_confirm,
    may_manage,
    needs_second,
    parse_login,
    raises,
)
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


COUNTY = Place("gov", "regulator", "530181")
DAY, LATER = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
AUDITOR = Place("office", "auditor", names=frozenset({"a", "b"}), until=DAY)


@pytest.mark.parametrize(
    ("second", "told", "may"),
    [
        (PROVINCE, PROVINCE, True),
        (PROVINCE, AUDITOR, True),
        (KUNMING, KUNMING, True),
        (KUNMING, COUNTY, True),
        (COUNTY, KUNMING, False),
        (KUNMING, PROVINCE, False),
        (KUNMING, replace(PROVINCE, area="53"), False),
        (KUNMING, AUDITOR, False),
        (ADMIN, COUNTY, False),
        (OWNER, COUNTY, False),
        (AUDITOR, AUDITOR, False),
    ],
)
def test_who_confirms_sees_at_least_as_much(second: Place, told: Place, *, may: bool) -> None:
    assert may_confirm(second, told) is may


def test_the_administrator_alone_makes_nobody_who_reads_what_concerns_others() -> None:
    assert needs_second(ADMIN, COUNTY)
    assert needs_second(ADMIN, AUDITOR)
    assert not needs_second(ADMIN, CLERK)
    assert not needs_second(PROVINCE, COUNTY)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (KUNMING, COUNTY, False),
        (KUNMING, replace(KUNMING, manages=False), False),
        (PROVINCE, KUNMING, False),
        (AUDITOR, AUDITOR, False),
        (AUDITOR, replace(AUDITOR, names=frozenset({"a"})), False),
        (replace(AUDITOR, until=LATER), AUDITOR, False),
        (COUNTY, KUNMING, True),
        (KUNMING, PROVINCE, True),
        (COUNTY, replace(COUNTY, manages=True), True),
        (COUNTY, replace(COUNTY, department="industry"), True),
        (AUDITOR, replace(AUDITOR, names=frozenset({"c"})), True),
        (AUDITOR, replace(AUDITOR, until=LATER), True),
        (replace(COUNTY, until=DAY), COUNTY, True),
    ],
)
def test_whatever_opens_something_is_a_raise(before: Place, after: Place, *, more: bool) -> None:
    assert raises(before, after) is more
