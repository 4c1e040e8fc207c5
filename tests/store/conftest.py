"""Data folders for the tests of the embedded PostgreSQL."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dianchi.store.cluster import Cluster


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """A data folder after its first start, to copy: initdb takes a second."""
    with tempfile.TemporaryDirectory(prefix="dianchi-test-") as name:
        Path(name).chmod(0o711)
        Cluster.start(Path(name)).stop()
        yield Path(name)


@pytest.fixture
def used_dir(initialised: Path, data_dir: Path) -> Path:
    """A data folder that a server was started in before."""
    subprocess.run(["cp", "-a", initialised / "postgres", data_dir], check=True)
    return data_dir
