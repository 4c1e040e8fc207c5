"""Says in words what the JSON Schema of a member says, for the reference pages."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dianchi.domain import vocabulary as words
from dianchi.domain.areas import DEPARTMENTS
from dianchi.domain.fields import BATTERY, INSTANT, SHA256, UUID, VIN
from dianchi.domain.members import PARTY

Schema = Mapping[str, Any]

WORDS: Final[dict[str, tuple[str, Iterable[str]]]] = {
    "chemistry": ("化学体系", words.CHEMISTRIES),
    "material": ("物料", words.MATERIALS),
    "host": ("载体与用途", words.HOSTS),
    "stage": ("状态", words.STAGES),
    "declared-basis": ("存量登记依据", words.DECLARED_BASES),
    "lot-origin": ("物料来源", words.LOT_ORIGINS),
    "owner-basis": ("权属变更依据", words.OWNERSHIP_BASES),
    "buyer": ("买方", words.BUYER_KINDS),
    "safety-class": ("安全等级", words.SAFETY_CLASSES),
    "mass-basis": ("质量依据", words.MASS_BASES),
    "decision": ("评估结论", words.DECISIONS),
    "process": ("再生工艺", words.PROCESSES),
    "count-basis": ("盘点依据", words.COUNT_BASES),
    "pickup-answer": ("收运答复", words.PICKUP_ANSWERS),
    "un-number": ("联合国编号", words.UN_NUMBERS),
    "site-kind": ("场所类型", words.SITE_KINDS),
    "department": ("监管部门", DEPARTMENTS),
}
"""The closed lists with a page of their own: their anchor, their Chinese title and their words."""

_NAMED: Final = (
    (BATTERY, "battery name"),
    (PARTY, "party"),
    (INSTANT, "instant or day"),
    (UUID, "UUID"),
    (SHA256, "SHA-256, 64 hexadecimal digits"),
    (VIN, "VIN; stored as `vin_ref`"),
)
_LISTED: Final = {tuple(listed): name for name, (_, listed) in WORDS.items()}


def described(schema: Schema) -> str:
    """One line of Markdown for one schema."""
    for kind, name in _NAMED:
        if schema == kind.schema:
            return name
    if "enum" in schema:
        return _choice(tuple(schema["enum"]))
    if "anyOf" in schema:
        return _decimal(schema["anyOf"][1])
    describe = _BY_TYPE.get(schema.get("type", ""))
    return describe(schema) if describe else "`true`"


def _choice(options: tuple[str, ...]) -> str:
    name = _LISTED.get(options)
    if name is not None:
        return f"word of [{name}](words.md#{name})"
    return ", ".join(f"`{option}`" for option in options)


def _decimal(number: Schema) -> str:
    most = number["maximum"]
    if "exclusiveMinimum" in number:
        return f"decimal above {number['exclusiveMinimum']:g}"
    least = f"{number['minimum']:g}"
    return f"decimal, {least} to {most:g}" if most < _NO_LIMIT else f"decimal, {least} or more"


_NO_LIMIT: Final = 999_999_999_999


def _text(schema: Schema) -> str:
    if "description" in schema:
        return str(schema["description"])
    said = f"text, up to {schema['maxLength']} characters"
    examples = ", ".join(f"`{example}`" for example in schema.get("examples", ()))
    return f"{said}; for example {examples}" if examples else said


def _whole(schema: Schema) -> str:
    return f"whole number, {schema['minimum']} to {schema['maximum']}"


def _list(schema: Schema) -> str:
    return (
        f"list of {schema.get('minItems', 0)} to {schema['maxItems']}: {described(schema['items'])}"
    )


def _object(schema: Schema) -> str:
    needed = schema.get("required", ())
    parts = [
        f"`{name}`{'' if name in needed else ' (optional)'}: {described(member)}"
        for name, member in schema["properties"].items()
    ]
    return "object of " + "; ".join(parts)


_BY_TYPE: Final = {
    "string": _text,
    "integer": _whole,
    "boolean": lambda _: "true or false",
    "array": _list,
    "object": _object,
}
