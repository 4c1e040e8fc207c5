"""Asking for exports, having them written, and reading what came of it."""

import csv
from collections.abc import Sequence
from hashlib import sha256
from io import StringIO
from typing import Any, Final

import pypdfium2

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


def read_pdf(body: bytes, heads: Sequence[str]) -> tuple[str, str]:
    """What a paper says before its rows, and the text of its rows, both without spaces."""
    about, rows = "", ""
    for number, page in enumerate(pypdfium2.PdfDocument(body), 1):
        told = "".join(page.get_textpage().get_text_range().split())
        before, head, behind = told.partition("".join("".join(heads).split()))
        assert head, f"sheet {number} has no heads"
        about = about or before
        rows += behind.rpartition("日志序号")[0].removesuffix("电池清单")
    return about, rows


def hash_of(rows: list[list[str]]) -> str:
    """The hash that a file of these rows must say."""
    return sha256(b"".join(canonical_json(row) + b"\n" for row in rows)).hexdigest()
