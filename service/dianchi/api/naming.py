"""Names in addresses, and moments in queries."""

from collections.abc import Container
from datetime import UTC, datetime
from typing import Final

from dianchi.api.problems import refuse
from dianchi.domain.codes import parse_battery
from dianchi.domain.fields import instant
from dianchi.domain.members import party_key
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Organisation, Registry

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def canonical_name(text: str, registry: Registry) -> str:
    """The canonical name a text stands for, `asset:` organisations resolved.

    Raises:
        Refused: `invalid_code` or `invalid_date`, as the name is malformed.
    """
    try:
        name = parse_battery(text)
    except Malformed as error:
        raise Refused(Fault(error.code, "/battery", text, error.what, error.way_out)) from None
    if name.scheme == "asset" and name.issuer is not None:
        return f"asset:{registry.resolve(name.issuer)}:{name.number}"
    return str(name)


def registered(registry: Registry, told: str, pointer: str) -> Organisation:
    """The registered organisation of this id, USCC or name.

    Raises:
        Refused: `invalid_value`: there is none.
    """
    known = registry.organisation(told)
    if known is None:
        raise refuse(
            "invalid_value",
            ("这家单位尚未登记", "this organisation is not registered"),
            ("请先登记单位", "enrol it first"),
            pointer=pointer,
            value=told,
        )
    return known


def thing_name(text: str, registry: Registry, schemes: Container[str]) -> str:
    """The name of a stream of one of these schemes (`lot`, `batch`, `site`), else of a battery.

    Its issuer may be given as an id, a registered name or a USCC.

    Raises:
        Refused: `invalid_code` or `invalid_date`, as the name is malformed.
    """
    scheme, _, rest = text.partition(":")
    scheme = scheme.strip().lower()
    if scheme not in schemes:
        return canonical_name(text, registry)
    issuer, _, number = rest.partition(":")
    return f"{scheme}:{registry.id_of(issuer) or party_key(issuer.strip())}:{number.strip()}"


def moment_us(text: str | None, member: str) -> int | None:
    """UTC microseconds of a query's moment; a bare day means its end in China.

    Raises:
        Refused: `invalid_date`.
    """
    if text is None:
        return None
    try:
        _, moment, by_day = instant(text.replace(" ", "+"))
    except Malformed as error:
        raise Refused(Fault(error.code, f"/{member}", text, error.what, error.way_out)) from None
    return moment + 86_400_000_000 - 1 if by_day else moment


def moment_of(text: str | None, member: str) -> datetime | None:
    """The same as a datetime.

    Raises:
        Refused: `invalid_date`.
    """
    moment = moment_us(text, member)
    return None if moment is None else datetime.fromtimestamp(moment / 1e6, UTC)
