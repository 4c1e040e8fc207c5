"""A service as a process of its own, an operator's key, and clients of both kinds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import make_data_dir
from support.process import Service


@pytest.fixture(scope="session")
def sdk_data_dir() -> Iterator[Path]:
    folder = make_data_dir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def service(sdk_data_dir: Path) -> Iterator[Service]:
    """The service, for all tests here: each reports of batteries of its own."""
    running = Service(sdk_data_dir).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def made_key(service: Service) -> dict[str, str]:
    """A key of a tower operator, with its id."""
    headers = {"authorization": f"Bearer {service.key('regulator')}"}
    operator = {"name": "示例铁塔公司", "prefecture": "昆明市"}
    wish = {"organisation": operator["name"], "role": "site_operator"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=30) as regulator:
        regulator.post("/v1/organisations", json=operator).raise_for_status()
        return dict(regulator.post("/v1/keys", json=wish).raise_for_status().json())


@pytest.fixture(scope="session")
def key(made_key: dict[str, str]) -> str:
    """The key itself."""
    return made_key["key"]


@pytest.fixture(autouse=True)
def _no_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_CONFIG", str(tmp_path / "client.toml"))
