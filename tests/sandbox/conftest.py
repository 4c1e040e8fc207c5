"""A service as a process of its own, a firm with a key and a sandbox that it made by itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import make_data_dir
from support.process import Service
from support.sandboxes import Firm


@pytest.fixture(scope="session")
def sandbox_service() -> Iterator[Service]:
    folder: Path = make_data_dir()
    running = Service(folder).start()
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def firm(sandbox_service: Service) -> Iterator[Firm]:
    """An outlet that was enrolled in earnest."""
    regulator = sandbox_service.key("regulator")
    headers = {"authorization": f"Bearer {regulator}"}
    told = {"name": "昆明官渡回收网点", "prefecture": "530100"}
    with httpx.Client(base_url=sandbox_service.url, headers=headers, timeout=60) as officer:
        officer.post("/v1/organisations", json=told).raise_for_status()
        wish = {"organisation": told["name"], "role": "outlet"}
        key = officer.post("/v1/keys", json=wish).raise_for_status().json()["key"]
    own = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=sandbox_service.url, headers=own, timeout=60) as http:
        yield Firm(sandbox_service, key, regulator, http)


@pytest.fixture(autouse=True)
def _no_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_CONFIG", str(tmp_path / "client.toml"))
