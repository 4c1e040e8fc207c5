"""The scanner at `/scan`: files built from clients/web, from our own host only."""

import functools
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dianchi.api.problems import refuse
from dianchi.store.published import published

_CSP: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {"x-content-type-options": "nosniff", "vary": "accept-encoding"}
_RUNNING: Final = {
    "content-security-policy": _CSP,
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "service-worker-allowed": "/scan",
}
"""Of the page and its worker alone: beside forty small files these would be half of the bytes."""
_ASSETS: Final = "assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Names of assets carry their hash."""
_ONCE: Final = _HEADERS | _RUNNING | {"cache-control": "no-cache"}
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True, slots=True)
class _File:
    whole: bytes
    packed: bytes | None
    media_type: str
    tag: str


def scan_routes(folder: Path | None = None) -> list[BaseRoute]:
    """The routes of the scanner.

    Args:
        folder: where it was built; by default the published one.
    """

    @functools.cache
    def files() -> dict[str, _File]:
        return _read(folder or _published())

    async def shell(request: Request) -> Response:
        return _answer(request, files(), "index.html")

    async def file(request: Request) -> Response:
        return _answer(request, files(), request.path_params["name"])

    async def to_shell(_: Request) -> Response:
        return RedirectResponse("/scan", 308)

    return [
        Route("/scan", shell, include_in_schema=False),
        Route("/scan/", to_shell, include_in_schema=False),
        Route("/scan/{name:path}", file, include_in_schema=False),
    ]


def _published() -> Path | None:
    try:
        return published("web") / "scan"
    except FileNotFoundError:
        return None


def _read(folder: Path | None) -> dict[str, _File]:
    if folder is None:
        return {}
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


def _answer(request: Request, files: dict[str, _File], name: str) -> Response:
    found = files.get(name)
    if found is None:
        raise _absent(built=bool(files))
    lasting = name.startswith(_ASSETS)
    headers = _HEADERS | {"cache-control": _FOR_EVER} if lasting else dict(_ONCE)
    body, tag = found.whole, found.tag
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        # Another representation has another tag (RFC 9110, 8.8.3).
        body, tag = found.packed, f"{tag}-gz"
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers | {"etag": f'"{tag}"'}, media_type=found.media_type)


def _absent(*, built: bool) -> Exception:
    if built:
        return refuse(
            "not_found",
            ("扫码应用没有这个文件", "the scanner has no such file"),
            ("请重新打开 /scan", "open /scan again"),
        )
    return refuse(
        "not_found",
        ("扫码应用尚未构建", "the scanner has not been built"),
        ("请先运行 make setup", "run make setup first"),
    )
