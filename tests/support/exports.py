"""Asking for exports, having them written, and reading what came of it."""

import csv
from hashlib import sha256
from io import StringIO
from typing import Any, Final

from dianchi.cli.exporting import exports_runner
from dianchi.store.envelope import canonical_json
from support.api import Api

Who = tuple[str, str | None]
PROVINCE: Final[Who] = ("regulator", None)


async def ask(api: Api, who: Who, listed: str, form: str = "csv", **filters: str) -> dict[str, Any]:
    """Asks for a file; it is not written yet."""
    told = {"list": listed, "form": form, "filters": filters}
    headers = await api.headers(*who)
    answer = await api.http.post("/v1/exports", json=told, headers=headers)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def exported(
    api: Api, who: Who, listed: str, form: str = "csv", **filters: str
) -> tuple[dict[str, Any], bytes]:
    """The export and its file."""
    told = await ask(api, who, listed, form, **filters)
    async with exports_runner(api.dsn, api.services.clock) as runner:
        while await runner.once():
            pass
    headers = await api.headers(*who)
    done = (await api.http.get(f"/v1/exports/{told['id']}", headers=headers)).json()
    assert done["state"] == "done", done
    answer = await api.http.get(done["file"], headers=headers)
    assert answer.status_code == 200
    assert (len(answer.content), sha256(answer.content).hexdigest()) == (
        done["size"],
        done["sha256"],
    )
    return done, answer.content


def read_csv(body: bytes) -> tuple[list[str], list[list[str]], dict[str, str]]:
    """Heads, rows, and what the file says of itself."""
    assert body.startswith(b"\xef\xbb\xbf")
    head, *lines = list(csv.reader(StringIO(body.decode("utf-8-sig"))))
    about = {line[1]: line[2] for line in lines if line[0] == "#"}
    return head, [line for line in lines if line[0] != "#"], about


def hash_of(rows: list[list[str]]) -> str:
    """The hash that a file of these rows must say."""
    return sha256(b"".join(canonical_json(row) + b"\n" for row in rows)).hexdigest()
