"""What new packs are made of, and what is saved, once more from the raw bodies of events.

By recursion over the lots, in exact fractions; nothing of the service is asked but the bodies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple

FORMULA: Final = {
    "lithium_carbonate": ("lithium", "0.1879"), "nickel_sulfate": ("nickel", "0.2233"),
    "cobalt_sulfate": ("cobalt", "0.2097"), "manganese_sulfate": ("manganese", "0.3251"),
    "lithium_hydroxide": ("lithium", "0.1654"),
}  # fmt: skip
HELD: Final = {
    "lfp": {"lithium": "0.009"},
    "nmc": {"lithium": "0.013", "nickel": "0.065", "cobalt": "0.022", "manganese": "0.021"},
}
"""Kilograms in a kilogram of pack, as documented (R-l)."""
USE: Final = ("installed", "sold", "removed", "vehicle_scrapped", "retired", "collected")
IDLE: Final = ("made", "unknown")
TREATS: Final = ("utilizer", "recycler")
TAKERS: Final = (*TREATS, "outlet", "dismantler")
MOVED: Final = ("assessed", "entered", "left_province", "exported", "lost")
LIVES: Final = (
    *("produced", "imported", "repurposed", "disassembled", "declared", "received", "identified"),
    *("recycled", "voided", "lot_declared", "corrected", *USE, *MOVED),
)
"""The kinds of events that are asked for."""
Share = tuple[Fraction, Fraction]
NOTHING: Final[Share] = (Fraction(0), Fraction(0))
DECLARED: Final[Mapping[str, Share]] = {
    "consumer_waste": (Fraction(1), Fraction(1)), "production_scrap": (Fraction(0), Fraction(1)),
}  # fmt: skip
"""Recycled and known share of a declared lot; of all others nothing is known."""


class Raw(NamedTuple):
    """An event as it stands in a stream."""

    stream: str
    told: dict[str, Any]


class Circle:
    """Everything that holds, by what it is."""

    def __init__(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
        every = [Raw(*row) for row in rows]
        gone = {
            (each.stream, each.told["data"]["event_id"])
            for each in every
            if each.told["type"] == "corrected"
            and each.told["data"].get("battery") in (None, each.stream)
        }
        self.events = [
            e
            for e in every
            if e.told["type"] != "corrected" and (e.stream, e.told["event_id"]) not in gone
        ]
        self.outputs, self.inputs = defaultdict[str, Any](list), defaultdict[str, Any](list)
        self.declared = defaultdict[str, Any](list)
        self.lives = defaultdict[str, Any](list)
        self.joined = defaultdict[str, set[str]](set)
        self.runs = defaultdict[str, Any](list)
        for each in self.events:
            self._sort(each)
        self._known: dict[str, Share] = {}

    def _sort(self, each: Raw) -> None:
        data = each.told["data"]
        self.lives[each.stream].append(each.told)
        if each.told["type"] == "identified":
            self.joined[each.stream].add(data["name"])
            self.joined[data["name"]].add(each.stream)
        if each.told["type"] == "lot_declared":
            self.declared[each.stream].append((data["origin"], Fraction(data["mass_kg"])))
        if each.told["type"] == "recycled":
            batch = f"batch:{each.told['organisation']}:{data['batch']}"
            if each.stream == batch:
                self.runs[batch].append(each.told)
            elif "output" in data:
                self.outputs[each.stream].append((batch, Fraction(data["output"]["mass_kg"])))
            else:
                self.inputs[batch].append((each.stream, Fraction(data["mass_kg"])))

    def origin(self, name: str) -> Share:
        """Of a lot, batch or battery, the recycled and the known share."""
        if not name.startswith(("lot:", "batch:")):
            return DECLARED.get(self.past(name), NOTHING)
        if name not in self._known:
            self._known[name] = NOTHING
            parts = [(self.origin(up), kg) for up, kg in self.outputs[name] + self.inputs[name]]
            for word, kg in self.declared[name]:
                parts.append((DECLARED.get(word, NOTHING), kg))
            whole = sum(kg for _, kg in parts)
            if whole:
                recycled, known = (sum(s[at] * kg for s, kg in parts) / whole for at in (0, 1))
                self._known[name] = recycled, known
        return self._known[name]

    def past(self, name: str) -> str:
        """What a battery is as an input: by all that is told of it, by any name, up to its end."""
        names, ask = {name}, [name]
        while ask:
            more = self.joined[ask.pop()] - names
            names |= more
            ask += more
        every = sorted((e for one in names for e in self.lives[one]), key=moment_of)
        ends = [at for at, e in enumerate(every) if is_end(e)]
        if not ends or every[ends[0]]["type"] != "recycled":
            return ""
        before = every[: ends[0]]
        if any(is_use(e, before[:at]) for at, e in enumerate(before)):
            return "consumer_waste"
        return "production_scrap" if any(is_birth(e) for e in before) else ""

    def put_in(self) -> dict[str, Counter[tuple[str, str, str]]]:
        """Grams put into new packs by metal, month and maker: recycled, and of known origin."""
        found = {"recycled": Counter[Any](), "known": Counter[Any]()}
        for each in self.events:
            if each.told["type"] in {"produced", "imported"}:
                for line in each.told["data"].get("lots", ()):
                    self._put(found, each.told, line)
        return found

    def _put(self, found: Mapping[str, Counter[Any]], born: Any, line: Any) -> None:
        maker = born["organisation"]
        share = self.origin(f"lot:{line.get('issuer', maker)}:{line['lot']}")
        kg = Fraction(line["mass_kg"])
        masses = {"material": kg}
        if line["material"] in FORMULA:
            metal, part = FORMULA[line["material"]]
            masses[metal] = kg * Fraction(part)
        for kind, each in zip(("recycled", "known"), share, strict=True):
            for what, mass in masses.items():
                found[kind][what, month_of(born), maker] += round_half_up(mass * each * 1000)

    def recovered(self) -> Counter[tuple[str, str]]:
        """Grams recovered by metal and month of the batch's first run, each batch rounded."""
        found = Counter[tuple[str, str]]()
        for runs in self.runs.values():
            month = min(month_of(run) for run in runs)
            for metal, grams in self.metals_of(runs).items():
                found[metal, month] += round_half_up(grams)
        return found

    def metals_of(self, runs: Iterable[Any]) -> dict[str, Fraction]:
        """Grams of each metal that these runs gave, by formula and purity."""
        metals: dict[str, Fraction] = {}
        for line in [line for run in runs for line in run["data"]["outputs"]]:
            if line["material"] in FORMULA:
                metal, share = FORMULA[line["material"]]
                pure = Fraction(line.get("purity_percent", "100")) / 100
                grams = Fraction(line["mass_kg"]) * pure * Fraction(share) * 1000
                metals[metal] = metals.get(metal, Fraction(0)) + grams
        return metals


def is_birth(told: Any) -> bool:
    return told["type"] in {"produced", "imported"}


def is_end(told: Any) -> bool:
    kind, data = told["type"], told["data"]
    if kind == "disassembled":
        return "parent" not in data
    return kind in {"recycled", "voided"} or (kind == "repurposed" and "product" in data)


def is_use(told: Any, before: Iterable[Any]) -> bool:
    """Whether it says that the battery was in use, came out of it, or was made of such."""
    kind, data = told["type"], told["data"]
    if kind == "declared":
        return data["stage"] not in IDLE
    if kind == "received" and told["role"] in TAKERS:
        return not any(is_birth(e) for e in before) or any(is_moved(e) for e in before)
    return kind in USE or "parent" in data or (kind == "repurposed" and "product" not in data)


def is_moved(told: Any) -> bool:
    """Whether somebody had it for whom it was not to be treated."""
    other = told["type"] == "received" and told["role"] not in TREATS
    return other or told["type"] in MOVED


def round_half_up(grams: Fraction) -> int:
    return int(grams + Fraction(1, 2))


def moment_of(told: Any) -> tuple[str, bool, str]:
    """Where it stands in history; of one day, what ends a life comes last."""
    at = told["occurred_at"]
    day = at if len(at) == len("2026-01-01") else day_of(at)
    return day, is_end(told), at


def day_of(at: str) -> str:
    return (datetime.fromisoformat(at) + timedelta(hours=8)).strftime("%Y-%m-%d")


def month_of(told: Any) -> str:
    """In China: `occurred_at` is kept in UTC."""
    at = told["occurred_at"]
    if len(at) == len("2026-01-01"):
        return str(at[:7])
    return day_of(at)[:7]
