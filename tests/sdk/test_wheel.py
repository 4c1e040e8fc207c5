"""The client is a distribution of its own: built, and used without the service beside it."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
import json, sys
import dianchi_client
bare = sorted(name for name in sys.modules if name in ("httpx", "typer", "rich"))
import dianchi_client.verify, dianchi_client.verify_bundle
offline = sorted(name for name in sys.modules if name in ("httpx", "typer", "rich"))
from dianchi_client import AsyncClient, Client
import dianchi_client.cli
try:
    import dianchi
except ImportError:
    alone = True
else:
    alone = False
print(json.dumps([bare, offline, alone, dianchi_client.__file__]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network by what builds the service."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(ROOT / "clients/python")]
    subprocess.run(command, check=True, timeout=120)
    (made,) = folder.glob("*.whl")
    return made


def needs(name: str, seen: set[str]) -> Iterator[Distribution]:
    """A distribution, with all that it says it needs here."""
    if name in seen:
        return
    seen.add(name)
    found = distribution(name)
    yield found
    for told in map(Requirement, found.requires or []):
        if told.marker is None or told.marker.evaluate({"extra": ""}):
            yield from needs(told.name, seen)


def test_the_wheel_carries_its_types_and_its_readme(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        (metadata,) = [name for name in names if name.endswith("METADATA")]
        told = files.read(metadata).decode()
    assert "dianchi_client/py.typed" in names
    assert "dianchi_client/sdk/client.py" in names
    assert not [name for name in names if name.startswith("dianchi/")]
    assert "# dianchi-client" in told


def test_it_runs_on_nothing_but_what_it_says_it_needs(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        files.extractall(tmp_path)
    seen = {"dianchi-client"}
    for told in map(Requirement, distribution("dianchi-client").requires or []):
        for needed in needs(told.name, seen):
            for top in {file.parts[0] for file in needed.files or []} - {"..", "__pycache__"}:
                if not (tmp_path / top).exists():
                    (tmp_path / top).symlink_to(Path(str(needed.locate_file(top))))
    # -S: what else is installed here is not there.
    done = subprocess.run(
        [sys.executable, "-S", "-c", ASKED], cwd="/", timeout=60, capture_output=True, text=True,
        check=False, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bare, offline, alone, where = json.loads(done.stdout)
    assert (bare, offline, alone) == ([], [], True)
    assert where.startswith(str(tmp_path))
