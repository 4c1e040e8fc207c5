"""The files of scanner and console: packed, kept for ever where their name says what they hold."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from dianchi.api.app import create_app
from dianchi.api.apps import app_routes

SCRIPT = b"start();" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    for app in ("scan", "console"):
        folder = tmp_path / app
        (folder / "assets").mkdir(parents=True)
        (folder / "index.html").write_bytes(b"<!doctype html>")
        script = folder / "assets" / "index-Ab12.js"
        script.write_bytes(SCRIPT)
        script.with_name("index-Ab12.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "scan" / "sw.js").write_bytes(b"keep();")
    return tmp_path


@pytest.fixture
def client(built: Path) -> httpx.AsyncClient:
    app = Starlette(routes=app_routes(built))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_an_asset_is_kept_for_ever_and_comes_packed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/scan/assets/index-Ab12.js")
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_who_cannot_unpack_gets_the_whole_with_another_tag(client: httpx.AsyncClient) -> None:
    path = "/scan/assets/index-Ab12.js"
    packed = await client.get(path)
    whole = await client.get(path, headers={"accept-encoding": "identity"})
    assert whole.content == SCRIPT
    assert "content-encoding" not in whole.headers
    assert whole.headers["etag"] != packed.headers["etag"]


async def test_a_slash_too_many_loses_nothing_of_the_address(client: httpx.AsyncClient) -> None:
    answer = await client.get("/console/?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        "http://test/console?lang=en",
    )


async def test_the_shell_and_the_worker_are_asked_for_again_each_time(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/scan", "/scan/sw.js"):
        answer = await client.get(path)
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["etag"]


async def test_no_script_but_our_files_runs_and_the_camera_is_ours_alone(
    client: httpx.AsyncClient,
) -> None:
    headers = (await client.get("/scan")).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy
    assert not re.search(r"https?:|\*", policy)
    assert "camera=(self)" in headers["permissions-policy"]
    assert headers["service-worker-allowed"] == "/scan"


@pytest.mark.parametrize("path", ["/scan/none.js", "/scan/../sw.js.gz", "/scan/%2e%2e/x"])
async def test_nothing_but_what_was_built_is_given_out(built: Path, path: str) -> None:
    app = create_app()
    app.router.routes[:0] = app_routes(built)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get(path)
    assert answer.status_code == 404


async def test_without_a_build_the_answer_says_what_to_do(tmp_path: Path) -> None:
    app = create_app()
    app.router.routes[:0] = app_routes(tmp_path)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/scan", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["way_out"]["en"] == "run make setup first"


async def test_what_is_not_packed_does_not_say_so_after_what_is(
    built: Path, client: httpx.AsyncClient
) -> None:
    shell = (built / "scan" / "index.html").read_bytes()
    (built / "scan" / "index.html.gz").write_bytes(gzip.compress(shell))
    assert (await client.get("/scan")).content == shell
    answer = await client.get("/scan/sw.js")
    assert "content-encoding" not in answer.headers
    assert answer.content == b"keep();"


@pytest.mark.parametrize("path", ["/console", "/console/batteries/001PB1A00", "/console/none.js"])
async def test_the_console_reads_its_path_itself(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.content == b"<!doctype html>"
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "camera=()" in answer.headers["permissions-policy"]


async def test_an_asset_that_the_console_lacks_is_not_the_page(built: Path) -> None:
    app = create_app()
    app.router.routes[:0] = app_routes(built)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/console/assets/gone-Cd34.js")
    assert answer.status_code == 404
