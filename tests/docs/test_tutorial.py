"""The pages that tell a reader to type something: every command runs and prints what they say.

A line `# => text` expects a line of output that holds the text, in the order of the page.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.process import Service

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"^# => (.*)$", re.MULTILINE)
LAG = re.compile(r"^dianchi_views_lag (\S+)$", re.MULTILINE)
MARK = "\x1e"
# Pages that need no more than the service; the blocks of others are marked `sh` and are not run.
PAGES = [
    "tutorial/one-pack.md",
    "how-to/declare-sets-as-ndjson.md",
    "how-to/collect-without-a-label.md",
    "how-to/read-a-life-as-of-a-date.md",
    "how-to/make-keys.md",
    "how-to/sign-reports.md",
    "how-to/apply-to-be-enrolled.md",
    "how-to/mandate-a-crew.md",
    "how-to/before-the-truck-leaves.md",
    "how-to/who-owes-what.md",
    "how-to/hold-and-recall.md",
    "how-to/sell-an-asset-pack.md",
    "how-to/get-tokens.md",
    "how-to/follow-the-feed.md",
    "how-to/receive-webhooks.md",
    "how-to/push-to-the-national-platform.md",
]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The service as its own process, on a folder that PostgreSQL's account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dianchi-docs-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        # As the page on webhooks says.
        patch.setenv("DIANCHI_WEBHOOK_LOOPBACK", "true")
        running = Service(folder).start()
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def keys(service: Service) -> dict[str, str]:
    """The keys that the how-to pages ask for, as variables of the shell."""
    regulator = service.key("regulator")

    def post(path: str, told: dict[str, str]) -> dict[str, str]:
        headers = {"authorization": f"Bearer {regulator}"}
        answer = httpx.post(f"{service.url}{path}", json=told, headers=headers, timeout=30)
        return dict(answer.raise_for_status().json())

    made = {"regulator": regulator}
    for variable, name, role in [
        ("outlet", "示例回收网点", "outlet"),
        ("tower", "示例铁塔公司", "site_operator"),
        ("vehicle_maker", "示例车厂", "vehicle_maker"),
    ]:
        post("/v1/organisations", {"name": name, "prefecture": "昆明市"})
        made[variable] = post("/v1/keys", {"organisation": name, "role": role})["key"]
    return made


def blocks_of(page: str) -> list[str]:
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def typed(page: str) -> list[str]:
    """The commands of a page without what they are expected to print."""
    return [EXPECTED.sub("", block) for block in blocks_of(page)]


def run(blocks: list[str], service: Service, keys: dict[str, str], folder: Path) -> list[str]:
    """Runs the blocks in one shell; what each printed."""
    script = f"\nprintf '\\n{MARK}\\n'\n".join(blocks)
    script = script.replace("http://127.0.0.1:8000", service.url)
    script = script.replace("--data-dir data", f"--data-dir {service.data_dir}")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
        cwd=folder,
        env=os.environ | keys | {"PATH": path, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.split(MARK)


def wait_for_views(service: Service) -> None:
    """Of the page before, the views may still be behind by thousands of reports."""
    deadline = time.monotonic() + 120
    while True:
        told = httpx.get(f"{service.url}/metrics", timeout=30).raise_for_status().text
        lag = LAG.search(told)
        assert lag, told[:400]
        if float(lag[1]) == 0:
            return
        assert time.monotonic() < deadline, lag[0]
        time.sleep(0.3)


# `dianchi key add` is a process of its own, which takes its time on a busy machine.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_the_page_runs_and_prints_what_it_says(
    page: str, service: Service, keys: dict[str, str], tmp_path: Path
) -> None:
    wait_for_views(service)
    blocks = blocks_of(page)
    for block, printed in zip(blocks, run(blocks, service, keys, tmp_path), strict=True):
        lines = iter(printed.splitlines())
        for expected in EXPECTED.findall(block):
            assert any(expected in line for line in lines), f"{expected!r} not in:\n{printed}"


def test_both_languages_of_the_tutorial_type_the_same() -> None:
    assert typed("tutorial/one-pack.zh.md") == typed("tutorial/one-pack.md")
