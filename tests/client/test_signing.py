"""Signatures of reporters: one form, three algorithms, and nothing else that could pass for one."""

import json
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from dianchi.store.published import published
from dianchi_client.canonical import decode64url, encode64url, plain_json, retold
from dianchi_client.errors import Rejected
from dianchi_client.jwk import _WEAK
from dianchi_client.signing import CURVES, PublicKey, ReporterKey, Signature, canonical, statement
from support.signing import normal

ORGANISATION = "O1FIRM111111"
PAYLOAD = canonical(normal())
KEYS = {name: ReporterKey.make(name) for name in CURVES}
VECTORS: dict[str, Any] = json.loads(
    Path(published("schemas") / "examples" / "signatures-v1.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_published_signature_verifies_for_ever(vector: dict[str, Any]) -> None:
    payload = canonical(vector["report"])
    assert payload.decode() == vector["canonical"]
    assert sha256(payload).hexdigest() == vector["sha256"]
    key = ReporterKey.parse(VECTORS["keys"][vector["key"]])
    signature = Signature.parse(vector["signature"])
    signature.verify(payload, key.public)
    assert signature.kid == vector["kid"]
    if signature.algorithm == "Ed25519":
        assert key.sign(payload, VECTORS["organisation"]) == vector["signature"]


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """RFC 8037, A.3."""
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    key = PublicKey.parse({"kty": "OKP", "crv": "Ed25519", "x": x})
    assert key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_another_library_reads_ours_and_we_read_its(algorithm: str) -> None:
    ours = KEYS[algorithm]
    kinds: dict[str, Any] = {"Ed25519": OKPKey, "ES256": ECKey}
    theirs = kinds[algorithm].import_key(ours.jwk)
    text = ours.sign(PAYLOAD, ORGANISATION)
    whole = text.replace("..", f".{encode64url(PAYLOAD)}.")
    assert jws.deserialize_compact(whole, theirs, [algorithm]).payload == PAYLOAD
    assert theirs.thumbprint() == ours.public.thumbprint
    header = {"alg": algorithm, "kid": f"{ORGANISATION}/{ours.public.thumbprint}"}
    made = jws.detach_content(jws.serialize_compact(header, PAYLOAD, theirs, [algorithm]))
    Signature.parse(made).verify(PAYLOAD, ours.public)


@pytest.mark.parametrize("algorithm", CURVES)
def test_a_key_is_read_as_it_was_written(algorithm: str) -> None:
    key = KEYS[algorithm]
    again = ReporterKey.parse(key.jwk | {"kid": "x", "alg": algorithm, "use": "sig"})
    assert again.public == key.public == PublicKey.parse(key.public.jwk)
    Signature.parse(again.sign(PAYLOAD, ORGANISATION, 7)).verify(PAYLOAD, key.public)


@pytest.mark.parametrize("algorithm", CURVES)
def test_one_changed_character_is_refused(algorithm: str) -> None:
    key = KEYS[algorithm]
    text = key.sign(PAYLOAD, ORGANISATION, 7)
    random = Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n"
    for at in range(len(text)):
        letter = random.choice(letters.replace(text[at], ""))
        for changed in (text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :]):
            with pytest.raises(Rejected):
                Signature.parse(changed).verify(PAYLOAD, key.public)


@pytest.mark.parametrize("algorithm", CURVES)
def test_one_changed_bit_of_the_report_is_refused(algorithm: str) -> None:
    key = KEYS[algorithm]
    signature = Signature.parse(key.sign(PAYLOAD, ORGANISATION))
    for bit in range(0, 8 * len(PAYLOAD), 7):
        changed = bytearray(PAYLOAD)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Rejected):
            signature.verify(bytes(changed), key.public)


def forged(header: Any, key: ReporterKey = KEYS["Ed25519"]) -> str:
    """A signature that fits, under any header."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    protected = encode64url(raw)
    return f"{protected}..{encode64url(key._raw(f'{protected}.{encode64url(PAYLOAD)}'.encode()))}"


KID = f"{ORGANISATION}/{KEYS['Ed25519'].public.thumbprint}"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none", "kid": KID}, "unknown_algorithm"),
        ({"alg": "HS256", "kid": KID}, "unknown_algorithm"),
        ({"alg": "ES256", "kid": KID}, "unknown_algorithm"),
        ({"alg": "eddsa", "kid": KID}, "unknown_algorithm"),
        ({"alg": "EdDSA"}, "malformed"),
        ({"kid": KID}, "malformed"),
        ({"alg": "EdDSA", "kid": KID, "crit": ["b64"], "b64": False}, "malformed"),
        ({"alg": "EdDSA", "kid": KID, "jwk": {}}, "malformed"),
        ({"alg": "EdDSA", "kid": KID, "iat": True}, "malformed"),
        ({"alg": "EdDSA", "kid": KID, "iat": 1.5}, "malformed"),
        ({"alg": ["EdDSA"], "kid": KID}, "malformed"),
        ({"alg": "EdDSA", "kid": "O1FIRM111111"}, "malformed"),
        ({"alg": "EdDSA", "kid": KID + "x"}, "malformed"),
        ([], "malformed"),
        (b"[" * 9000, "malformed"),
        (b"\xff", "malformed"),
        pytest.param(
            f'{{"alg":"EdDSA","alg":"EdDSA","kid":"{KID}"}}'.encode(), "malformed", id="twice"
        ),
    ],
)
def test_a_header_is_exactly_what_it_may_be(header: Any, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        Signature.parse(forged(header)).verify(PAYLOAD, KEYS["Ed25519"].public)
    assert caught.value.code == code


def test_the_header_that_it_may_be_is_believed() -> None:
    for header in ({"alg": "EdDSA", "kid": KID}, {"kid": KID, "alg": "Ed25519", "iat": 7}):
        Signature.parse(forged(header)).verify(PAYLOAD, KEYS["Ed25519"].public)


@pytest.mark.parametrize("text", [None, 7, "", "..", "a..b", "x" * 5000, "é..é"])
def test_what_is_no_signature_is_refused(text: object) -> None:
    with pytest.raises(Rejected):
        Signature.parse(text)


def test_a_payload_inside_is_refused() -> None:
    text = KEYS["Ed25519"].sign(PAYLOAD, ORGANISATION)
    with pytest.raises(Rejected):
        Signature.parse(text.replace("..", f".{encode64url(PAYLOAD)}."))


def order_of(y: int, odd: int) -> int | None:
    """The order of a point of Ed25519 when it is 8 or less; None for any other, 0 for no point."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    x = pow(square, (p + 3) // 8, p)
    if (x * x - square) % p:
        x = x * pow(2, (p - 1) // 4, p) % p
    if (x * x - square) % p:
        return 0
    if x % 2 != odd:
        x = -x % p
    at = (0, 1)
    for order in range(1, 9):
        common = d * at[0] * x * at[1] * y
        at = (
            (at[0] * y + x * at[1]) * pow(1 + common, -1, p) % p,
            (at[1] * y + at[0] * x) * pow(1 - common, -1, p) % p,
        )
        if at == (0, 1):
            return order
    return None


def test_every_key_that_anybody_could_sign_for_is_refused() -> None:
    """Those of order 8 or less, by the curve's own arithmetic, and no other."""
    p = 2**255 - 19
    weak = {int.from_bytes(raw, "little") for raw in _WEAK}
    assert all(order_of(y % p, odd) is not None for y in weak for odd in (0, 1))
    orders = {order_of(y % p, 0) for y in weak}
    assert orders == {1, 2, 4, 8}
    for y in weak:
        for sign in (0, 1):
            raw = (y | sign << 255).to_bytes(32, "little")
            with pytest.raises(Rejected) as caught:
                PublicKey.parse({"kty": "OKP", "crv": "Ed25519", "x": encode64url(raw)})
            assert caught.value.code == "weak_key"
    good = int.from_bytes(KEYS["Ed25519"].public.x, "little")
    assert order_of(good % 2**255, good >> 255) is None


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (None, "malformed"),
        ({}, "unknown_algorithm"),
        ({"kty": "oct", "k": "AAAA"}, "private_key"),
        ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "unknown_algorithm"),
        ({"kty": ["OKP"], "crv": "Ed25519", "x": "A"}, "unknown_algorithm"),
        (KEYS["Ed25519"].jwk, "private_key"),
        (KEYS["Ed25519"].public.jwk | {"x5c": "A"}, "malformed"),
        (KEYS["Ed25519"].public.jwk | {"x": 7}, "malformed"),
        (KEYS["Ed25519"].public.jwk | {"x": KEYS["Ed25519"].public.jwk["x"] + "="}, "malformed"),
        (KEYS["Ed25519"].public.jwk | {"x": "AAAA"}, "malformed"),
        (KEYS["Ed25519"].public.jwk | {"kty": "EC"}, "unknown_algorithm"),
        (KEYS["ES256"].public.jwk | {"x": encode64url(bytes(32))}, "weak_key"),
    ],
)
def test_what_is_no_public_key_is_refused(jwk: object, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        PublicKey.parse(jwk)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "report",
    [
        normal(occurred_at="2026-01-02T09:00:00+08:00"),
        normal(occurred_at="2026-01-02T01:00:00Z"),
        normal(occurred_at=None),
        normal(data={"soh_percent": 90.5}),
        normal(data={"soh_percent": None}),
        normal(data={"cycles": 2**53}),
        normal(data={"x": [{"y": b"z"}]}),
    ],
)
def test_what_is_not_in_normal_form_is_not_signed(report: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as caught:
        canonical(report)
    assert caught.value.code == "not_normal"


def test_the_canonical_form_has_no_signature_and_one_order() -> None:
    told = dict(reversed(normal(signature="x", site="某站").items()))
    assert canonical(told) == canonical(normal(site="某站")) == plain_json(normal(site="某站"))
    assert decode64url(encode64url(canonical(told))).startswith(b'{"battery":"001P')


def test_a_statement_is_never_a_report() -> None:
    assert statement(signing_key="O1/x") == b'{"signing_key":"O1/x"}'
    assert b"event_id" not in statement(organisation="O1", signing_required=False)


def test_an_event_tells_the_report_only_where_it_is_the_same() -> None:
    told = normal()
    event = {name: told[name] for name in told if name != "battery"} | {
        "reported_as": told["battery"],
        "report_sha256": sha256(canonical(told)).hexdigest(),
        "version": 7,
    }
    assert retold(event) == canonical(told)
    assert retold(event | {"reported_as": "tmp:KM01-7"}) is None
    of_a_lot = {name: told[name] for name in told if name != "battery"}
    digest = sha256(canonical(of_a_lot)).hexdigest()
    assert retold(event | {"reported_as": "lot:O1:L1", "report_sha256": digest}) == canonical(
        of_a_lot
    )
