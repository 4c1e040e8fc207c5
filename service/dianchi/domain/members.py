"""Objects made of members: how a report's data is declared, read and described; and parties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from dianchi.domain.fields import (
    VIN,
    FaultsFound,
    Json,
    Kind,
    Member,
    Reading,
    at,
    bad,
    choice,
    faults_at,
    sealed,
    text,
    without_vin,
)
from dianchi.domain.identifiers import holds_vin, parse_province, parse_uscc, vin_form
from dianchi.domain.personal import without_personal
from dianchi.domain.refusals import Fault, Malformed, Text
from dianchi.domain.registry import organisation_id
from dianchi.domain.words import Words

_MISSING = Text("缺少必填项", "a required member is missing")
_UNKNOWN = Text("不认识的成员", "this member is not known here")
_DROP = Text("请删除它，或核对拼写", "remove it, or check its spelling")
_USCC_LENGTH = 18
_ID_LENGTH = 12


def required(kind: Kind, kept_as: str = "") -> Any:  # noqa: ANN401 - a dataclass field of any type
    """A member that must be present."""
    return field(metadata={"kind": kind, "required": True, "kept_as": kept_as})


def optional(kind: Kind, kept_as: str = "") -> Any:  # noqa: ANN401 - a dataclass field of any type
    """A member that may be absent or null."""
    return field(default=None, metadata={"kind": kind, "required": False, "kept_as": kept_as})


def members_of(declared: type) -> tuple[Member, ...]:
    """The members that a dataclass of `required` and `optional` fields declares."""
    return tuple(
        Member(f.name, f.metadata["kind"], f.metadata["required"], f.metadata["kept_as"] or f.name)
        for f in fields(declared)
    )


def missing(*names: str) -> Fault:
    """The fault of an absent required member, told by the names on the way to it."""
    name = names[-1]
    way_out = Text(f"请补上 {name}", f"add {name}")
    return Fault("missing_field", "".join(map(at, names)), None, _MISSING, way_out)


def unknown(name: str, value: Json, known: Mapping[str, object]) -> Fault:
    """The fault of a member nobody declared."""
    listed = ", ".join(known)
    way_out = Text(f"{_DROP.zh}；这里可用：{listed}", f"{_DROP.en}; known here: {listed}")
    return Fault("unknown_field", at(name), value, _UNKNOWN, way_out)


def reader(members: tuple[Member, ...]) -> Callable[[Json, Reading], dict[str, Json]]:
    """Reads a JSON object into its canonical members; raises `FaultsFound` with all its faults."""
    by_name = {member.name: member for member in members}
    kept = {member.name: (member.kept_as, member.kind.read) for member in members}
    needed = frozenset(member.kept_as for member in members if member.required)

    def read(value: Json, reading: Reading) -> dict[str, Json]:
        if type(value) is not dict:
            raise bad("这里需要一个对象", "expected an object", "请用 {…} 包起来", "send {…}")
        canonical: dict[str, Json] = {}
        faults: list[Fault] = []
        for name, given in value.items():
            known = kept.get(name)
            if known is None:
                faults.append(unknown(name, given, by_name))
            elif given is not None:
                try:
                    canonical[known[0]] = known[1](given, reading)
                except (Malformed, FaultsFound) as error:
                    faults.extend(faults_at(error, at(name), given))
        if not faults and canonical.keys() >= needed:
            return canonical
        faults += [missing(m.name) for m in members if m.required and value.get(m.name) is None]
        raise FaultsFound(faults)

    return read


def object_schema(members: tuple[Member, ...]) -> dict[str, Json]:
    """The JSON Schema of an object with these members and no others."""
    return {
        "type": "object",
        "properties": {m.name: dict(m.kind.schema) for m in members},
        "required": [m.name for m in members if m.required],
        "additionalProperties": False,
    }


def record(declared: type) -> Kind:
    """A nested object, declared as a dataclass of `required` and `optional` fields."""
    members = members_of(declared)
    return Kind(reader(members), object_schema(members))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalParty:
    """A firm without an account here: outside the province, or not yet registered."""

    external: bool = required(Kind(lambda value, _: _only_true(value), {"const": True}))
    uscc: str | None = optional(
        Kind(
            lambda value, _: parse_uscc(_as_text(value)),
            {"type": "string", "minLength": 18, "maxLength": 18},
        )
    )
    name: str = required(text(120))
    province: str = required(
        Kind(
            lambda value, _: parse_province(_as_text(value)).code,
            {"type": "string", "minLength": 2, "maxLength": 40},
        )
    )


def _only_true(value: Json) -> bool:
    if value is True:
        return True
    raise bad("external 只能是 true", "external can only be true", "请写 true", "send true")


def _as_text(value: Json) -> str:
    if type(value) is str:
        return value
    raise bad("这里需要文字", "expected text", "请改为文字", "send text")


_read_external = reader(members_of(ExternalParty))
_read_party_name = text(120).read


def _read_party(value: Json, reading: Reading) -> Json:
    """A party as given: `{"external": …}`, or the text of an id, a USCC or a registered name.

    Whether it is registered is the registry's to say, when the event is recorded and whenever
    findings are computed; here only its form is read.
    """
    if type(value) is dict:
        return _read_external(value, reading)
    name = str(_read_party_name(value, reading))
    squeezed = name.replace(" ", "")
    if len(squeezed) == _USCC_LENGTH and squeezed.isascii() and squeezed.isalnum():
        return str(parse_uscc(squeezed))
    return name


_PARTY_SCHEMA: dict[str, Json] = {
    "anyOf": [
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 120,
            "description": "an organisation id, a USCC, or a registered name",
        },
        object_schema(members_of(ExternalParty)),
    ]
}
PARTY = Kind(_read_party, _PARTY_SCHEMA)
_read_host_id = text(80, number=True).read


def is_organisation_id(known_as: str) -> bool:
    """Whether a party's text has the form of an organisation's id."""
    return len(known_as) == _ID_LENGTH and known_as[0] == "O" and known_as.isalnum()


def party_key(party: Json) -> str:
    """The id of a canonical party; who is not registered has the id to be kept on registration."""
    if isinstance(party, dict):
        party = party.get("uscc") or party["name"]
    return party if is_organisation_id(party) else organisation_id(party)


def _host_id(kind: str, given: Json, reading: Reading) -> dict[str, Json]:
    if kind == "vehicle":
        return {"vin_ref": VIN.read(given, reading)}
    name = _read_host_id(given, reading)
    vin = vin_form(name)
    if vin is None:
        if kind == "low_speed_ev":
            # Many are known by their plate, which names their owner.
            without_personal(name)
        return {"id": without_vin(name)}
    # Many a low-speed vehicle has a number that only looks like a VIN: sealed, never doubted.
    if kind == "low_speed_ev" or holds_vin(vin):
        return {"vin_ref": sealed(vin, reading)}
    return {"id": name}


def host(kinds: Words) -> Kind:
    """What a battery sits in: `{kind, id}`; an id that is a VIN is kept as `vin_ref`."""
    read_kind = choice(kinds).read

    def read(value: Json, reading: Reading) -> dict[str, Json]:
        if type(value) is not dict:
            raise bad(
                "这里需要 {kind, id}",
                "expected {kind, id}",
                "请写明种类和编号",
                "name the kind and the id",
            )
        faults = [
            unknown(name, value[name], dict.fromkeys(("kind", "id")))
            for name in value
            if name not in {"kind", "id"}
        ]
        faults += [missing(name) for name in ("kind", "id") if value.get(name) is None]
        if not faults:
            try:
                read_kind(value["kind"], reading)
            except Malformed as error:
                faults = faults_at(error, "/kind", value["kind"])
        if faults:
            raise FaultsFound(faults)
        try:
            return {"kind": value["kind"], **_host_id(value["kind"], value["id"], reading)}
        except Malformed as error:
            raise FaultsFound(faults_at(error, "/id", value["id"])) from None

    return Kind(
        read,
        {
            "type": "object",
            "required": ["kind", "id"],
            "additionalProperties": False,
            "properties": {
                "kind": {"type": "string", "enum": list(kinds)},
                "id": {"type": "string", "minLength": 1, "maxLength": 80},
            },
        },
    )
