"""By whom and where findings may be asked for: not by what a caller is not told of them."""

from collections.abc import Mapping

from dianchi.api.problems import refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.registry import Registry


def firm_asked(named: str | None, registry: Registry, reporter: Reporter) -> str | None:
    """The id of the organisation that a filter names; `me` is the caller's own."""
    if not named:
        return None
    return registry.resolve(reporter.organisation if named == "me" else named)


def must_be_told(reporter: Reporter, filters: Mapping[str, str | None]) -> None:
    """Checks that a firm asks neither by another organisation nor by place.

    Raises:
        Refused: `role_not_allowed`.
    """
    if reporter.role == "regulator":
        return
    if filters.get("organisation") not in (None, "", "me", reporter.organisation):
        raise _not_told("organisation", filters["organisation"])
    if filters.get("prefecture"):
        raise _not_told("prefecture", filters["prefecture"])


def _not_told(name: str, value: str | None) -> Exception:
    return refuse(
        "role_not_allowed",
        ("企业不能按他方单位或地区筛选异常", "a firm asks neither by another firm nor by place"),
        ("可用 organisation=me 查本单位上报的", "use `organisation=me` for your own reports"),
        pointer=f"/{name}",
        value=value,
    )
