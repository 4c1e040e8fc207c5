"""Bundles with signatures of reporters: who signed what, and every way to forge it is told.

The log is on the forger's side here: it holds what the forger wants, under proofs that fit.
"""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianchi_client import signers
from dianchi_client.bundle import MANIFEST
from dianchi_client.canonical import encode64url, plain_json
from dianchi_client.errors import Rejected
from dianchi_client.policy import Policy
from dianchi_client.signing import ReporterKey, canonical, kid_of
from dianchi_client.verify import Entry, verify_signer
from dianchi_client.verify_bundle import VerifiedBundle, verify_bundle
from support.bundles import PACK, Bundled, log_of
from support.logs import NOW_S, key
from support.signing import Raw, normal

POLICY = Policy.of_keys([str(key().verifier)])
MAKER, OTHER = "O1MAKER11111", "O1OTHER11111"


def reporter_key(seed: int) -> ReporterKey:
    return ReporterKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


OWN, SECOND, THEIRS = (reporter_key(seed) for seed in (1, 2, 3))
KID = kid_of(MAKER, OWN.public.thumbprint)


def at(minute: int) -> str:
    return f"2026-07-01T08:{minute:02d}:00.000000Z"


def entry(told: Raw, subject: str, version: int, minute: int, by: str = MAKER) -> Raw:
    """An event as the log holds it."""
    reported = {name: value for name, value in told.items() if name not in {"battery", "signature"}}
    return reported | {
        "organisation": by,
        "recorded_at": at(minute),
        "report_sha256": sha256(canonical(told)).hexdigest(),
        "reported_as": subject,
        "version": version,
    }


def act(kind: str, version: int, minute: int, by: str = MAKER, **data: Any) -> bytes:
    told = normal(event_id=f"{kind}-{by}-{version}", type=kind, data=data)
    return plain_json(entry(told, signers.subject_of(by), version, minute, by))


def added(one: ReporterKey, version: int, minute: int = 0, by: str = MAKER) -> bytes:
    kid = kid_of(by, one.public.thumbprint)
    proof = one.sign(signers.possession(kid), by, 1)
    return act(signers.ADDED, version, minute, by, jwk=one.public.jwk, kid=kid, possession=proof)


def revoked(version: int, minute: int) -> bytes:
    return act(signers.REVOKED, version, minute, kid=KID, reason="lost")


def event(version: int, minute: int = 10, **changes: Any) -> Raw:
    """A signed event of the pack; by `signature` or `by` another one."""
    signature, by = changes.pop("signature", None), changes.pop("by", MAKER)
    told = normal(battery=PACK, event_id=f"e{version}", **changes)
    signature = OWN.sign(canonical(told), by) if signature is None else signature
    return entry(told, PACK, version, minute, by) | {"signature": signature}


def leaf(told: Raw) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def bundled(*events: Raw, acts: list[bytes] | None = None, **more: Any) -> Bundled:
    keys = [added(OWN, 1)] if acts is None else acts
    return Bundled([leaf(each) for each in events], names=(PACK,), acts=keys, **more)


def believed(one: Bundled) -> VerifiedBundle:
    return verify_bundle(one.packed, POLICY, NOW_S)


def test_who_signed_what_is_told() -> None:
    unsigned = event(2)
    del unsigned["signature"]
    proven = believed(bundled(event(1), unsigned, event(3)))
    files = [listed.file for listed in proven.manifest.events]
    assert dict(proven.signed) == {files[0]: KID, files[2]: KID}


def test_a_bundle_without_signatures_has_its_first_form() -> None:
    unsigned = event(1)
    del unsigned["signature"]
    told = json.loads(bundled(unsigned, acts=[]).files[MANIFEST])
    assert told["version"] == 1
    assert "keys" not in told
    assert json.loads(bundled(event(1)).files[MANIFEST])["version"] == 2


def test_what_a_key_signed_before_it_was_revoked_stays_signed() -> None:
    acts = [added(OWN, 1), revoked(2, 20)]
    one = leaf(event(1))
    before = Bundled([one], names=(PACK,), acts=acts, log=log_of([acts[0], one, acts[1]]))
    assert len(believed(before).signed) == 1
    # Let in before the revocation, written a moment after it.
    assert len(believed(bundled(event(1, 20), acts=acts)).signed) == 1


def test_a_report_that_names_others_may_be_withheld_and_its_signature_is_then_unchecked() -> None:
    whole = normal(battery=PACK, event_id="e1", data={"soh_percent": "90", "note": "a"})
    kept = event(1) | {
        "report_sha256": sha256(canonical(whole)).hexdigest(),
        "signature": OWN.sign(canonical(whole), MAKER),
    }
    one = bundled(kept)
    one.say(withheld=("e1",))

    proven = believed(one)

    assert (dict(proven.signed), len(proven.unchecked)) == ({}, 1)


def withheld_though_the_event_tells_it() -> Bundled:
    one = bundled(event(1))
    one.say(withheld=("e1",))
    return one


def test_the_whole_report_is_given_where_the_event_does_not_tell_it() -> None:
    told = normal(battery=PACK, event_id="e1", data={"soh_percent": "90", "note": "a"})
    kept = event(1) | {
        "report_sha256": sha256(canonical(told)).hexdigest(),
        "signature": OWN.sign(canonical(told), MAKER),
    }
    assert believed(bundled(kept, reports={"e1": canonical(told)})).signed


def by_another(payload: bytes, **header: Any) -> str:
    """A signature by the second key under the name of the first."""
    protected = encode64url(plain_json({"alg": "Ed25519", "kid": KID} | header))
    raw = SECOND._raw(f"{protected}.{encode64url(payload)}".encode())
    return f"{protected}..{encode64url(raw)}"


def other_key() -> Bundled:
    told = normal(battery=PACK, event_id="e1")
    return bundled(event(1, signature=by_another(canonical(told))))


def key_of_another_organisation() -> Bundled:
    told = normal(battery=PACK, event_id="e1")
    acts = [added(OWN, 1), added(THEIRS, 1, by=OTHER)]
    return bundled(event(1, signature=THEIRS.sign(canonical(told), OTHER)), acts=acts)


def event_in_the_name_of_another() -> Bundled:
    return bundled(
        event(1) | {"organisation": OTHER}, acts=[added(OWN, 1), added(THEIRS, 1, by=OTHER)]
    )


def revoked_key() -> Bundled:
    return bundled(event(1, 30), acts=[added(OWN, 1), revoked(2, 20)])


def byte_of_the_event() -> Bundled:
    one = bundled(event(1))
    file = one.manifest.events[0].file
    one.files[file] = one.files[file].replace(b"90.5", b"90.6")
    return one


def byte_of_the_event_in_the_log() -> Bundled:
    return bundled(event(1) | {"data": {"soh_percent": "90.6"}})


def byte_of_the_event_and_its_hash() -> Bundled:
    told = normal(battery=PACK, event_id="e1", data={"soh_percent": "90.6"})
    changed = {"data": told["data"], "report_sha256": sha256(canonical(told)).hexdigest()}
    return bundled(event(1) | changed)


def algorithm_none() -> Bundled:
    return bundled(event(1, signature=under({"alg": "none", "kid": KID})))


def shared_secret() -> Bundled:
    """The public key as the secret of an HMAC."""
    told = normal(battery=PACK, event_id="e1")
    protected = encode64url(plain_json({"alg": "HS256", "kid": KID}))
    signed = f"{protected}.{encode64url(canonical(told))}".encode()
    mac = hmac.digest(OWN.public.x, signed, "sha512")
    return bundled(event(1, signature=f"{protected}..{encode64url(mac)}"))


def under(header: Raw) -> str:
    tail = event(1)["signature"].partition("..")[2]
    return f"{encode64url(plain_json(header))}..{tail}"


def kid_of_another_key() -> Bundled:
    other = kid_of(MAKER, SECOND.public.thumbprint)
    text = under({"alg": "Ed25519", "kid": other})
    return bundled(event(1, signature=text), acts=[added(OWN, 1), added(SECOND, 2)])


def key_entry_left_out() -> Bundled:
    return bundled(event(1), acts=[])


def key_entry_taken_out_of_the_middle() -> Bundled:
    return bundled(event(1, 30), acts=[added(OWN, 1), added(SECOND, 3)])


def revocation_left_out() -> Bundled:
    acts = [added(OWN, 1), added(SECOND, 3)]
    told = bundled(event(1, 30), acts=[acts[0], revoked(2, 20), acts[1]])
    first, gone, last = told.manifest.keys
    del told.files[gone.file], told.files[gone.proof]
    told.say(keys=(first, last))
    return told


def key_entry_not_in_the_log() -> Bundled:
    told = bundled(event(1))
    file = told.manifest.keys[0].file
    told.files[file] = added(SECOND, 1)
    return told


def signature_of_another_event() -> Bundled:
    return bundled(event(1), event(2) | {"signature": event(1)["signature"]})


def signature_cut_short() -> Bundled:
    return bundled(event(1, signature=event(1)["signature"][:-2]))


def signature_of_no_text() -> Bundled:
    return bundled(event(1, signature=7))


def signed_before_the_key_was_added() -> Bundled:
    one, act_ = leaf(event(1)), added(OWN, 1, 20)
    return Bundled([one], names=(PACK,), acts=[act_], log=log_of([one, act_]))


def key_that_nobody_holds() -> Bundled:
    """The service adds a key of its own for somebody: its proof of possession is another's."""
    kid = kid_of(MAKER, OWN.public.thumbprint)
    proof = SECOND.sign(signers.possession(kid), MAKER, 1)
    data: Raw = {"jwk": OWN.public.jwk, "kid": kid, "possession": proof}
    return bundled(event(1), acts=[act(signers.ADDED, 1, 0, **data)])


def proof_by_another_key() -> Bundled:
    """The same name in the proof, so that only the signature itself tells."""
    proof = by_another(signers.possession(KID), iat=1)
    data: Raw = {"jwk": OWN.public.jwk, "kid": KID, "possession": proof}
    return bundled(event(1), acts=[act(signers.ADDED, 1, 0, **data)])


def proof_for_another_organisation() -> Bundled:
    proof = OWN.sign(signers.possession(kid_of(OTHER, OWN.public.thumbprint)), OTHER, 1)
    data: Raw = {"jwk": OWN.public.jwk, "kid": KID, "possession": proof}
    return bundled(event(1), acts=[act(signers.ADDED, 1, 0, **data)])


def key_under_the_name_of_another() -> Bundled:
    wrong = kid_of(MAKER, SECOND.public.thumbprint)
    data: Raw = {"jwk": OWN.public.jwk, "kid": wrong, "possession": "x"}
    return bundled(event(1), acts=[act(signers.ADDED, 1, 0, **data)])


def key_entry_of_no_organisation() -> Bundled:
    told = json.loads(added(OWN, 1)) | {"reported_as": MAKER}
    return bundled(event(1), acts=[leaf(told)])


def report_among_the_keys() -> Bundled:
    told = event(1) | {"reported_as": signers.subject_of(MAKER), "event_id": "e9"}
    return bundled(event(1), acts=[leaf(told)])


def key_entry_without_a_key() -> Bundled:
    return bundled(event(1), acts=[act(signers.ADDED, 1, 0)])


def report_of_another_event() -> Bundled:
    return bundled(event(1), reports={"e1": canonical(normal(battery=PACK, event_id="e2"))})


def report_that_nobody_needs() -> Bundled:
    return bundled(event(1), reports={"e9": b"{}"})


def report_left_out() -> Bundled:
    told = normal(battery=PACK, event_id="e1", data={"soh_percent": "90", "note": "a"})
    changed = {
        "report_sha256": sha256(canonical(told)).hexdigest(),
        "signature": OWN.sign(canonical(told), MAKER),
    }
    return bundled(event(1) | changed)


def event_of_nobody() -> Bundled:
    told = event(1)
    del told["organisation"]
    return bundled(told)


def key_entries_listed_but_gone() -> Bundled:
    told = bundled(event(1))
    del told.files[told.manifest.keys[0].file]
    return told


FORGERIES: list[tuple[Callable[[], Bundled], str]] = [
    (other_key, "bad_signature"),
    (key_of_another_organisation, "other_signer"),
    (event_in_the_name_of_another, "other_signer"),
    (revoked_key, "revoked_key"),
    (byte_of_the_event, "not_included"),
    (byte_of_the_event_in_the_log, "report_needed"),
    (byte_of_the_event_and_its_hash, "bad_signature"),
    (algorithm_none, "unknown_algorithm"),
    (shared_secret, "unknown_algorithm"),
    (kid_of_another_key, "bad_signature"),
    (key_entry_left_out, "unknown_key"),
    (key_entry_taken_out_of_the_middle, "gap"),
    (revocation_left_out, "gap"),
    (key_entry_not_in_the_log, "not_included"),
    (signature_of_another_event, "bad_signature"),
    (signature_cut_short, "malformed"),
    (signature_of_no_text, "malformed"),
    (signed_before_the_key_was_added, "key_too_late"),
    (key_that_nobody_holds, "malformed"),
    (proof_by_another_key, "bad_signature"),
    (proof_for_another_organisation, "malformed"),
    (key_under_the_name_of_another, "malformed"),
    (key_entry_of_no_organisation, "malformed"),
    (report_among_the_keys, "malformed"),
    (key_entry_without_a_key, "malformed"),
    (report_of_another_event, "other_report"),
    (report_that_nobody_needs, "manifest_lies"),
    (report_left_out, "report_needed"),
    (withheld_though_the_event_tells_it, "manifest_lies"),
    (event_of_nobody, "malformed"),
    (key_entries_listed_but_gone, "missing_file"),
]


@pytest.mark.parametrize(
    ("forge", "code"), FORGERIES, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_forgery_is_refused(forge: Callable[[], Bundled], code: str) -> None:
    with pytest.raises(Rejected) as caught:
        believed(forge())
    assert caught.value.code == code


def one_entry(one: Bundled, listed: Any) -> Entry:
    return Entry(one.files[listed.proof], one.files[listed.file])


def test_one_event_is_checked_with_the_entry_of_its_key() -> None:
    one = bundled(event(1), acts=[added(OWN, 1), added(SECOND, 2)])
    signed, own, second = (one_entry(one, listed) for listed in one.manifest.entries)
    assert verify_signer(signed, own, None, POLICY, NOW_S) == KID
    for entries, code in (
        ((signed, second), "unknown_key"),
        ((own, own), "not_signed_by_reporter"),
        ((signed, signed), "malformed"),
        ((signed, Entry(signed.receipt, own.leaf)), "not_included"),
    ):
        with pytest.raises(Rejected) as caught:
            verify_signer(*entries, None, POLICY, NOW_S)
        assert caught.value.code == code
