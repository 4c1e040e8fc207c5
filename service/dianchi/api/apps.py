"""The scanner at `/scan`, the console at `/console`: built from clients/web, from our host only."""

import functools
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dianchi.api.problems import refuse
from dianchi.domain.refusals import Text
from dianchi.store.published import published

_HEADERS: Final = {"x-content-type-options": "nosniff", "vary": "accept-encoding"}
_ASSETS: Final = "assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Names of assets carry their hash."""
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


def _policy(**sources: str) -> str:
    told = "".join(f"{name}-src {allowed}; " for name, allowed in sources.items())
    return (
        f"default-src 'none'; {told}style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@dataclass(frozen=True, slots=True)
class _App:
    """One app.

    Attributes:
        name: of its folder, and below `/`.
        running: headers of the page and its worker alone: beside forty small files these would be
            half of the bytes.
        paths: whether every other path below it is the page too, which reads its path itself.
    """

    name: str
    called: Text
    running: Mapping[str, str]
    paths: bool = False


_SCAN: Final = _App(
    "scan",
    Text("扫码应用", "the scanner"),
    {
        "content-security-policy": _policy(
            script="'self' 'wasm-unsafe-eval'",
            img="'self' blob: data:",
            media="'self' blob:",
            worker="'self'",
            manifest="'self'",
        ),
        "permissions-policy": "camera=(self), geolocation=(), microphone=()",
        "referrer-policy": "no-referrer",
        "service-worker-allowed": "/scan",
    },
)
_CONSOLE: Final = _App(
    "console",
    Text("工作台", "the console"),
    {
        "content-security-policy": _policy(script="'self'", img="'self' data:", font="'self'"),
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "referrer-policy": "no-referrer",
    },
    paths=True,
)


@dataclass(frozen=True, slots=True)
class _File:
    whole: bytes
    packed: bytes | None
    media_type: str
    tag: str


def app_routes(folder: Path | None = None) -> list[BaseRoute]:
    """The routes of both apps.

    Args:
        folder: where they were built, each in its own; by default the published one.
    """
    return [route for app in (_SCAN, _CONSOLE) for route in _routes(app, folder)]


def _routes(app: _App, folder: Path | None) -> list[BaseRoute]:
    @functools.cache
    def files() -> dict[str, _File]:
        return _read(folder or _published(), app)

    async def shell(request: Request) -> Response:
        return _answer(app, request, files(), "index.html")

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        inside = app.paths and not name.startswith(_ASSETS)
        return _answer(app, request, files(), "index.html" if inside else name)

    async def to_shell(request: Request) -> Response:
        return RedirectResponse(request.url.replace(path=f"/{app.name}"), 308)

    return [
        Route(f"/{app.name}", shell, include_in_schema=False),
        Route(f"/{app.name}/", to_shell, include_in_schema=False),
        Route(f"/{app.name}/{{name:path}}", file, include_in_schema=False),
    ]


def _published() -> Path | None:
    try:
        return published("web")
    except FileNotFoundError:
        return None


def _read(built: Path | None, app: _App) -> dict[str, _File]:
    if built is None:
        return {}
    folder = built / app.name
    names = (each for each in folder.rglob("*") if each.is_file() and each.suffix != ".gz")
    return {each.relative_to(folder).as_posix(): _file(each) for each in names}


def _file(path: Path) -> _File:
    packed = path.with_name(f"{path.name}.gz")
    whole = path.read_bytes()
    return _File(
        whole,
        packed.read_bytes() if packed.exists() else None,
        _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        sha256(whole).hexdigest()[:32],
    )


def _answer(app: _App, request: Request, files: dict[str, _File], name: str) -> Response:
    found = files.get(name)
    if found is None:
        raise _absent(app, built=bool(files))
    headers = _HEADERS | (
        {"cache-control": _FOR_EVER}
        if name.startswith(_ASSETS)
        else {**app.running, "cache-control": "no-cache"}
    )
    body, tag = found.whole, found.tag
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        # Another representation has another tag (RFC 9110, 8.8.3).
        body, tag = found.packed, f"{tag}-gz"
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers | {"etag": f'"{tag}"'}, media_type=found.media_type)


def _absent(app: _App, *, built: bool) -> Exception:
    if built:
        return refuse(
            "not_found",
            (f"{app.called.zh}没有这个文件", f"{app.called.en} has no such file"),
            (f"请重新打开 /{app.name}", f"open /{app.name} again"),
        )
    return refuse(
        "not_found",
        (f"{app.called.zh}尚未构建", f"{app.called.en} has not been built"),
        ("请先运行 make setup", "run make setup first"),
    )
