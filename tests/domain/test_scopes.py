"""What a key is narrowed to."""

import pytest

from dianchi.domain.admit import Reporter, admit
from dianchi.domain.refusals import Malformed, Refused
from dianchi.domain.report import Report, read_report
from dianchi.domain.scopes import parse_scope
from support.reports import OUTLET, inspected, pack

NOW_US = 1_790_000_000_000_000


def narrowed(*scopes: str) -> Reporter:
    return Reporter(OUTLET.organisation, OUTLET.role, None, frozenset(scopes))


def report() -> Report:
    return read_report(inspected(pack(1)), lambda vin: vin)


@pytest.mark.parametrize("scope", ["report", "report:inspected"])
def test_a_key_narrowed_to_a_type_reports_it(scope: str) -> None:
    admit(report(), narrowed("read", scope), NOW_US)


@pytest.mark.parametrize("scope", ["read", "report:collected"])
def test_a_key_narrowed_to_something_else_is_told_the_scope_it_lacks(scope: str) -> None:
    with pytest.raises(Refused) as refused:
        admit(report(), narrowed(scope), NOW_US)

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == ("scope_not_allowed", "/type")
    assert fault.value == "report:inspected"
    assert "report:inspected" in fault.what.zh
    assert scope in fault.what.en
    assert "监管部门" in fault.way_out.zh


def test_a_scope_never_widens_a_role() -> None:
    auditor = Reporter("O1AUDITOR111", "auditor", None, frozenset({"report"}))

    with pytest.raises(Refused) as refused:
        admit(report(), auditor, NOW_US)

    assert refused.value.code == "role_not_allowed"


@pytest.mark.parametrize("text", ["read", "report", "report:inspected"])
def test_scopes_are_taken_as_they_are_written(text: str) -> None:
    assert parse_scope(text, "outlet") == text


@pytest.mark.parametrize(
    "text", ["", "write", "READ", "read:inspected", "report:", "report:nothing", "report:produced"]
)
def test_what_a_role_cannot_have_is_no_scope_of_its_keys(text: str) -> None:
    with pytest.raises(Malformed) as wrong:
        parse_scope(text, "outlet")

    assert "report:<type>" in wrong.value.way_out.en
    assert "inspected" in wrong.value.way_out.zh
