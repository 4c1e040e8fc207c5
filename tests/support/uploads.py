"""A firm that sends files, and the worker that works on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from dianchi.cli.uploading import uploads_runner
from dianchi.ports import Clock
from dianchi.settings import Settings, load
from dianchi.uploads.files import PART_BYTES
from dianchi.uploads.runner import Runner
from support.api import Api

SECRETS = {"vin_key": "11" * 32, "key_pepper": "22" * 32, "personal_key": "33" * 32}


def settings_over(dsn: str, folder: str) -> Settings:
    """The settings of a worker beside `api_over`."""
    return load(database_url=dsn, data_dir=Path(folder), **SECRETS)


@asynccontextmanager
async def working_on(dsn: str, clock: Clock | None = None) -> AsyncIterator[Runner]:
    """A worker of uploads in this process; a test says when it has its turn."""
    with TemporaryDirectory() as folder:
        async with uploads_runner(settings_over(dsn, folder), dsn, clock) as runner:
            yield runner


def parts_of(body: bytes) -> list[bytes]:
    """A file in parts."""
    return [body[at : at + PART_BYTES] for at in range(0, len(body), PART_BYTES)]


@dataclass(slots=True)
class Firm:
    """An organisation that sends files."""

    api: Api
    runner: Runner
    name: str | None = None
    role: str = "site_operator"

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Asks something about uploads."""
        headers = await self.api.headers(self.role, self.name)
        return await self.api.http.request(
            method, f"/v1/uploads{path}", headers=headers | more.pop("headers", {}), **more
        )

    async def announce(
        self, body: bytes, kind: str = "retired", name: str = "退役.xlsx"
    ) -> httpx.Response:
        """Announces a file."""
        digest = sha256(body).hexdigest()
        told = {"name": name, "size": len(body), "sha256": digest, "type": kind}
        return await self.ask("POST", "", json=told)

    async def put(self, upload: str, number: int, part: bytes) -> httpx.Response:
        """Sends a part."""
        digest = sha256(part).hexdigest()
        return await self.ask("PUT", f"/{upload}/parts/{number}?sha256={digest}", content=part)

    async def send(self, body: bytes, kind: str = "retired", name: str = "退役.xlsx") -> str:
        """Sends a file whole and has it read; its id."""
        told = await self.announce(body, kind, name)
        assert told.status_code in {200, 201}, told.text
        upload = str(told.json()["id"])
        for number, part in enumerate(parts_of(body)):
            sent = await self.put(upload, number, part)
            assert sent.status_code == 200, sent.text
        await self.work()
        return upload

    async def recorded(self) -> int:
        """How many reports are on record."""
        return int((await self.api.look("SELECT count(*) FROM report"))[0][0])

    async def work(self) -> None:
        """Has the worker do all there is to do."""
        while await self.runner.once():
            pass

    async def shown(self, upload: str) -> dict[str, Any]:
        """The upload as it stands."""
        answer = await self.ask("GET", f"/{upload}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def dry_run(self, upload: str, plan: dict[str, Any] | None = None) -> dict[str, Any]:
        """Makes a dry run and waits for it."""
        answer = await self.ask("POST", f"/{upload}/dry-run", json=plan)
        assert answer.status_code == 202, answer.text
        await self.work()
        return await self.shown(upload)

    async def commit(self, upload: str, mode: str = "partial") -> dict[str, Any]:
        """Has the rows recorded and waits for it."""
        answer = await self.ask("POST", f"/{upload}/commit", json={"mode": mode})
        assert answer.status_code == 202, answer.text
        await self.work()
        return await self.shown(upload)

    async def rows(self, upload: str, **asked: Any) -> list[dict[str, Any]]:
        """All results, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            answer = await self.ask("GET", f"/{upload}/rows", params=asked)
            assert answer.status_code == 200, answer.text
            rows += answer.json()["items"]
            asked["cursor"] = answer.json()["next"]
            if asked["cursor"] is None:
                return rows


def tallies(told: dict[str, Any], of: str) -> dict[str, int]:
    """What became of rows, without what did not happen."""
    return {name: count for name, count in told[of].items() if count and name != "warned"}
