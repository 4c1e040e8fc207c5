"""Personal values go in by every door of a running service, and are found nowhere afterwards.

Nor are secrets: keys, pepper, the keys that wrap, the log's key.
"""

import asyncio
import io
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from dianchi.access.people import Guest, invite
from dianchi.access.registry import engine_of, sessions
from dianchi.domain.identifiers import uscc_check
from dianchi.domain.people import Place
from dianchi.store.cluster import attach
from dianchi.store.vault import Vault
from support.api import code, produced
from support.canaries import (
    CONTACT,
    IDENTITY,
    NAME,
    OTHER_VIN,
    PERSONAL,
    PHONE,
    PLATE,
    VIN,
    files_with,
    found_in,
    tables_with,
)
from support.process import Service

PACK = code(1)
_STEM = "91530181MA6K00001"
USCC = _STEM + uscc_check(_STEM)
CAR = {"kind": "vehicle", "id": VIN}
SECRET_FILES = frozenset(("secrets.json", "personal-key.json", "log-key.json"))


class Run(NamedTuple):
    """A service whose doors were all tried."""

    service: Service
    said: Path
    keys: dict[str, str]
    answers: dict[str, httpx.Response]


def told(kind: str, when: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    common = {"event_id": str(uuid4()), "type": kind, "occurred_at": when, "battery": PACK}
    return common | more | {"data": data}


def reports() -> list[dict[str, Any]]:
    """Reports that are taken, with VINs where they belong."""
    return [
        told("installed", "2025-01-02", {"host": CAR}),
        told("sold", "2025-01-03", {"prefecture": "530100", "vin": VIN}),
        told("sold", "2025-01-04", {"prefecture": "530100", "vin": OTHER_VIN.lower()}),
    ]


def refused() -> list[dict[str, Any]]:
    """Reports that are not, with personal values where they do not belong."""
    removed = {"host": CAR, "reason": "x"}
    return [
        *(
            told("removed", "2025-02-01", removed | {"reason": f"车主 {value}"})
            for value in (VIN, PHONE, IDENTITY, PLATE)
        ),
        told("removed", "2025-02-01", removed | {"owner": NAME, "contact": CONTACT}),
        told("removed", "2025-02-01", removed, phone=PHONE),
        told("removed", f"2025-02-01 {NAME}", removed),
        told(f"removed {VIN}", "2025-02-01", removed),
        told("installed", "2025-02-01", {"host": {"kind": "low_speed_ev", "id": PLATE}}),
        told("removed", "2025-02-01", removed, event_id=PHONE),
        told("removed", "2025-02-01", removed, battery=f"{VIN}!"),
    ]


def try_doors(http: httpx.Client, keys: dict[str, str]) -> dict[str, httpx.Response]:
    """Sends the canaries in by every door; what others could read is answered."""
    as_ = {role: {"authorization": f"Bearer {key}"} for role, key in keys.items()}
    maker, officer = as_["vehicle_maker"], as_["regulator"]
    assert http.post("/v1/events", json=produced(1), headers=as_["maker"]).status_code == 201
    taken = reports()
    for report in taken:
        answer = http.post("/v1/events", json=report, headers=maker)
        assert answer.status_code == 201, answer.text
    for report in refused():
        answer = http.post("/v1/events", json=report, headers=maker)
        assert answer.status_code in {400, 422}, (report, answer.text)
    for mode in ("partial", "atomic", "partial&dry_run=true"):
        rows = [told("inspected", "2025-03-01", {"soh_percent": "90"}), *refused()]
        http.post(f"/v1/events/batch?mode={mode}", json=rows, headers=maker)
    lines = f'{json.dumps(taken[0])}\n{{"owner": "{NAME}", "vin": "{VIN}\n{PHONE}\n'
    ndjson = maker | {"content-type": "application/x-ndjson"}
    http.post("/v1/events/batch", content=lines.encode(), headers=ndjson)
    for body in (
        f'{{"vin": "{VIN}", {PHONE}'.encode(),
        f'{{"vin": "{VIN}", "vin": "{PHONE}"}}'.encode(),
        VIN.encode() + b"\xff" + PHONE.encode(),
        (VIN * 100_000).encode(),
    ):
        for path in ("/v1/events", "/v1/events/batch", "/v1/organisations", "/v1/erasures"):
            http.post(path, content=body, headers=maker)
    ask_about(http, officer)
    administer(http, officer, maker)
    apply(http, officer)
    return seen(http, as_, taken)


def ask_about(http: httpx.Client, officer: dict[str, str]) -> None:
    """Addresses, queries and headers."""
    for value in PERSONAL:
        named = quote(value)
        for path in (
            f"/{named}",
            f"/B/{named}",
            f"/v1/{named}",
            f"/v1/batteries/{named}",
            f"/v1/batteries/serial:X:{named}/history",
            f"/v1/batteries/{named}/label.png",
            f"/v1/events/{named}",
            f"/v1/batteries?stage={named}&cursor={named}&holder={named}",
            f"/v1/batteries/{PACK}?purpose={named}&as_of={named}",
            f"/v1/findings?cursor={named}",
            f"/v1/keys?organisation={named}",
            f"/v1/erasures?cursor={named}",
            f"/log/tile/0/{named}",
        ):
            http.get(path, headers=officer)
            http.request("DELETE", path, headers=officer)
        raw = b"Bearer " + value.encode()
        odd = {b"x-owner": value.encode(), b"accept-language": value.encode()}
        http.get("/v1/me", headers=odd)
        http.get("/v1/me", headers={b"authorization": raw})


def administer(http: httpx.Client, officer: dict[str, str], maker: dict[str, str]) -> None:
    """Names of organisations and sites, reasons, requests to erase."""
    for value in (VIN, PHONE, IDENTITY, PLATE):
        for path, body in (
            ("/v1/organisations", {"name": f"修理铺 {value}"}),
            ("/v1/organisations", {"name": "甲", "owner": value}),
            ("/v1/sites", {"number": "1", "name": f"网点 {value}", "kind": "collection"}),
            ("/v1/sites", {"number": f"车牌电话身份证VIN {value}", "name": "x", "kind": "central"}),
            ("/v1/vendors", {"code": "0Z9", "name": f"厂 {value}"}),
            (f"/v1/keys/{'0' * 32}/revoke", {"reason": f"{value} 离职"}),
            ("/v1/erasures", {"basis": value, "document": "1", "vin": VIN}),
            (
                "/v1/erasures",
                {"basis": "unlawful", "document": f"VIN电话车牌身份证 {value}", "vin": VIN},
            ),
            (f"/v1/erasures/{uuid4()}/decline", {"why": f"{value} 不同意"}),
        ):
            answer = http.post(path, json=body, headers=officer)
            assert answer.status_code >= 400, (path, body, answer.text)
    asked = {"basis": "request_of_person", "document": "云工信函〔2026〕15号", "vin": OTHER_VIN}
    assert http.post("/v1/erasures", json=asked, headers=maker).status_code == 201


def apply(http: httpx.Client, officer: dict[str, str]) -> None:
    """A contact goes in with an application; who decides it reads it."""
    told = {"name": "新网点", "roles": ["outlet"], "contact": f"{NAME} {PHONE} {CONTACT}"}
    answer = http.post("/v1/applications", json=told | {"uscc": USCC})
    assert answer.status_code == 201, answer.text
    [shown] = http.get("/v1/applications", headers=officer).json()["items"]
    assert shown["contact"] == told["contact"]


async def invite_one(dsn: str, key: bytes) -> None:
    """Invites a person, as the service does."""
    engine, vault = engine_of(dsn), Vault([key])
    async with sessions(engine)() as session:
        guest = Guest(Place("O", "outlet", None), f"{NAME} {PHONE}")
        await invite(session, vault, guest, datetime.now(UTC))
    await engine.dispose()


def seen(
    http: httpx.Client, as_: dict[str, dict[str, str]], taken: list[dict[str, Any]]
) -> dict[str, httpx.Response]:
    """What anybody and others than the reporter can read."""
    other, officer = as_["maker"], as_["regulator"]
    return {
        path: http.get(path, headers=headers)
        for headers, paths in (
            ({}, ("/metrics", "/openapi.json", "/docs", f"/B/{PACK}", "/log/checkpoint")),
            (
                other,
                (
                    f"/v1/batteries/{PACK}",
                    f"/v1/batteries/{PACK}/history",
                    f"/v1/batteries/{PACK}/genealogy",
                    f"/v1/batteries/{PACK}/label.svg",
                    f"/v1/events/{taken[0]['event_id']}",
                    f"/v1/events/{taken[1]['event_id']}?representation=leaf",
                    f"/v1/findings?battery={PACK}&state=all",
                    "/v1/batteries",
                    "/v1/organisations",
                ),
            ),
            (officer, ("/v1/erasures", f"/v1/batteries/{PACK}/history?limit=900", "/v1/findings")),
        )
        for path in paths
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The service on a data folder of its own, after all doors were tried."""
    # Not of pytest's own folders: those are closed to the account of the database.
    folder = Path(tempfile.mkdtemp(prefix="dianchi-test-"))
    folder.chmod(0o711)
    said = tmp_path_factory.mktemp("said") / "service.log"
    service = Service(folder, said=said).start()
    try:
        roles = ("maker", "vehicle_maker", "outlet", "regulator")
        keys = {role: service.key(role) for role in roles}
        with httpx.Client(base_url=service.url, timeout=60) as http:
            answers = try_doors(http, keys)
            answers["bundle"] = bundle(http, keys["regulator"])
        kept = json.loads((folder / "personal-key.json").read_text())
        [key] = kept.values()
        asyncio.run(invite_one(attach(folder).dsn, bytes.fromhex(key)))
        yield Run(service, said, keys, answers)
    finally:
        service.stop()
        shutil.rmtree(folder)


def bundle(http: httpx.Client, key: str) -> httpx.Response:
    """The bundle of the pack, once its receipts are there."""
    headers = {"authorization": f"Bearer {key}"}
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = http.get(f"/v1/batteries/{PACK}/bundle", headers=headers)
        if answer.status_code == 200:
            return answer
        time.sleep(0.1)
    raise AssertionError("the bundle was not ready within a minute")


def secrets_of(run: Run) -> list[str]:
    """Every secret of the run: bearer keys, and what the secret files hold."""
    kept = [
        value
        for name in SECRET_FILES
        for member, value in json.loads((run.service.data_dir / name).read_text()).items()
        if member != "log_origin"
    ]
    assert len(kept) == 4
    return [*run.keys.values(), *kept]


def test_no_log_tells_of_anybody_or_of_a_secret(run: Run) -> None:
    content = run.said.read_bytes()

    assert b"listening" in content
    assert found_in(content, [*PERSONAL, *secrets_of(run)]) == []


def test_nobody_else_reads_a_personal_value(run: Run) -> None:
    wanted = [*PERSONAL, *secrets_of(run)]
    held = {path: found_in(answer.content, wanted) for path, answer in run.answers.items()}

    assert {path: hit for path, hit in held.items() if hit} == {}
    read = {path for path, answer in run.answers.items() if answer.status_code == 200}
    assert len(read) >= 15, read
    archive = zipfile.ZipFile(io.BytesIO(run.answers["bundle"].content))
    for name in archive.namelist():
        assert found_in(archive.read(name), wanted) == [], name


async def test_no_table_holds_a_personal_value_in_clear(run: Run) -> None:
    cluster = attach(run.service.data_dir)

    assert await tables_with(cluster.dsn, [*PERSONAL, *secrets_of(run)]) == {}
    assert "personal.reference" in await tables_with(cluster.dsn, ["name:"])
    assert "personal.reference" in await tables_with(cluster.dsn, ["contact:"])
    # The same look finds what is there.
    [reference] = {
        event["data"]["vin_ref"]
        for event in run.answers[f"/v1/batteries/{PACK}/history"].json()["items"]
        if event["type"] == "sold" and event["occurred_at"] == "2025-01-03"
    }
    assert {"event.body", "personal.reference"} <= set(await tables_with(cluster.dsn, [reference]))


def test_no_file_of_the_data_folder_holds_one_but_those_of_secrets(run: Run) -> None:
    """Not even the pages and the write-ahead log of the database."""
    attach(run.service.data_dir).execute("CHECKPOINT")
    wanted = [*PERSONAL, *secrets_of(run)]

    assert files_with(run.service.data_dir, wanted, SECRET_FILES) == {}
    for name in SECRET_FILES:
        assert (run.service.data_dir / name).stat().st_mode & 0o077 == 0, name
