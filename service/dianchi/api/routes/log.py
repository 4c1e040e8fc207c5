"""The log over HTTP (c2sp.org/tlog-tiles), open to everybody: hashes tell nothing of events.

Entry bundles are not served: they hold the events themselves, which are not everybody's.
"""

import re
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Response

from dianchi.api.bodies.log import (
    CheckpointBody,
    CheckpointsBody,
    ConsistencyBody,
    InclusionBody,
    KeysBody,
)
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ServicesDep
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.exchange.json_out import moment
from dianchi.ledger.published import Published
from dianchi.ledger.tiles import WIDTH
from dianchi_client.note import encode64

router = APIRouter(prefix="/log", tags=["log"])
TEXT: Final = "text/plain; charset=utf-8"
_TILE_PATH: Final = re.compile(r"((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_BYTES: Final[dict[str, Any]] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
_NOTE: Final[dict[str, Any]] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_LAST: Final = 2**62
Size = Annotated[int, Query(ge=0, le=_LAST)]


async def published(services: Services) -> Published:
    """The newest checkpoint.

    Raises:
        Refused: nothing was signed yet.
    """
    newest = await services.log.newest()
    if newest is None:
        raise refuse(
            "not_found",
            ("日志还没有签发检查点", "no checkpoint was signed yet"),
            ("有上报后一秒内签发，请稍后再试", "one is signed within a second of a report"),
        )
    return newest


@router.get(
    "/checkpoint",
    response_class=Response,
    responses={200: _NOTE, **problems(404)},
    summary="The newest signed checkpoint",
)
async def get_checkpoint(services: ServicesDep) -> Response:
    """A signed note (c2sp.org/tlog-checkpoint) with the cosignatures that it has so far."""
    newest = await published(services)
    return Response(newest.note, media_type=TEXT, headers={"cache-control": "no-cache"})


@router.get("/checkpoints", responses=problems(422), summary="Earlier signed checkpoints")
async def get_checkpoints(
    services: ServicesDep,
    before: Annotated[int, Query(ge=0, le=_LAST)] = _LAST,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> CheckpointsBody:
    """Those of less than a size, the largest first; each is good by itself, as it was signed."""
    found = await services.log.earlier(before, limit + 1)
    items = [
        CheckpointBody(
            size=each.size,
            root=encode64(each.root),
            note=each.note.decode(),
            last_entry_at=None if at is None else moment(at),
        )
        for each, at in found[:limit]
    ]
    further = items[-1].size if len(found) > limit else None
    return CheckpointsBody(origin=services.log.origin, items=items, next=further)


@router.get(
    "/tile/{level}/{number:path}",
    response_class=Response,
    responses={200: _BYTES, 304: {"description": "Not modified"}, **problems(404, 422)},
    summary="A tile of hashes",
)
async def get_tile(
    services: ServicesDep,
    level: Annotated[int, Path(ge=0, le=63)],
    number: str,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """`x001/x234/067` is tile 1234067; `.p/<W>` asks for its first W hashes."""
    asked = _TILE_PATH.fullmatch(number)
    width = int(asked[2] or WIDTH) if asked else 0
    hashes = None
    if asked and (width < WIDTH or not asked[2]):
        at = int(asked[1].replace("x", "").replace("/", ""))
        hashes = await services.log.tile(level, at, width)
    if hashes is None:
        raise refuse(
            "not_found",
            ("日志中没有这个数据块", "the published log has no such tile"),
            ("请先读取 /log/checkpoint 再按其大小取块", "take the size from /log/checkpoint"),
        )
    headers = {"etag": f'"{sha256(hashes).hexdigest()[:32]}"', "cache-control": _IMMUTABLE}
    if if_none_match == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(hashes, media_type="application/octet-stream", headers=headers)


@router.get(
    "/proof/inclusion",
    responses=problems(404, 422),
    summary="Proves that an entry is in the log",
)
async def get_inclusion(
    services: ServicesDep, index: Size, size: Annotated[int | None, Query(ge=1, le=_LAST)] = None
) -> InclusionBody:
    """For the tree of `size`, by default that of the newest checkpoint."""
    newest = await published(services)
    size = size or newest.size
    if not index < size <= newest.size:
        raise _beyond("index", index, newest.size)
    proof = await services.log.inclusion(index, size)
    root = await services.log.root(size)
    return InclusionBody(
        origin=services.log.origin,
        index=index,
        size=size,
        root=encode64(root),
        hashes=[encode64(step) for step in proof],
    )


@router.get(
    "/proof/consistency",
    responses=problems(404, 422),
    summary="Proves that the log only grew",
)
async def get_consistency(
    services: ServicesDep,
    first: Annotated[int, Query(ge=0, le=_LAST, alias="from")],
    second: Annotated[int | None, Query(ge=0, le=_LAST, alias="to")] = None,
) -> ConsistencyBody:
    """From one size to another, by default to that of the newest checkpoint."""
    newest = await published(services)
    second = newest.size if second is None else second
    if not first <= second <= newest.size:
        raise _beyond("from", first, newest.size)
    proof = await services.log.consistency(first, second)
    return ConsistencyBody(
        origin=services.log.origin,
        first=first,
        second=second,
        hashes=[encode64(step) for step in proof],
    )


@router.get("/keys", summary="The public keys of the log and its witnesses")
async def get_keys(services: ServicesDep) -> KeysBody:
    """For information: trust only a key that you were given by another way."""
    log = services.log
    return KeysBody(origin=log.origin, keys=list(log.keys), witnesses=list(log.witnesses))


def _beyond(name: str, value: int, size: int) -> Exception:
    return refuse(
        "invalid_value",
        (
            f"{name} 超出已签发的日志（共 {size} 条）",
            f"{name} lies beyond the {size} that are signed",
        ),
        ("请按 /log/checkpoint 的大小改正", "take sizes from /log/checkpoint"),
        pointer=f"/{name}",
        value=value,
    )
