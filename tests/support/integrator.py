"""A firm's system that does what a conformity run asks, by the SDK and plain HTTP."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from dianchi_client import Client, Invalid, Retries, signers
from dianchi_client.errors import Rejected
from dianchi_client.policy import Policy
from dianchi_client.signing import ReporterKey, canonical, kid_of
from dianchi_client.verify import verify

Task = dict[str, Any]
_SIGNERS: Final[dict[str, ReporterKey]] = {}
"""The key of each firm: a second one would need the word of the first."""


@dataclass(slots=True)
class Integrator:
    """Works through the tasks of a run in their order."""

    address: str
    key: str
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    http: httpx.Client = field(init=False)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        self.http = httpx.Client(base_url=self.address, headers=headers, timeout=60)
        self.client = Client(self.address, self.key, retries=Retries(total_s=60))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.client.close()

    def begin(self, role: str) -> dict[str, Any]:
        """Begins a run."""
        return self._json("POST", "/v1/conformity-runs", json={"role": role})

    def look(self, number: str) -> dict[str, Any]:
        """The run as it stands."""
        return self._json("GET", f"/v1/conformity-runs/{number}")

    def do(self, run: dict[str, Any], *names: str) -> None:
        """Does these tasks of a run; by default all."""
        for task in run["tasks"]:
            if not names or task["id"] in names:
                getattr(self, f"_{task['kind']}")(task, run)

    def _json(self, method: str, path: str, **told: Any) -> dict[str, Any]:
        answer = self.http.request(method, path, **told)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def _reported(self, task: Task, _: Any) -> None:
        body = {"event_id": str(uuid4()), **task["example"]}
        if task["id"] == "signature":
            body = self._signed(body)
        self.sent[task["id"]] = body
        self.client.report(body)

    def _signed(self, body: dict[str, Any]) -> dict[str, Any]:
        whose = self.client.me()["organisation"]
        if self.address not in _SIGNERS:
            _SIGNERS[self.address] = self._signer(whose)
        return body | {"signature": _SIGNERS[self.address].sign(canonical(body), whose)}

    def _signer(self, whose: str) -> ReporterKey:
        signer = ReporterKey.make()
        kid = kid_of(whose, signer.public.thumbprint)
        proof = signer.sign(signers.possession(kid), whose, int(time.time()))
        told = {"jwk": signer.public.jwk, "possession": proof}
        self._json("POST", "/v1/signing-keys", json=told)
        time.sleep(4.5)
        return signer

    def _repeated(self, _: Task, __: Any) -> None:
        self.client.report(list(self.sent.values())[-1])

    def _refused(self, task: Task, _: Any) -> None:
        try:
            self.client.report(task["example"])
        except Invalid:
            return
        raise AssertionError("a wrong code was taken")

    def _waited(self, task: Task, _: Any) -> None:
        self.client.report(task["example"])

    def _many_sent(self, task: Task, run: dict[str, Any]) -> None:
        tally = self.client.report_many(self._many(task, run, bad=(100, 500, 900)))
        assert tally.refused == 3

    def _many_mended(self, task: Task, run: dict[str, Any]) -> None:
        rows = list(self._many(task, run, bad=()))
        self.client.report_many([rows[n - 1] for n in (100, 500, 900)])

    def _many(
        self, task: Task, run: dict[str, Any], bad: tuple[int, ...]
    ) -> Iterator[dict[str, Any]]:
        example = task["example"]
        for n in range(1, 1001):
            mass = "-1" if n in bad else example["data"]["mass_kg"]
            yield example | {
                "battery": f"{run['names']['many']}{n:04}",
                "data": example["data"] | {"mass_kg": mass},
            }

    def _paged(self, _: Task, __: Any) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # The list follows the log, which is a moment behind.
            if sum(1 for _ in self.client.batteries(limit=100)) >= 250:
                return
            time.sleep(0.5)
        raise AssertionError("the list never had 250 rows")

    def _followed(self, _: Task, run: dict[str, Any]) -> None:
        wanted = run["names"]["mended"]
        after, deadline = "-1", time.monotonic() + 60
        while time.monotonic() < deadline:
            answer = self.http.get("/v1/feed", params={"after": after, "limit": 1000})
            after = answer.headers["feed-next"]
            if any(event["subject"] == wanted for event in answer.json()):
                return
            time.sleep(0.1)
        raise AssertionError("the feed never told it")

    def _verified(self, _: Task, run: dict[str, Any]) -> None:
        path = f"/v1/conformity-runs/{run['number']}"
        deadline = time.monotonic() + 60
        while (answer := self.http.get(f"{path}/receipts")).status_code == httpx.codes.CONFLICT:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.3)
        riddle = answer.json()
        policy = Policy.parse(riddle["policy"].encode())
        forged = [item["index"] for item in riddle["items"] if not self._fits(item, policy)]
        told = self._json("POST", f"{path}/answers", json={"forged": forged})
        assert told["right"], riddle

    def _fits(self, item: dict[str, Any], policy: Policy) -> bool:
        try:
            verify(item["receipt"].encode(), item["leaf"].encode(), policy, int(time.time()))
        except Rejected:
            return False
        return True
