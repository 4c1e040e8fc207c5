"""The test vectors of reporters' signatures, as published: `python -m support.signature_vectors`.

Run once, in `tests/`: the file is a promise, so a vector may be added, and none may ever change.
The keys are made of fixed bytes and of no use to anybody. ES256 draws a number for each signature,
so those of the file are kept and only checked.
"""

import json
import sys
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianchi_client.signing import ReporterKey, canonical, kid_of
from support.signing import normal

ORGANISATION = "O1FIRM111111"
ABOUT = """\
Test vectors of reporters' signatures. `report` is in normal form, `canonical` its bytes (UTF-8) \
with their SHA-256, `signature` the detached JWS over them by the private key `key` of `keys`. \
Ed25519 gives the same signature every time; ES256 does not, so that one can only be verified."""
KEYS = {
    "ed25519": ReporterKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))),
    "p256": ReporterKey(
        ec.derive_private_key(int.from_bytes(bytes(range(32)), "big"), ec.SECP256R1())
    ),
}
REPORTS: dict[str, dict[str, Any]] = {
    "an inspection": normal(),
    "Chinese text, quotes and a day": normal(
        type="retired",
        occurred_at="2026-06-01",
        data={"reason": '车辆报废"，\\ 电池🔋'},
        site="S/1",
    ),
    "nested members and no battery": {
        "data": {
            "batteries": [{"battery": "001PB1A00DZ5K2E610000001", "mass_kg": "410.5"}],
            "handover": "YD-2026/001",
            "receiver": {"external": True, "name": "某某公司", "province": "51"},
        },
        "device": {"clock": "2026-06-01T01:31:00.000000Z", "offset_ms": -60000},
        "event_id": "018f3c1e-0000-7000-8000-000000000002",
        "occurred_at": "2026-06-01T01:30:00.000000Z",
        "type": "dispatched",
    },
}


def written() -> dict[str, Any]:
    """The published file."""
    vectors = []
    for name, report in REPORTS.items():
        for which, key in KEYS.items():
            payload = canonical(report)
            vectors.append(
                {
                    "name": f"{name}, {which}",
                    "key": which,
                    "kid": kid_of(ORGANISATION, key.public.thumbprint),
                    "report": report,
                    "canonical": payload.decode(),
                    "sha256": sha256(payload).hexdigest(),
                    "signature": key.sign(payload, ORGANISATION),
                }
            )
    keys = {which: key.jwk for which, key in KEYS.items()}
    return {"about": ABOUT, "organisation": ORGANISATION, "keys": keys, "vectors": vectors}


if __name__ == "__main__":
    json.dump(written(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
