"""Which recalls a caller is shown, and the one whose batteries are asked for."""

from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.recalls import Recall
from dianchi.store.readers import Lender
from dianchi.views.recalls.query import recall_named


def own_recalls(reporter: Reporter) -> str | None:
    """Whose recalls a caller is shown; None: all of them.

    Raises:
        Refused: `role_not_allowed`.
    """
    if reporter.role == "regulator":
        return None
    if reporter.role != "maker":
        raise refuse(
            "role_not_allowed",
            ("召回由生产企业和监管部门办理", "recalls are for makers and authorities"),
            ("单只电池的召回见 GET /v1/batteries/{name}", "see GET /v1/batteries/{name} for one"),
            value=reporter.role,
        )
    return reporter.organisation


def lender_of(services: Services, reporter: Reporter) -> Lender:
    """What reads recalls: no secret of an area, so that an authority reads all; a maker its own."""
    all_of_them = own_recalls(reporter) is None
    return services.readers if all_of_them else services.seeing(reporter)


async def recall_asked(
    services: Services, reporter: Reporter, subject: str | None, remedied: str | None = None
) -> Recall | None:
    """The recall by which batteries are narrowed; None where none is named.

    Args:
        services: of the application.
        reporter: the caller.
        subject: of the recall, as `GET /v1/recalls` answers it.
        remedied: what is asked beside it.

    Raises:
        Refused: `role_not_allowed`; `invalid_value` where the caller is shown no such recall;
            `missing_field` where what is remedied is asked of no recall.
    """
    if subject is None:
        if remedied is not None:
            raise _of_which(remedied)
        return None
    own = own_recalls(reporter)
    found = await recall_named(lender_of(services, reporter), subject)
    if found is None or own not in (None, found.issuer):
        raise _unknown(subject)
    return found


def _of_which(remedied: str) -> Exception:
    return refuse(
        "missing_field",
        ("按是否已处置查电池时没有写是哪次召回", "remedied is asked for without a recall"),
        ("请同时填写 recall", "add `recall`"),
        pointer="/recall",
        value=remedied,
    )


def _unknown(subject: str) -> Exception:
    return refuse(
        "invalid_value",
        (f"没有召回“{subject[:80]}”", f"there is no recall '{subject[:80]}'"),
        ("请用 GET /v1/recalls 中的 subject", "use a `subject` of GET /v1/recalls"),
        pointer="/recall",
        value=subject[:200],
    )
