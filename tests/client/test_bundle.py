"""A bundle proves a whole history; every way to forge one that we could think of is told."""

import io
import json
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dianchi_client.archive import LARGEST, MOST_FILES, write_archive
from dianchi_client.bundle import CHECKPOINT, MANIFEST
from dianchi_client.errors import Rejected
from dianchi_client.policy import Policy
from dianchi_client.verify_bundle import verify_bundle
from support.bundles import LIFE, PACK, TMP, Bundled, leaf, log_of
from support.logs import NOW_S, key, witness_key

POLICY = Policy.of_keys([str(key().verifier)])
FIRST = 9
"""Where the life begins in the log."""


def test_a_whole_history_is_believed() -> None:
    proven = verify_bundle(Bundled().packed, POLICY, NOW_S)
    assert proven.manifest.names == (PACK, TMP)
    assert [each.version for each in proven.manifest.events] == [1, 1, 2, 2, 3, 4]
    assert proven.occurred == ("2026-01-01", "2026-04-01")
    assert proven.recorded == ("2026-01-01T08:00:00Z", "2026-04-01T08:00:00Z")
    assert proven.elsewhere == ()


def test_the_same_log_gives_the_same_bytes() -> None:
    assert Bundled().packed == Bundled().packed


def test_a_bundle_that_was_packed_again_is_believed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in reversed(Bundled().files.items()):
            archive.writestr(name, held)
    assert verify_bundle(out.getvalue(), POLICY, NOW_S)


def test_the_policy_inside_counts_for_nothing() -> None:
    bundled = Bundled()
    bundled.files["policy"] = f"log {key(seed=9).verifier}\nquorum none\n".encode()
    assert verify_bundle(bundled.packed, POLICY, NOW_S)


def test_a_name_that_is_not_in_the_bundle_is_told() -> None:
    alone = [leaf(PACK, 1, "produced", "e1"), leaf(PACK, 2, "identified", "e2", name="tmp:X-1")]
    told = verify_bundle(Bundled(alone, names=(PACK,)).packed, POLICY, NOW_S)
    assert told.elsewhere == ("tmp:X-1",)
    withdrawn = [*alone, leaf(PACK, 3, "corrected", "e3", event_id="e2")]
    told = verify_bundle(Bundled(withdrawn, names=(PACK,)).packed, POLICY, NOW_S)
    assert told.elsewhere == ()


def byte_of_an_event() -> bytes:
    bundled = Bundled()
    file = bundled.manifest.events[3].file
    bundled.files[file] = bundled.files[file].replace(b"mirrored", b"mirrorEd")
    return bundled.packed


def dropped_from_the_middle() -> bytes:
    bundled = Bundled()
    bundled.without(4)
    return bundled.packed


def dropped_but_listed() -> bytes:
    bundled = Bundled()
    del bundled.files[bundled.manifest.events[2].file]
    return bundled.packed


def two_swapped() -> bytes:
    bundled = Bundled()
    one, other = (bundled.manifest.events[at].file for at in (1, 2))
    held = bundled.files
    held[one], held[other] = held[other], held[one]
    return bundled.packed


def two_swapped_with_proofs() -> bytes:
    bundled = Bundled()
    one, other = (bundled.manifest.events[at] for at in (1, 2))
    held = bundled.files
    held[one.file], held[other.file] = held[other.file], held[one.file]
    held[one.proof], held[other.proof] = held[other.proof], held[one.proof]
    return bundled.packed


def proof_of_another_index() -> bytes:
    bundled = Bundled()
    one, other = bundled.manifest.events[:2]
    bundled.files[one.proof] = bundled.files[other.proof]
    return bundled.packed


def index_renamed() -> bytes:
    bundled = Bundled()
    one, other = bundled.manifest.events[:2]
    proof = bundled.files[other.proof]
    renamed = proof.replace(b"index %d\n" % other.log_index, b"index %d\n" % one.log_index)
    bundled.files[one.proof] = renamed
    return bundled.packed


def checkpoint_of_another_size() -> bytes:
    bundled = Bundled()
    assert bundled.log
    bundled.files[CHECKPOINT] = bundled.log.note(20)
    bundled.say(size=20)
    return bundled.packed


def proof_under_another_checkpoint() -> bytes:
    bundled = Bundled()
    assert bundled.log
    one = bundled.manifest.events[0]
    bundled.files[one.proof] = bytes(bundled.log.receipt(one.log_index, 20))
    return bundled.packed


def checkpoint_of_another_log() -> bytes:
    log = log_of(LIFE)
    log.origin, log.signer = "t.ynbat.cn/log-2", key("t.ynbat.cn/log-2")
    return Bundled(log=log).packed


def other_key() -> bytes:
    log = log_of(LIFE)
    log.signer = key(seed=9)
    return Bundled(log=log).packed


def struck_from_the_manifest() -> bytes:
    bundled = Bundled()
    bundled.say(events=bundled.manifest.events[:-1])
    return bundled.packed


def claims_an_event_too_many() -> bytes:
    bundled = Bundled()
    last = bundled.manifest.events[-1]
    more = last._replace(log_index=last.log_index + 1, version=5)
    bundled.say(events=(*bundled.manifest.events, more))
    return bundled.packed


def listed_twice() -> bytes:
    bundled = Bundled()
    first = bundled.manifest.events[0]
    bundled.say(events=(first, *bundled.manifest.events))
    return bundled.packed


def another_version_listed() -> bytes:
    bundled = Bundled()
    *events, last = bundled.manifest.events
    bundled.say(events=(*events, last._replace(version=5)))
    return bundled.packed


def another_size_listed() -> bytes:
    bundled = Bundled()
    bundled.say(size=10_000)
    return bundled.packed


def manifest_in_another_form() -> bytes:
    bundled = Bundled()
    bundled.files[MANIFEST] = json.dumps(json.loads(bundled.files[MANIFEST])).encode()
    return bundled.packed


def two_histories_in_the_log() -> bytes:
    return Bundled([*LIFE, leaf(PACK, 2, "inspected", "e9")]).packed


def battery_of_somebody_else() -> bytes:
    other = leaf("tmp:KM01-8", 1, "collected", "e9")
    return Bundled([*LIFE, other], names=(PACK, TMP, "tmp:KM01-8")).packed


def name_left_out_of_the_names() -> bytes:
    bundled = Bundled()
    bundled.say(names=(PACK,))
    return bundled.packed


def joined_by_what_was_withdrawn() -> bytes:
    return Bundled([*LIFE, leaf(PACK, 5, "corrected", "e6", event_id="e3")]).packed


def extra_file() -> bytes:
    bundled = Bundled()
    bundled.files["events/1.json"] = LIFE[0]
    return bundled.packed


def no_manifest() -> bytes:
    bundled = Bundled()
    del bundled.files[MANIFEST]
    return bundled.packed


def path_traversal() -> bytes:
    return write_archive(Bundled().files | {"../evil.sh": b"x"})


def absolute_path() -> bytes:
    return write_archive(Bundled().files | {"/etc/passwd": b"x"})


def windows_path() -> bytes:
    return write_archive(Bundled().files | {"events\\1.json": b"x"})


def name_with_a_zero_byte() -> bytes:
    files = dict(Bundled().files)
    files["README.txtX.exe"] = files.pop("README.txt")
    return write_archive(files).replace(b"README.txtX.exe", b"README.txt\0.exe")


def file_twice() -> bytes:
    out = io.BytesIO(Bundled().packed)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", b"another")
    return out.getvalue()


def bomb() -> bytes:
    return _deflated(Bundled().files | {"README.txt": bytes(2 * 1024 * 1024)})


def bomb_that_lies_about_its_size() -> bytes:
    packed = _deflated(Bundled().files | {"README.txt": bytes(2 * 1024 * 1024)})
    size = struct.pack("<I", 2 * 1024 * 1024)
    return packed.replace(size, struct.pack("<I", 1024))


def too_many_files() -> bytes:
    return write_archive({f"events/{n}.json": b"" for n in range(MOST_FILES + 1)})


def too_large() -> bytes:
    return bytes(LARGEST + 1)


def no_zip() -> bytes:
    return b"PK, but not really"


def cut_short() -> bytes:
    return Bundled().packed[:-100]


def byte_flipped() -> bytes:
    return Bundled().packed.replace(b"produced", b"proDuced", 1)


def _deflated(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    return out.getvalue()


FORGERIES: list[tuple[Callable[[], bytes], str, str]] = [
    (byte_of_an_event, "not_included", "events/18.json: the event is not what the log holds"),
    (dropped_from_the_middle, "gap", f"version 3 of {PACK} is missing"),
    (dropped_but_listed, "missing_file", "events/15.json is not in the bundle"),
    (two_swapped, "not_included", "events/12.json: the event is not what the log holds"),
    (two_swapped_with_proofs, "manifest_lies", "proofs/12.tlog-proof: the place in the log"),
    (proof_of_another_index, "manifest_lies", "proofs/9.tlog-proof: the place in the log"),
    (index_renamed, "not_included", "events/9.json: the event is not what the log holds"),
    (checkpoint_of_another_size, "other_checkpoint", "proofs/9.tlog-proof stands on another"),
    (proof_under_another_checkpoint, "other_checkpoint", "proofs/9.tlog-proof stands on another"),
    (checkpoint_of_another_log, "wrong_origin", "another log: t.ynbat.cn/log-2"),
    (other_key, "not_signed", "this log never issued it"),
    (struck_from_the_manifest, "extra_file", "events/24.json is not in the manifest"),
    (claims_an_event_too_many, "missing_file", "events/25.json is not in the bundle"),
    (listed_twice, "malformed", "manifest.json is not in its format"),
    (another_version_listed, "manifest_lies", "events/24.json: the id, name or version"),
    (another_size_listed, "manifest_lies", "manifest.json: the name or size of the log"),
    (manifest_in_another_form, "malformed", "manifest.json is not in its format"),
    (two_histories_in_the_log, "twice", f"version 2 of {PACK} is there twice"),
    (battery_of_somebody_else, "manifest_lies", "manifest.json: the names of the battery"),
    (name_left_out_of_the_names, "manifest_lies", "manifest.json: the names of the battery"),
    (joined_by_what_was_withdrawn, "manifest_lies", "manifest.json: the names of the battery"),
    (extra_file, "extra_file", "events/1.json is not in the manifest"),
    (no_manifest, "missing_file", "manifest.json is not in the bundle"),
    (path_traversal, "bad_name", "the name '../evil.sh' in the ZIP is not safe"),
    (absolute_path, "bad_name", "the name '/etc/passwd' in the ZIP is not safe"),
    (windows_path, "bad_name", "in the ZIP is not safe"),
    (name_with_a_zero_byte, "bad_name", r"the name 'README.txt\x00.exe' in the ZIP"),
    (file_twice, "twice", "manifest.json stands twice in the ZIP"),
    (bomb, "too_large", "README.txt holds more than a bundle may"),
    (bomb_that_lies_about_its_size, "damaged", "README.txt is damaged"),
    (too_many_files, "too_large", "ZIP holds more than a bundle may"),
    (too_large, "too_large", "ZIP holds more than a bundle may"),
    (no_zip, "malformed", "the ZIP file is not in its format"),
    (cut_short, "malformed", "the ZIP file is not in its format"),
    (byte_flipped, "damaged", "events/9.json is damaged"),
]


@pytest.mark.parametrize(
    ("forge", "code", "sentence"), FORGERIES, ids=[forge.__name__ for forge, *_ in FORGERIES]
)
def test_no_forgery_is_believed(forge: Callable[[], bytes], code: str, sentence: str) -> None:
    with pytest.raises(Rejected) as refused:
        verify_bundle(forge(), POLICY, NOW_S)
    assert sentence in refused.value.en
    assert refused.value.code == code
    assert any("一" <= sign <= "鿿" for sign in refused.value.zh)


def test_a_bomb_is_not_unpacked_beyond_what_it_claims() -> None:
    length = 32 * 1024 * 1024
    packed = _deflated(Bundled().files | {"README.txt": bytes(length)})
    small = packed.replace(struct.pack("<I", length), struct.pack("<I", 1024))
    tracemalloc.start()
    with pytest.raises(Rejected, match=r"README\.txt is damaged"):
        verify_bundle(small, POLICY, NOW_S)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < length / 4


def test_too_few_witnesses_are_not_believed() -> None:
    policy = Policy.parse(
        f"log {key().verifier}\nwitness w1 {witness_key(1).verifier}\nquorum w1\n".encode()
    )
    with pytest.raises(Rejected, match="too few witnesses"):
        verify_bundle(Bundled().packed, policy, NOW_S)
    log = log_of(LIFE)
    log.witnesses = (witness_key(1),)
    assert verify_bundle(Bundled(log=log).packed, policy, NOW_S).accepted.witnesses == {"w1": NOW_S}


def test_nothing_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    verify_bundle(Bundled().packed, POLICY, NOW_S)
    assert list(tmp_path.iterdir()) == []


def test_events_held_back_at_the_end_are_not_noticed() -> None:
    """The limit of what a bundle proves, as the documentation says it."""
    bundled = Bundled()
    bundled.without(5)
    assert verify_bundle(bundled.packed, POLICY, NOW_S)
