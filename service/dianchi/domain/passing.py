"""Who passes by a rule of `policy`, whose uses are noted, and for whom somebody may act."""

from dianchi.domain.admit import Reporter
from dianchi.domain.areas import covers
from dianchi.domain.callers import About, Caller, Rule, caller_of
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Organisation
from dianchi.domain.scopes import narrowed, out_of_scope


def check(rule: Rule, reporter: Reporter) -> None:
    """Lets a caller pass, or raises.

    Raises:
        Refused: `role_not_allowed` or `scope_not_allowed`.
    """
    caller = caller_of(reporter)
    if caller not in rule.may:
        raise _not_for(reporter.role)
    # Of reports, each type is looked at by itself (`admit`); an administrator has the table alone.
    if (
        caller is Caller.ADMINISTRATOR
        or reporter.scopes is None
        or rule.scope == ""
        or rule.about is About.REPORT
    ):
        return
    if rule.scope is None:
        raise narrowed(reporter.scopes)
    if rule.scope not in reporter.scopes:
        raise out_of_scope(reporter.scopes, rule.scope)


def is_noted(rule: Rule, reporter: Reporter) -> bool:
    """Whether a use of a route is written into the audit log.

    Whatever changes the registry is; what is read is where the reader is not party to it: who
    reads its own business leaves no trace.
    """
    own = caller_of(reporter) in (Caller.ORGANISATION, Caller.DEVICE)
    return rule.noted and (rule.method != "GET" or not own)


def acts_for(reporter: Reporter, firm: Organisation | None, organisation: str) -> bool:
    """Whether a caller may act for a firm: its own, or as an authority one of its area.

    Args:
        reporter: the caller.
        firm: as registered, if it is.
        organisation: its id.
    """
    match caller_of(reporter):
        case Caller.REGULATOR | Caller.ADMINISTRATOR:
            return True
        case Caller.OFFICER if firm is not None and covers(str(reporter.bound_to), firm.prefecture):
            return True
    return reporter.organisation == organisation


def not_yours(organisation: str) -> Refused:
    """What is told to who may not act for a firm."""
    what = Text("这家单位不在您的辖区内，也不是本单位", "neither your firm nor one of your area")
    way_out = Text(
        "请由其所在地或省级监管部门办理", "ask the authority of its area or the province"
    )
    return Refused(Fault("role_not_allowed", "/organisation", organisation, what, way_out))


def _not_for(role: str) -> Refused:
    what = Text(f"角色 {role} 不能进行此操作", f"role {role} may not do this")
    way_out = Text(
        "可用者见《访问权限》；通常由监管部门办理", "see the page on access; mostly a regulator may"
    )
    return Refused(Fault("role_not_allowed", "", None, what, way_out))
