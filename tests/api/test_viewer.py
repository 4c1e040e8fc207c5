"""The API's viewer needs nothing but this service."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from dianchi.api.app import create_app
from dianchi.api.viewer import viewer_routes


def a_client(openapi_url: str) -> httpx.AsyncClient:
    app = Starlette(routes=viewer_routes(openapi_url))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with a_client("/openapi.json") as client:
        yield client


async def test_the_page_names_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    for name in ("look.css", "start.js"):
        assert "//" not in (await client.get(f"/docs/{name}")).text


async def test_every_file_that_the_page_names_is_here(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    names = re.findall(r"(?:src|href)=\"(/docs/[^\"]+)\"", page)
    assert len(names) == 5
    for name in names:
        assert (await client.get(name)).status_code == 200, name


async def test_the_browser_may_speak_to_this_host_only(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "http" not in policy


async def test_the_viewer_opens_the_document_and_keeps_no_key(client: httpx.AsyncClient) -> None:
    script = await client.get("/docs/start.js")
    assert script.headers["content-type"].startswith("text/javascript")
    options = json.loads(script.text.removeprefix("SwaggerUIBundle(").removesuffix(");\n"))
    assert options["url"] == "/openapi.json"
    assert options["persistAuthorization"] is False
    assert options["validatorUrl"] is None


async def test_an_address_with_markup_stays_text() -> None:
    async with a_client('/"><script>x') as client:
        page = await client.get("/docs")
    assert "<script>x" not in page.text


async def test_the_document_lists_every_route_once_and_tells_nothing_of_the_inside() -> None:
    document = create_app().openapi()
    operations = [each for path in document["paths"].values() for each in path.values()]

    assert all(len(each.get("tags", [])) == 1 for each in operations)
    assert not any("door" in str(each.get("description")) for each in operations)
