"""The pages about the client: every example runs as it stands there, and prints what it says.

Blocks in `python` of one page are one program, blocks in `bash` one shell. A line `# => text`
expects a line of output that holds the text, in the order of the page.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.process import Service

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "clients/python/README.md",
    "docs/how-to/report-from-python.md",
    "docs/how-to/try-it-in-the-sandbox.md",
]
EXPECTED = re.compile(r"^\s*# => (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def known() -> Iterator[dict[str, str]]:
    """What the pages take from the environment: a running service, and an operator's key."""
    folder = Path(tempfile.mkdtemp(prefix="dianchi-docs-"))
    folder.chmod(0o711)
    service = Service(folder).start()
    headers = {"authorization": f"Bearer {service.key('regulator')}"}
    firm = {"name": "示例铁塔公司", "prefecture": "昆明市"}
    wish = {"organisation": firm["name"], "role": "site_operator"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=30) as regulator:
        regulator.post("/v1/organisations", json=firm).raise_for_status()
        made = regulator.post("/v1/keys", json=wish).raise_for_status().json()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    yield {
        "DIANCHI_URL": service.url,
        "DIANCHI_KEY": made["key"],
        "DIANCHI_KEY_ID": made["id"],
        "PATH": path,
        "LC_ALL": "C.UTF-8",
    }
    service.stop()
    shutil.rmtree(folder)


def blocks_of(page: str, language: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return "\n".join(found)


def run(command: list[str], script: str, known: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        command, input=script, cwd=folder, env=os.environ | known,
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    lines = iter(done.stdout.splitlines())
    for expected in EXPECTED.findall(script):
        assert any(expected in line for line in lines), f"{expected!r} not in:\n{done.stdout}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_every_example_runs_and_prints_what_it_says(
    page: str, known: dict[str, str], tmp_path: Path
) -> None:
    run([sys.executable, "-W", "error", "-"], blocks_of(page, "python"), known, tmp_path)
    run(["bash", "-euo", "pipefail", "-s"], blocks_of(page, "bash"), known, tmp_path)
