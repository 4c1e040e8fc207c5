"""The whole check of a bundle. No network, no clock of its own, nothing unpacked to a disk.

What it proves: each event is in the one log of the checkpoint, in these bytes; each name has all
its versions from 1 to the last shown; the names are joined by events that are shown; what is signed
was signed by a key that the log held then. What it does not: that no later event exists.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dianchi_client.archive import read_archive
from dianchi_client.bundle import CHECKPOINT, MANIFEST, Listed, Manifest, report_file
from dianchi_client.canonical import retold
from dianchi_client.errors import Rejected, malformed
from dianchi_client.policy import Accepted, Policy
from dianchi_client.receipt import Receipt
from dianchi_client.signers import Signers
from dianchi_client.tree import leaf_hash, verify_inclusion

Told = dict[str, Any]


class VerifiedBundle(NamedTuple):
    """What is proven.

    Attributes:
        manifest: every word of it, compared.
        accepted: the checkpoint and its witnesses.
        occurred: when the first and the last event happened, as reported.
        recorded: when the first and the last event were stored.
        elsewhere: names that an uncorrected event calls the same battery, but that are not here:
            another GB/T code, a crowd of names, or a part that was held back.
        signed: the file of each event that its reporter signed, with the key (`kid`) that did.
        unchecked: the files of events whose signature covers a report that the bundle withholds.
    """

    manifest: Manifest
    accepted: Accepted
    occurred: tuple[str, str]
    recorded: tuple[str, str]
    elsewhere: tuple[str, ...]
    signed: Mapping[str, str]
    unchecked: tuple[str, ...]


def verify_bundle(raw: bytes, policy: Policy, now_s: int) -> VerifiedBundle:
    """Believes a bundle.

    Args:
        raw: the ZIP.
        policy: whose signatures count; never the one inside.
        now_s: seconds since 1970.

    Raises:
        Rejected: something does not fit; the sentence names the first file that does not.
    """
    files = read_archive(raw)
    if MANIFEST not in files:
        raise _left_out(MANIFEST)
    manifest = Manifest.parse(files[MANIFEST])
    _must_hold(manifest.files, files)
    accepted = policy.accept(files[CHECKPOINT], now_s)
    checkpoint = accepted.checkpoint
    if (manifest.origin, manifest.size) != (checkpoint.origin, checkpoint.size):
        raise _lies(MANIFEST, "日志名称或大小", "the name or size of the log")
    events = [_event(files, listed, accepted) for listed in manifest.events]
    _must_be_dense(manifest.events)
    elsewhere = _names_elsewhere(manifest, events)
    signed = _signed(files, manifest, events, _signers(files, manifest, accepted))
    return VerifiedBundle(
        manifest,
        accepted,
        _ends(events, "occurred_at"),
        _ends(events, "recorded_at"),
        elsewhere,
        signed,
        tuple(each.file for each in manifest.events if each.event_id in manifest.withheld),
    )


def _signers(files: Mapping[str, bytes], manifest: Manifest, accepted: Accepted) -> Signers:
    """Whose keys were good when, by entries that the log is shown to hold."""
    acts = [(listed.log_index, _event(files, listed, accepted)) for listed in manifest.keys]
    _must_be_dense(manifest.keys)
    return Signers.of(acts)


def _signed(
    files: Mapping[str, bytes], manifest: Manifest, events: Sequence[Told], signers: Signers
) -> dict[str, str]:
    """The events that their reporters signed; every signature that there is must be good."""
    signed: dict[str, str] = {}
    needed: set[str] = set()
    for listed, told in zip(manifest.events, events, strict=True):
        if listed.event_id in manifest.withheld:
            if "signature" not in told or retold(told) is not None:
                raise _lies(MANIFEST, "不附的上报", "the reports that are withheld")
            needed.add(listed.event_id)
        if "signature" not in told or listed.event_id in manifest.withheld:
            continue
        report = None
        if listed.event_id in manifest.reports:
            report = files[report_file(listed.event_id)]
            needed.add(listed.event_id)
        try:
            signed[listed.file] = signers.verify(told, listed.log_index, report).kid
        except Rejected as error:
            raise _at(listed.file, error) from error
    if needed != {*manifest.reports, *manifest.withheld}:
        raise _lies(MANIFEST, "上报原文", "the reports")
    return signed


def _must_hold(expected: set[str], found: Iterable[str]) -> None:
    names = set(found)
    for name in sorted(expected - names):
        raise _left_out(name)
    for name in sorted(names - expected):
        raise Rejected(
            "extra_file",
            f"{name} 不在清单中：有人往包里加了文件，或从清单中删去了它",
            f"{name} is not in the manifest: it was added to the bundle, or struck from the list",
        )


def _event(files: Mapping[str, bytes], listed: Listed, accepted: Accepted) -> Told:
    """An event that the log is shown to hold, as the manifest lists it."""
    leaf, checkpoint = files[listed.file], accepted.checkpoint
    try:
        receipt = Receipt.parse(files[listed.proof])
    except Rejected as error:
        raise _at(listed.proof, error) from error
    if receipt.note != files[CHECKPOINT]:
        raise Rejected(
            "other_checkpoint",
            f"{listed.proof} 用的是另一个检查点：全部证明必须出自同一个检查点",
            f"{listed.proof} stands on another checkpoint: all proofs must stand on the same one",
        )
    if receipt.index != listed.log_index:
        raise _lies(listed.proof, "日志位置", "the place in the log")
    try:
        verify_inclusion(
            leaf_hash(leaf), receipt.index, checkpoint.size, receipt.proof, checkpoint.root
        )
    except Rejected as error:
        raise _at(listed.file, error) from error
    return _as_listed(leaf, listed)


def _as_listed(leaf: bytes, listed: Listed) -> Told:
    try:
        told: Told = json.loads(leaf)
        shown = (told["reported_as"], told["version"], told["event_id"])
        whole = isinstance(told["data"], dict) and {"type", "occurred_at", "recorded_at"} <= set(
            told
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _at(listed.file, malformed("事件", "event")) from error
    if shown != (listed.stream, listed.version, listed.event_id) or not whole:
        raise _lies(listed.file, "编号、名称或第几条", "the id, name or version")
    return told


def _must_be_dense(events: Iterable[Listed]) -> None:
    versions: dict[str, list[int]] = {}
    for listed in events:
        versions.setdefault(listed.stream, []).append(listed.version)
    for stream, found in sorted(versions.items()):
        for due, version in enumerate(sorted(found), 1):
            if version < due:
                raise Rejected(
                    "twice",
                    f"{stream} 的第 {version} 条出现了两次：日志里有两份历史",
                    f"version {version} of {stream} is there twice: the log holds two histories",
                )
            if version > due:
                raise Rejected(
                    "gap",
                    f"{stream} 缺少第 {due} 条：中间的记录被抽走",
                    f"version {due} of {stream} is missing: an event was left out of the middle",
                )


def _names_elsewhere(manifest: Manifest, events: Sequence[Told]) -> tuple[str, ...]:
    """The names that are called the same battery and are not in the bundle.

    Raises:
        Rejected: the bundle's own names are not joined by its events.
    """
    joins = [{told["reported_as"], str(told["data"].get("name"))} for told in _standing(events)]
    reached, waiting = {manifest.battery}, True
    while waiting:
        more = {name for pair in joins if pair & reached & set(manifest.names) for name in pair}
        waiting = not more <= reached
        reached |= more
    shown = {listed.stream for listed in manifest.events}
    if not shown == set(manifest.names) <= reached or manifest.battery not in shown:
        raise _lies(MANIFEST, "电池的名称", "the names of the battery")
    return tuple(sorted(reached - shown))


def _standing(events: Sequence[Told]) -> list[Told]:
    """The `identified` events that no correction withdrew."""
    withdrawn = {
        told["data"].get("event_id")
        for told in events
        if told["type"] == "corrected" and "battery" not in told["data"]
    }
    return [
        told
        for told in events
        if told["type"] == "identified" and told["event_id"] not in withdrawn
    ]


def _ends(events: Iterable[Told], member: str) -> tuple[str, str]:
    moments = sorted(str(told[member]) for told in events)
    return moments[0], moments[-1]


def _left_out(name: str) -> Rejected:
    return Rejected(
        "missing_file",
        f"包里没有 {name}：它被抽走了，或清单多写了",
        f"{name} is not in the bundle: it was taken out, or the manifest claims too much",
    )


def _lies(name: str, zh: str, en: str) -> Rejected:
    return Rejected(
        "manifest_lies",
        f"{name}：{zh}与清单、日志所示不一致",
        f"{name}: {en} is not what the manifest and the log show",
    )


def _at(name: str, error: Rejected) -> Rejected:
    return Rejected(error.code, f"{name}：{error.zh}", f"{name}: {error.en}")
