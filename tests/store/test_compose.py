"""What `compose.yaml` says, done by hand: a plain PostgreSQL, its script, migrating, serving."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import yaml

from dianchi.store.binaries import binaries
from dianchi.store.cluster import Cluster
from dianchi.store.logins import powers_of
from support.api import produced
from support.process import Service

ROOT = Path(__file__).resolve().parents[2]
TOLD: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PASSWORDS = ("DATABASE_PASSWORD", "OWNER_PASSWORD", "SERVICE_PASSWORD", "WORKER_PASSWORD")
FILLED = {name: name.lower() for name in PASSWORDS}
FILLED |= {
    name: number * 32
    for number, name in zip(
        ("11", "22", "33", "44"),
        ("DIANCHI_VIN_KEY", "DIANCHI_KEY_PEPPER", "DIANCHI_PERSONAL_KEY", "DIANCHI_LOG_KEY"),
        strict=True,
    )
} | {"DIANCHI_LOG_ORIGIN": "t.example/log"}
"""What an operator fills into `.env`."""
CONNECTED = """
SELECT usename FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def environment(service: str) -> dict[str, str]:
    """The variables of a service, filled in as Compose does."""
    told = TOLD["services"][service]["environment"]
    return {name: VARIABLE.sub(_filled, value) for name, value in told.items()}


def _filled(found: re.Match[str]) -> str:
    name, kind, other = found.groups()
    return FILLED[name] if name in FILLED or kind != "-" else str(other)


class Plain:
    """A server as its image makes it: a superuser `postgres`, an empty database, no roles."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        password = environment("database")["POSTGRES_PASSWORD"]
        cluster.execute(f"CREATE ROLE postgres SUPERUSER LOGIN PASSWORD '{password}'")
        self.superuser = self.address(f"postgresql://postgres:{password}@database/dianchi")
        # The embedded server's own superuser is called as the owner is here.
        self.psql("-c", "ALTER ROLE dianchi RENAME TO somebody")

    def address(self, told: str) -> str:
        """An address of `compose.yaml`, by the socket of this server."""
        ours = self._cluster.dsn
        return ours.replace(ours.partition("@")[0], told.partition("@")[0])

    def psql(self, *told: str | Path) -> None:
        """As the superuser, with the variables that the image is given."""
        command = [binaries() / "psql", "-X", "-q", *told, self.superuser]
        given = os.environ | environment("database")
        subprocess.run(command, check=True, env=given, timeout=60)

    def told(self, service: str) -> dict[str, str]:
        """The variables of a service, with addresses of this server."""
        return {
            name: self.address(value) if value.startswith("postgresql:") else value
            for name, value in environment(service).items()
        }


@pytest.fixture
def plain(data_dir: Path) -> Iterator[Plain]:
    with Cluster.start(data_dir) as cluster:
        yield Plain(cluster)


def migrate(plain: Plain) -> None:
    command = [sys.executable, "-m", "dianchi", *TOLD["services"]["migrate"]["command"]]
    subprocess.run(command, check=True, env=os.environ | plain.told("migrate"), timeout=120)


def test_what_compose_starts_connects_by_logins_that_own_nothing(
    plain: Plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [script] = [
        ROOT / each.partition(":")[0]
        for each in TOLD["services"]["database"]["volumes"]
        if "/docker-entrypoint-initdb.d/" in each
    ]
    plain.psql("-f", script)
    plain.psql("-f", script)  # as on a volume of before
    migrate(plain)
    told = plain.told("dianchi")
    assert "DIANCHI_MIGRATION_URL" not in told
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DIANCHI_PUBLIC_HOST")

    said = tmp_path / "said.log"
    service = Service(tmp_path, said=said).start()
    try:
        key = service.key("maker")
        sent = {"authorization": f"Bearer {key}"}
        answer = httpx.post(f"{service.url}/v1/events", json=produced(1), headers=sent)
        assert answer.status_code == 201, answer.text
        receipt = asyncio.run(receipt_of(service, answer.json()["event_id"], sent))
        connected = asyncio.run(logins_of(plain.superuser))
    finally:
        assert service.stop() == 0

    assert receipt == 200
    assert connected == {"dianchi_service", "dianchi_worker"}
    assert "may too much" not in said.read_text(encoding="utf-8")
    assert asyncio.run(powers_of(plain.told("migrate")["DIANCHI_MIGRATION_URL"])) == ["owner"]


async def logins_of(superuser: str) -> set[str]:
    connection = await asyncpg.connect(superuser)
    try:
        return {row["usename"] for row in await connection.fetch(CONNECTED)}
    finally:
        await connection.close()


async def receipt_of(service: Service, event_id: str, sent: dict[str, str]) -> int:
    """The worker has placed and signed it, by its own login."""
    async with httpx.AsyncClient(base_url=service.url, headers=sent, timeout=30) as http:
        for _ in range(200):
            answer = await http.get(f"/v1/events/{event_id}/receipt")
            if answer.status_code != httpx.codes.CONFLICT:
                break
            await asyncio.sleep(0.05)
    return answer.status_code
