"""Bundles: the whole history of one battery as a ZIP, with what proves it. Their format, version 1.

`manifest.json` says what is inside and is itself believed in nothing: every word of it is compared
with the events and the checkpoint.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from dianchi_client.archive import write_archive
from dianchi_client.checkpoint import LARGEST_SIZE
from dianchi_client.errors import malformed
from dianchi_client.receipt import Receipt

MEDIA_TYPE: Final = "application/zip"
FORMAT: Final = "dianchi-bundle"
VERSION: Final = 1
SIGNED_VERSION: Final = 2
"""Of bundles with signed events: they hold the entries of the keys, too."""
MOST_EVENTS: Final = 5_000
MANIFEST: Final = "manifest.json"
CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
README: Final = "README.txt"
_README: Final = """\
滇池档案包：一只电池在日志中的全部记录，以及证明。
核对（不联网，不需要滇池的服务器；公钥要从别处得到：合同、公报、见证单位）：

    pip install ./clients/python
    dianchi-client verify-bundle THIS.zip --key 'LOG-KEY'

要求见证方签名时，用 --policy 给出自己的策略文件。本包里的 policy 仅供参考，核对时不使用。

A bundle of dianchi: every record of one battery in the log, with its proofs.
To check it, without a network and without the server of dianchi. The key must come by another way:
a contract, an official bulletin, a witness.

    pip install ./clients/python
    dianchi-client verify-bundle THIS.zip --key 'LOG-KEY'

To insist on witnesses, give a policy of your own by --policy. The file policy in here is for
information; the check does not use it.
"""


class Listed(NamedTuple):
    """One event: `stream` is the name it was reported under, `version` its place there from 1."""

    log_index: int
    stream: str
    version: int
    event_id: str

    @property
    def file(self) -> str:
        """Holds the stored bytes of the event."""
        return f"events/{self.log_index}.json"

    @property
    def proof(self) -> str:
        """Holds its receipt."""
        return f"proofs/{self.log_index}.tlog-proof"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself; `events` in the order of the log, `names` sorted.

    `keys` are the entries of the signing keys of whoever signed one of the events, in the order of
    the log; `reports` the ids of events whose whole report is in the bundle, sorted; `withheld`
    those whose report is not, since it names what whoever asked for the bundle may not see.
    """

    battery: str
    names: tuple[str, ...]
    origin: str
    size: int
    events: tuple[Listed, ...]
    keys: tuple[Listed, ...] = ()
    reports: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Listed, ...]:
        """All that the bundle holds of the log."""
        return self.events + self.keys

    @property
    def files(self) -> set[str]:
        """Every file of the bundle."""
        named = {name for listed in self.entries for name in (listed.file, listed.proof)}
        named |= {report_file(event_id) for event_id in self.reports}
        return named | {MANIFEST, CHECKPOINT, POLICY, README}

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads `manifest.json`, which has one form only.

        Raises:
            Rejected: it is none.
        """
        try:
            read = cls._of(json.loads(raw))
            same = bytes(read) == raw
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise malformed(MANIFEST, MANIFEST) from error
        if not same or not read.ordered or not read.events or len(read.entries) > MOST_EVENTS:
            raise malformed(MANIFEST, MANIFEST)
        return read

    @property
    def ordered(self) -> bool:
        """Whether everything stands in its order, once."""
        parts: tuple[list[Any], ...] = (
            [listed.log_index for listed in self.events],
            [listed.log_index for listed in self.keys],
            list(self.names),
            list(self.reports),
            list(self.withheld),
        )
        once = len({listed.log_index for listed in self.entries}) == len(self.entries)
        return once and all(sorted(set(part)) == part for part in parts)

    @classmethod
    def _of(cls, told: dict[str, Any]) -> Self:
        names, reports, withheld = (
            tuple(_text(each) for each in part)
            for part in (told["names"], told.get("reports", ()), told.get("withheld", ()))
        )
        return cls(
            _text(told["battery"]),
            names,
            _text(told["origin"]),
            _number(told["size"]),
            _listed(told["events"]),
            _listed(told.get("keys", ())),
            reports,
            withheld,
        )

    def __bytes__(self) -> bytes:
        signed = bool(self.keys or self.reports or self.withheld)
        told = {
            "format": FORMAT,
            "version": SIGNED_VERSION if signed else VERSION,
            "battery": self.battery,
            "names": list(self.names),
            "origin": self.origin,
            "size": self.size,
            "events": [listed._asdict() | {"file": listed.file} for listed in self.events],
        }
        if signed:
            told["keys"] = [listed._asdict() | {"file": listed.file} for listed in self.keys]
            told["reports"] = list(self.reports)
        if self.withheld:
            told["withheld"] = list(self.withheld)
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def report_file(event_id: str) -> str:
    """Holds the canonical report behind an event that does not tell all of it."""
    return f"reports/{event_id}.json"


def _listed(told: Iterable[dict[str, Any]]) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            _number(each["log_index"]),
            _text(each["stream"]),
            _number(each["version"]),
            _text(each["event_id"]),
        )
        for each in told
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_SIZE:
        raise TypeError
    return value


def write_bundle(
    manifest: Manifest,
    leaves: Sequence[bytes],
    receipts: Sequence[Receipt],
    policy: bytes,
    reports: Mapping[str, bytes] | None = None,
) -> bytes:
    """The ZIP.

    Args:
        manifest: what is in it, at least one event.
        leaves: the stored bytes of its events, and then of its keys, in its order.
        receipts: of the same entries, all under one checkpoint.
        policy: whose signatures the log expects; for information.
        reports: the canonical reports by the ids of their events.
    """
    files = {
        MANIFEST: bytes(manifest),
        CHECKPOINT: receipts[0].note,
        POLICY: policy,
        README: _README.encode(),
    }
    files |= {report_file(event_id): told for event_id, told in (reports or {}).items()}
    for listed, leaf, receipt in zip(manifest.entries, leaves, receipts, strict=True):
        files[listed.file] = leaf
        files[listed.proof] = bytes(receipt)
    return write_archive(files)
