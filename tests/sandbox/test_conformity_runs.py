"""Whole conformity runs against the running service: by our own SDK, and by a faulty system."""

from typing import Any
from uuid import uuid4

import httpx
import pypdfium2
import pytest

from support.integrator import Integrator
from support.sandboxes import Firm

pytestmark = pytest.mark.timeout(300)


def states(run: dict[str, Any]) -> dict[str, str]:
    return {task["id"]: task["state"] for task in run["tasks"]}


def task_of(run: dict[str, Any], name: str) -> dict[str, Any]:
    return next(task for task in run["tasks"] if task["id"] == name)


@pytest.mark.parametrize("role", ["outlet", "utilizer"])
def test_our_own_client_does_all_that_is_asked_and_the_report_can_be_looked_up(
    firm: Firm, role: str
) -> None:
    firm.sandbox()
    told = firm.sandbox_key(role)
    with Integrator(told["address"], told["key"]) as system:
        run = system.begin(role)
        assert set(states(run).values()) == {"todo"}

        system.do(run)
        ended = system.look(run["number"])

    # Where it is not so, the run says what it would have to be.
    assert [task for task in ended["tasks"] if task["state"] != "done"] == []
    assert ended["passed"] is True
    path = f"/v1/conformity-runs/{run['number']}"
    assert firm.as_regulator(path).json()["sha256"] == ended["sha256"]
    page = httpx.get(ended["check"], headers={"accept": "application/json"}).json()
    assert (page["number"], page["passed"]) == (run["number"], True)
    pdf = firm.as_regulator(f"{path}/report.pdf?lang=zh").content
    words = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf))
    assert run["number"] in words
    assert "全部完成" in words


def test_a_faulty_system_is_told_exactly_what_is_wrong(firm: Firm) -> None:
    firm.sandbox()
    told = firm.sandbox_key("maker")
    with Integrator(told["address"], told["key"]) as system:
        run = system.begin("maker")
        birth = task_of(run, "produced")["example"]

        # A code with a letter that none has; the same report under new ids; no patience at all.
        typed = birth | {"event_id": str(uuid4()), "battery": f"{birth['battery'][:-1]}I"}
        system.http.post("/v1/events", json=typed)
        first = system.look(run["number"])
        for _ in range(2):
            system.http.post("/v1/events", json=birth | {"event_id": str(uuid4())})
        slow = task_of(run, "slow_down")["example"] | {"event_id": str(uuid4())}
        answers = [system.http.post("/v1/events", json=slow) for _ in range(3)]
        second = system.look(run["number"])

    code = task_of(first, "produced")
    assert code["state"] == "wrong"
    assert typed["battery"] in code["came"]["en"]
    assert "invalid_code" in code["came"]["en"]
    assert birth["battery"] in code["way_out"]["zh"]
    assert states(second)["produced"] == "done"
    again = task_of(second, "again")
    assert again["state"] == "wrong"
    assert "new event_id" in again["came"]["en"]
    assert "event_id" in again["way_out"]["zh"]
    assert [answer.status_code for answer in answers] == [429] * 3
    assert answers[0].headers["retry-after"] == "3"
    hasty = task_of(second, "slow_down")
    assert hasty["state"] == "wrong"
    assert "too early 2 times" in hasty["came"]["en"]
    assert second["passed"] is None


def test_a_run_that_is_ended_says_how_far_it_came_and_never_changes(firm: Firm) -> None:
    firm.sandbox()
    told = firm.sandbox_key("recycler")
    with Integrator(told["address"], told["key"]) as system:
        run = system.begin("recycler")
        system.do(run, "inspected")
        path = f"/v1/conformity-runs/{run['number']}"

        ended = system.http.post(f"{path}/end").json()
        system.do(run, "again", "recycled")

        assert ended["passed"] is False
        assert states(ended) == states(system.look(run["number"]))
        report = system.http.get(f"{path}/report.json")
        late = system.http.post(f"{path}/answers", json={"forged": []})
    assert report.json()["tasks"][0]["state"] == "done"
    assert (late.status_code, late.json()["code"]) == (409, "run_ended")
