"""A small life in a small log, and bundles of it: honest ones, and what a forger makes of them."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from dianchi_client.archive import read_archive, write_archive
from dianchi_client.bundle import MANIFEST, Listed, Manifest, write_bundle
from support.logs import SmallLog
from support.trees import entries

PACK = "001PB1A00DZ5K2E610000001"
TMP = "tmp:KM01-7"


def leaf(stream: str, version: int, kind: str, event_id: str, /, **data: Any) -> bytes:
    """The stored bytes of an event."""
    day = f"2026-0{version}-01"
    told = {
        "data": data, "event_id": event_id, "occurred_at": day, "recorded_at": f"{day}T08:00:00Z",
        "reported_as": stream, "type": kind, "version": version,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


LIFE = [
    leaf(PACK, 1, "produced", "e1"),
    leaf(TMP, 1, "collected", "e2"),
    leaf(TMP, 2, "identified", "e3", name=PACK),
    leaf(PACK, 2, "identified", "e3", name=TMP, mirrored=True),
    leaf(PACK, 3, "inspected", "e4"),
    leaf(PACK, 4, "corrected", "e5", event_id="e4"),
]


def log_of(life: list[bytes]) -> SmallLog:
    """A log in which other events lie around those of a life."""
    return SmallLog([*entries(9), *(each for one in life for each in (one, *entries(2)))])


def _listed(leaves: list[bytes], log: SmallLog) -> tuple[Listed, ...]:
    listed = []
    for each in leaves:
        told = json.loads(each)
        place = log.leaves.index(each)
        listed.append(Listed(place, told["reported_as"], told["version"], told["event_id"]))
    return tuple(sorted(listed))


@dataclass(slots=True)
class Bundled:
    """A bundle that can be built wrongly."""

    life: list[bytes] = field(default_factory=lambda: list(LIFE))
    log: SmallLog | None = None
    names: tuple[str, ...] = (PACK, TMP)
    files: dict[str, bytes] = field(default_factory=dict)
    acts: list[bytes] = field(default_factory=list)
    reports: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        log = self.log = self.log or log_of([*self.acts, *self.life])
        manifest = Manifest(
            self.names[0],
            self.names,
            log.origin,
            len(log.leaves),
            _listed(self.life, log),
            _listed(self.acts, log),
            tuple(sorted(self.reports)),
        )
        order = manifest.entries
        packed = write_bundle(
            manifest,
            [log.leaves[each.log_index] for each in order],
            [log.receipt(each.log_index) for each in order],
            f"log {log.signer.verifier}\nquorum none\n".encode(),
            self.reports,
        )
        self.files = read_archive(packed)

    @property
    def manifest(self) -> Manifest:
        return Manifest.parse(self.files[MANIFEST])

    def say(self, **changes: Any) -> None:
        """Changes the manifest."""
        self.files[MANIFEST] = bytes(replace(self.manifest, **changes))

    def without(self, place: int) -> None:
        """Takes an event out, with its proof and its line of the manifest."""
        events = list(self.manifest.events)
        gone = events.pop(place)
        del self.files[gone.file], self.files[gone.proof]
        self.say(events=tuple(events))

    @property
    def packed(self) -> bytes:
        return write_archive(self.files)
