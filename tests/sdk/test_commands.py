"""`dianchi-client` as a person or a script runs it: what it says, and how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from dianchi_client import Client
from dianchi_client.cli import main
from support.process import Service
from support.sources import sets

Run = Callable[..., "Ran"]


class Ran(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    service: Service,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command in an empty folder, as who holds the operator's key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def running(*told: str, stdin: str = "", **environment: str) -> Ran:
        known = {"DIANCHI_URL": service.url, "DIANCHI_KEY": key} | environment
        with monkeypatch.context() as patch:
            for name, value in known.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["dianchi-client", *told])
            patch.setattr(sys, "stdin", StringIO(stdin))
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, *capsys.readouterr())

    return running


def lines_of(path: Path, reports: object) -> None:
    assert isinstance(reports, list)
    text = "".join(json.dumps(report, ensure_ascii=False) + "\n" for report in reports)
    path.write_text(text, encoding="utf-8")


def test_one_report_is_told_in_words_or_as_json(run: Run) -> None:
    name = "asset:示例铁塔公司:CLI-1"
    told = ("stage=second_life", "basis=opening_stock", "host.kind=base_station", "host.id=S1")
    done = run("report", "declared", name, *told, "--at", "2026-01-01")
    assert done.returncode == 0, done.stderr
    assert "已保存 · recorded" in done.stdout
    done = run("report", "inspected", name, "cycles:int=12", "--at", "2026-02-01", "--json")
    assert json.loads(done.stdout)["version"] == 2
    done = run("history", name)
    assert "梯次使用中" in done.stdout
    assert "cycles: 12" in done.stdout
    events = [json.loads(line) for line in run("history", name, "--json").stdout.splitlines()]
    assert [event["type"] for event in events] == ["declared", "inspected"]


def test_a_report_comes_from_a_file_or_a_pipe(run: Run) -> None:
    report = json.dumps(next(sets("PIPE", 1)), ensure_ascii=False)
    done = run("report", "--file", "-", "--event-id", "018f3c1e-0000-7000-8000-00000000c001",
               "--json", stdin=report)  # fmt: skip
    assert json.loads(done.stdout)["event_id"] == "018f3c1e-0000-7000-8000-00000000c001"


def test_a_refusal_says_the_way_out_in_both_languages(run: Run) -> None:
    told = (
        "report",
        "inspected",
        "asset:示例铁塔公司:CLI-2",
        "soh_percent=high",
        "--at",
        "2026-02-01",
    )
    done = run(*told)
    assert done.returncode == 1
    assert "/data/soh_percent" in done.stderr
    assert "未成功" in done.stderr
    assert "failed" in done.stderr
    done = run(*told, "--json")
    assert done.returncode == 1
    assert (
        json.loads(done.stdout)["error"]["problem"]["errors"][0]["pointer"] == "/data/soh_percent"
    )


def test_what_cannot_be_reached_ends_otherwise_than_a_refusal(run: Run) -> None:
    done = run(
        "history", "X", "--patience", "0", DIANCHI_URL="http://127.0.0.1:9", DIANCHI_KEY="dk_1"
    )
    assert done.returncode == 3
    assert "连不上服务" in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DIANCHI_KEY": ""}, "DIANCHI_KEY is not set"),
        ({"DIANCHI_URL": "http://trace.example.cn"}, "is not encrypted"),
    ],
)
def test_what_is_not_configured_says_what_to_do(
    run: Run, environment: dict[str, str], said: str
) -> None:
    done = run("history", "X", **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_goes_up_whole_and_again_adds_nothing(run: Run, tmp_path: Path) -> None:
    reports = list(sets("FILE", 40))
    reports[6]["occurred_at"] = "2036-01-01"
    lines_of(tmp_path / "sets.ndjson", reports)

    dry = run("upload", "sets.ndjson", "--dry-run", "--json")
    first = run("upload", "sets.ndjson", "--refused", "bad.ndjson", "--rows", "10")
    again = run("upload", "sets.ndjson", "--json")

    assert json.loads(dry.stdout)["accepted"] == 39
    assert (dry.returncode, first.returncode, again.returncode) == (1, 1, 1)
    assert "新保存 accepted: 39" in first.stdout
    assert "in_future" in first.stdout
    told = json.loads(again.stdout)
    assert (told["before"], told["accepted"], told["refused"]) == (39, 0, 1)
    assert told["problems"][0]["place"] == 7
    # The refused ones are mended, and sent by themselves.
    (bad,) = (tmp_path / "bad.ndjson").read_text(encoding="utf-8").splitlines()
    lines_of(tmp_path / "bad.ndjson", [json.loads(bad) | {"occurred_at": "2026-01-01"}])
    done = run("upload", "bad.ndjson", "--json")
    assert (done.returncode, json.loads(done.stdout)["accepted"]) == (0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_reports_may_be_of_an_old_system(
    run: Run, tmp_path: Path, encoding: str
) -> None:
    name = f"asset:示例铁塔公司:CSV-{encoding}"
    text = (
        "type,battery,occurred_at,data.soh_percent,data.cycles:int,site\n"
        f"inspected,{name},2026-02-01,91.5,120,\n"
        f"inspected,{name},2026-02-02,,121,基站一\n"
    )
    (tmp_path / "table.csv").write_text(text, encoding=encoding)
    done = run("upload", "table.csv", "--json")
    assert json.loads(done.stdout)["accepted"] == 2, done.stdout
    last = json.loads(run("history", name, "--json").stdout.splitlines()[-1])
    assert (last["data"], last["site"]) == ({"cycles": 121}, "基站一")


def test_a_file_with_lines_that_are_no_reports_is_not_sent(run: Run, tmp_path: Path) -> None:
    lines_of(tmp_path / "spoilt.ndjson", list(sets("SPOILT", 2)))
    with (tmp_path / "spoilt.ndjson").open("ab") as file:
        file.write(b"{nope\n[1]\n\xff\xfe\n")
    done = run("upload", "spoilt.ndjson")
    assert done.returncode == 2
    assert "3 lines of spoilt.ndjson hold no report; nothing was sent" in done.stderr
    assert not (tmp_path / "spoilt.ndjson.journal").exists()
    (tmp_path / "cells.csv").write_text("type,data.cycles:int\ninspected,many\ninspected,1,2\n")
    done = run("upload", "cells.csv")
    assert done.returncode == 2
    assert "2: data.cycles:int：“many”不是整数" in done.stderr
    assert "3: 单元格多于列名" in done.stderr


def test_an_upload_that_had_to_stop_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    lines_of(tmp_path / "stop.ndjson", list(sets("STOP", 2)))
    done = run("upload", "stop.ndjson", DIANCHI_KEY="dk_none")
    assert done.returncode == 1
    assert "run the same command again" in done.stderr


def test_settings_are_kept_for_oneself_once_the_service_knows_the_key(
    run: Run, service: Service, key: str, tmp_path: Path
) -> None:
    nothing = {"DIANCHI_URL": "", "DIANCHI_KEY": ""}
    refused = run("configure", "--url", service.url, stdin="dk_none\n", **nothing)
    assert refused.returncode == 1
    assert not (tmp_path / "client.toml").exists()
    done = run("configure", "--url", service.url, "--key", key, **nothing)
    assert "示例铁塔公司 (site_operator)" in done.stdout, done.stderr
    assert (tmp_path / "client.toml").stat().st_mode & 0o777 == 0o600
    assert key not in done.stdout + done.stderr
    assert run("history", "asset:示例铁塔公司:NEVER", **nothing).returncode == 1


def test_a_label_is_saved_as_its_file_is_called(run: Run, service: Service, key: str,
                                                tmp_path: Path) -> None:  # fmt: skip
    with Client(service.url, key) as client:
        name = client.report(next(sets("CLILABEL", 1)))["battery"] or ""
    assert run("label", name, "-o", "label.svg").returncode == 0
    assert "<svg" in (tmp_path / "label.svg").read_text(encoding="utf-8")
    assert run("label", name, "-o", "label.doc").returncode == 2


def test_a_shell_completes_the_commands() -> None:
    asked = {"_DIANCHI_CLIENT_COMPLETE": "complete_bash", "COMP_WORDS": "dianchi-client up",
             "COMP_CWORD": "1"}  # fmt: skip
    done = subprocess.run(
        [Path(sys.executable).with_name("dianchi-client")], env=os.environ | asked,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["upload"]
