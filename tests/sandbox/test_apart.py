"""Sandbox and record know nothing of each other, whoever asks for what."""

import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dianchi_client import NotAllowed
from support.api import code, produced
from support.integrator import Integrator
from support.sandboxes import Firm

pytestmark = pytest.mark.timeout(300)
EVERYWHERE = (
    "/v1/batteries?limit=200",
    "/v1/findings?limit=200",
    "/v1/feed?limit=1000",
    "/v1/organisations",
    "/v1/pickups",
    "/metrics",
)


def collected(battery: str, event_id: str) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "type": "collected",
        "battery": battery,
        "occurred_at": "2026-03-02",
        "data": {"source": "person", "safety_class": "C", "label_legible": True},
    }


def wait_for(event_id: str, base: str, headers: dict[str, str]) -> None:
    """Until the log of an environment has an event: what is not there yet proves nothing."""
    deadline = time.monotonic() + 60
    path = f"{base}/v1/events/{event_id}/receipt"
    while httpx.get(path, headers=headers).status_code != httpx.codes.OK:
        assert time.monotonic() < deadline, event_id
        time.sleep(0.2)


def whole(base: str, headers: dict[str, str]) -> str:
    """All that the lists of an environment say to a reader."""
    return "".join(httpx.get(f"{base}{path}", headers=headers).text for path in EVERYWHERE)


def test_nothing_of_the_sandbox_is_in_the_record_and_nothing_of_the_record_in_the_sandbox(
    firm: Firm,
) -> None:
    firm.sandbox()
    inside, true, shared = code(4_000_001), code(4_000_002), str(uuid4())
    officer = {"authorization": f"Bearer {firm.regulator}"}
    told = firm.sandbox_key("outlet")
    with Integrator(told["address"], told["key"]) as system:
        ours = {"authorization": f"Bearer {told['key']}"}
        answer = system.http.post("/v1/events", json=collected(inside, shared))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        system.do(system.begin("outlet"), "collected", "corrected_code")

        # The same id with another body in earnest: it was never seen there.
        answer = firm.http.post("/v1/events", json=collected(true, shared))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        wait_for(shared, told["address"], ours)
        wait_for(shared, firm.service.url, officer)
        record = whole(firm.service.url, officer)
        sandbox = whole(told["address"], ours)
        public = [
            httpx.get(f"{base}/B/{inside}").status_code
            for base in (firm.service.url, told["address"])
        ]

        found = [system.http.get(f"/v1/batteries/{name}").status_code for name in (inside, true)]
    assert inside not in record
    assert "沙盒" not in record
    assert true not in sandbox
    assert found == [200, 404]
    assert public == [404, 200]
    for path in ("", "/history", "/label.svg"):
        answer = firm.as_regulator(f"/v1/batteries/{inside}{path}")
        assert answer.status_code == httpx.codes.NOT_FOUND, path


def test_a_key_of_the_other_environment_is_told_which_is_which(firm: Firm) -> None:
    firm.sandbox()
    told = firm.sandbox_key("outlet")
    assert told["key"].startswith("dk_sandbox_")

    with Integrator(firm.service.url, told["key"]) as lost, pytest.raises(NotAllowed) as caught:
        lost.client.report(produced(1))
    astray = httpx.get(f"{told['address']}/v1/me", headers={"authorization": f"Bearer {firm.key}"})

    assert caught.value.problem.code == "wrong_environment"
    assert astray.status_code == httpx.codes.FORBIDDEN
    for problem in (caught.value.problem.errors[0], astray.json()["errors"][0]):
        shown = str(problem)
        assert "沙盒" in shown
        assert "正式" in shown
    assert firm.key not in astray.text


def test_an_emptied_sandbox_is_as_new_and_its_reports_of_runs_stay(firm: Firm) -> None:
    before = firm.sandbox()
    told = firm.sandbox_key("outlet")
    sent = collected(code(4_000_003), "018f3c1e-0000-7000-8000-00000000b003")
    with Integrator(told["address"], told["key"]) as system:
        assert system.http.post("/v1/events", json=sent).status_code == httpx.codes.CREATED
        run = system.begin("outlet")

    answer = firm.http.post("/v1/sandbox/reset")
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    after = firm.sandbox()

    assert after["generation"] == before["generation"] + 1
    stale = httpx.get(
        f"{told['address']}/v1/me", headers={"authorization": f"Bearer {told['key']}"}
    )
    assert stale.status_code == httpx.codes.UNAUTHORIZED
    ended = firm.http.get(f"/v1/conformity-runs/{run['number']}").json()
    assert ended["passed"] is False
    fresh = firm.sandbox_key("outlet")
    with Integrator(fresh["address"], fresh["key"]) as system:
        # The same id and code once more: nothing of the former generation is left.
        assert system.http.post("/v1/events", json=sent).status_code == httpx.codes.CREATED


def test_the_synthetic_province_is_there_to_work_with(firm: Firm) -> None:
    firm.sandbox()
    told = firm.sandbox_key("site_operator")

    with Integrator(told["address"], told["key"]) as system:
        firms = [row["name"] for row in system.http.get("/v1/organisations").json()["items"]]
        me = system.client.me()

    assert told["lives"] == 260
    assert "昆明官渡回收网点（沙盒）" in firms
    assert "昆明安宁综合利用示范" in firms
    assert me["organisation"] == firm.http.get("/v1/me").json()["organisation"]
