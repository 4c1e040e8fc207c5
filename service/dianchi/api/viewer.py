"""The viewer of the OpenAPI document at `/docs`: Swagger UI from our own host, never a CDN.

The files come with the package `fastapi-offline`; of it nothing else is used.
"""

import json
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes; scripts and connections stay on our own host."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · 滇池 dianchi</title>
<link rel="icon" href="{path}/icon.svg">
<link rel="stylesheet" href="{path}/files/swagger-ui.css">
<link rel="stylesheet" href="{path}/look.css">
</head>
<body>
<header><a href="/"><b>滇池</b> dianchi</a> <a href="{openapi}">openapi.json</a></header>
<main id="viewer"><noscript>Without scripts: <a href="{openapi}">{openapi}</a></noscript></main>
<script src="{path}/files/swagger-ui-bundle.js"></script>
<script src="{path}/start.js"></script>
</body>
</html>
"""

_ICON: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<rect width="24" height="24" rx="6" fill="#0f766e"/>
<path d="M5 10q3.5-3 7 0t7 0M5 15q3.5-3 7 0t7 0" fill="none" stroke="#fff" stroke-width="2"/>
</svg>
"""

_START: Final = "SwaggerUIBundle(%s);\n"

_LOOK: Final = """body { margin: 0; }
header {
  display: flex; justify-content: space-between; align-items: baseline;
  padding: .9rem 1.25rem; background: #0f766e;
  font: 1rem system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header a { color: #fff; text-decoration: none; }
header a:focus-visible { outline: 3px solid #fff; outline-offset: 3px; }
.swagger-ui .info { margin: 1.5rem 0; }
"""


def viewer_routes(openapi_url: str, *, path: str = "/docs") -> list[BaseRoute]:
    """The routes of the viewer: its page at `path` and its files below."""
    page = _PAGE.format(path=escape(path), openapi=escape(openapi_url))
    start = _START % json.dumps(_options(openapi_url))

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": _CSP})

    return [
        Route(path, show, include_in_schema=False),
        _file(f"{path}/start.js", start, "text/javascript"),
        _file(f"{path}/look.css", _LOOK, "text/css"),
        _file(f"{path}/icon.svg", _ICON, "image/svg+xml"),
        Mount(f"{path}/files", StaticFiles(packages=[("fastapi_offline", "static")])),
    ]


def _file(path: str, text: str, media_type: str) -> Route:
    async def show(_: Request) -> Response:
        return Response(text, media_type=media_type)

    return Route(path, show, include_in_schema=False)


def _options(openapi_url: str) -> dict[str, object]:
    return {
        "url": openapi_url,
        "dom_id": "#viewer",
        "deepLinking": True,
        "displayRequestDuration": True,
        "filter": True,
        "tryItOutEnabled": True,
        "persistAuthorization": False,
        "validatorUrl": None,
    }
