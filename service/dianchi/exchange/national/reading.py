"""The nested form from outside, read as it comes: memory holds one vehicle, and no cell.

Taken are an array of vehicles, as the interface is sent it, and the documents that we write
(`models`, `vehicles`, `packs`), one or many after another. Members that are not known are passed
over. A cell is counted and not kept: the client that we know tries five million in one module.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final, TypeVar

import ijson

from dianchi.domain.refusals import Fault, Text
from dianchi.exchange.national.profiles import Members
from dianchi.exchange.sheets.faults import damaged

MOST_PACKS: Final = 1_000
"""Of one vehicle."""
MOST_MODULES: Final = 400
"""Of one pack, as a report may name."""
MOST_FAULTS: Final = 20
"""Told of one pack."""
MOST_MODELS: Final = 10_000
LONGEST: Final = 120
"""Characters of a code or number."""
_DEEPEST: Final = 64
_SCALARS: Final = frozenset(("string", "number", "boolean", "null"))
_Event = tuple[str, Any]
_Read = TypeVar("_Read")


@dataclass(slots=True)
class Pack:
    """A pack as it was sent; `pointer` leads to it in its file."""

    pointer: str
    told: dict[str, str] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    cells: int = 0
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, code: str, pointer: str, value: object, what: Text, way_out: Text) -> None:
        """Notes a fault; of many alike the first are told."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, pointer, value, what, way_out))


@dataclass(slots=True)
class Vehicle:
    """A vehicle as it was sent, or packs in none."""

    pointer: str
    told: dict[str, str] = field(default_factory=dict)
    packs: list[Pack] = field(default_factory=list)


class Form:
    """Reads one file.

    Args:
        file: bytes.
        members: what members are called.
    """

    def __init__(self, file: IO[bytes], members: Members) -> None:
        self._events: Iterator[_Event] = ijson.basic_parse(file, multiple_values=True)
        self.members = members
        self.models: dict[str, dict[str, str]] = {}
        """Ratings by model, as documents of ours tell them before the vehicles."""

    def vehicles(self) -> Iterator[Vehicle]:
        """Every vehicle, in the order of the file.

        Raises:
            Refused: `file_damaged`: it is no JSON, or ends too early.
        """
        try:
            for number, (event, _) in enumerate(self._events, 1):
                where = "" if number == 1 else f"#{number}"
                if event == "start_array":
                    yield from self._each(where, self._vehicle)
                elif event == "start_map":
                    yield from self._document(where)
                else:
                    raise damaged("neither an array of vehicles nor a document")
        except ijson.JSONError as error:
            raise damaged(str(error)[:LONGEST]) from None

    def _document(self, where: str) -> Iterator[Vehicle]:
        for name in self._names():
            event, value = next(self._events)
            if name == "vehicles" and event == "start_array":
                yield from self._each(f"{where}/{name}", self._vehicle)
            elif name in self.members.packs and event == "start_array":
                for pack in self._each(f"{where}/{name}", self._pack):
                    yield Vehicle(pack.pointer, {}, [pack])
            elif name == "models" and event == "start_map":
                self._read_models()
            else:
                self._skip(event, value)

    def _read_models(self) -> None:
        for name in self._names():
            event, value = next(self._events)
            told = self._scalars(event, value)
            if len(self.models) < MOST_MODELS:
                self.models[name[:LONGEST]] = told

    def _vehicle(self, pointer: str) -> Vehicle:
        names, vehicle = self.members, Vehicle(pointer)
        for name in self._names():
            event, value = next(self._events)
            if name in names.packs and event == "start_array":
                for pack in self._each(f"{pointer}/{name}", self._pack):
                    self._fit(vehicle, pack)
            elif name in names.vin or name in names.made:
                self._note(vehicle.told, "vin" if name in names.vin else "made", event, value)
            else:
                self._skip(event, value)
        return vehicle

    @staticmethod
    def _fit(vehicle: Vehicle, pack: Pack) -> None:
        if len(vehicle.packs) < MOST_PACKS:
            vehicle.packs.append(pack)
        elif len(vehicle.packs) == MOST_PACKS:
            what = Text(
                f"一辆车最多 {MOST_PACKS} 个电池包", f"a vehicle has at most {MOST_PACKS} packs"
            )
            pack.wrong("invalid_value", pack.pointer, None, what, _SPLIT)
            vehicle.packs.append(pack)

    def _pack(self, pointer: str) -> Pack:
        names, pack = self.members, Pack(pointer)
        kinds = {
            **dict.fromkeys(names.code, "code"),
            **dict.fromkeys(names.model, "model"),
            **dict.fromkeys(names.day, "day"),
            **dict.fromkeys(names.order, "order"),
        }
        for name in self._names():
            event, value = next(self._events)
            if name in names.modules and event == "start_array":
                for _ in self._each(f"{pointer}/{name}", lambda at: self._module(at, pack)):
                    pass
            elif name in kinds:
                self._note(pack.told, kinds[name], event, value)
            else:
                self._skip(event, value)
        return pack

    def _module(self, pointer: str, pack: Pack) -> None:
        names = self.members
        told: dict[str, str] = {}
        for name in self._names():
            event, value = next(self._events)
            if name in names.cells and event == "start_array":
                self._cells(f"{pointer}/{name}", pack)
            elif name in names.code:
                self._note(told, "code", event, value)
            else:
                self._skip(event, value)
        self._keep_module(pointer, pack, told.get("code"))

    def _keep_module(self, pointer: str, pack: Pack, code: str | None) -> None:
        where = f"{pointer}/{self.members.code[0]}"
        if code is None:
            pack.wrong("missing_field", where, None, _NO_CODE, _GIVE_CODE)
        elif len(pack.modules) == MOST_MODULES:
            what = Text(
                f"模组超过 {MOST_MODULES} 个", f"there are more than {MOST_MODULES} modules"
            )
            pack.wrong("invalid_value", where, code, what, _SPLIT)
        else:
            pack.modules.append(code)

    def _cells(self, pointer: str, pack: Pack) -> None:
        """Counts the cells of a module; a code that is none is told, with its place."""
        for place, (event, value) in enumerate(self._events):
            if event == "end_array":
                return
            told = value
            if event == "start_map":
                told = self._members_of_map().get(self.members.code[0])
            elif event == "start_array":
                self._skip(event, value)
                told = None
            if not (isinstance(told, str) and 0 < len(told.strip()) <= LONGEST):
                shown = told[:LONGEST] if isinstance(told, str) else None
                pack.wrong("invalid_code", f"{pointer}/{place}", shown, _NO_CODE, _GIVE_CODE)
            pack.cells += 1

    # --- JSON ---------------------------------------------------------------------------------

    def _each(self, pointer: str, read: Callable[[str], _Read]) -> Iterator[_Read]:
        """The objects of an array; what is none is passed over."""
        for place, (event, value) in enumerate(self._events):
            if event == "end_array":
                return
            if event == "start_map":
                yield read(f"{pointer}/{place}")
            else:
                self._skip(event, value)

    def _names(self) -> Iterator[str]:
        """The names of the members of an object; whoever takes one reads its value."""
        for event, value in self._events:
            if event == "end_map":
                return
            yield str(value)

    def _note(self, told: dict[str, str], name: str, event: str, value: object) -> None:
        """A text or number; the first spelling of a member that has one counts."""
        if event not in _SCALARS:
            self._skip(event, value)
        elif event in {"string", "number"} and str(value).strip():
            told.setdefault(name, str(value).strip()[: LONGEST + 1])

    def _members_of_map(self) -> dict[str, str]:
        return self._scalars("start_map", None)

    def _scalars(self, event: str, value: object) -> dict[str, str]:
        """The texts and numbers of an object."""
        told: dict[str, str] = {}
        if event != "start_map":
            self._skip(event, value)
            return told
        for name in self._names():
            inner, member = next(self._events)
            self._note(told, name[:LONGEST], inner, member)
        return told

    def _skip(self, event: str, _: object) -> None:
        """Passes over a value."""
        depth = int(event.startswith("start"))
        while depth:
            inner, _ = next(self._events)
            depth += inner.startswith("start") - inner.startswith("end")
            if depth > _DEEPEST:
                raise damaged("nested too deeply")


_NO_CODE: Final = Text("没有编码，或编码过长", "has no code, or one that is too long")
_GIVE_CODE: Final = Text("请补上编码", "give its code")
_SPLIT: Final = Text("请核对，或拆成几份", "check it, or split it")
