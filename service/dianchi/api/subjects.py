"""What a request is about, as the audit log may tell it: what callers typed stays out of it."""

import re
from typing import Final
from urllib.parse import unquote

from dianchi.domain.codes import parse_battery
from dianchi.domain.lines import Stream
from dianchi.domain.refusals import Malformed
from dianchi.store.names import stream_id

_BATTERIES: Final = "batteries"
_PLAIN: Final = re.compile("[A-Za-z0-9_.:-]{1,64}", re.ASCII)


def subject_of(path: str) -> str:
    """The path of a request; a part that is neither a plain word nor a battery's name is left out.

    Args:
        path: as it was sent or decoded once.
    """
    parts = path.split("/")
    if parts[2:3] == [_BATTERIES] and len(parts) > 3:  # noqa: PLR2004 - /v1/batteries/<name>
        return "/".join([*parts[:3], _name(parts[3]), *map(_word, parts[4:])])
    return "/".join(map(_word, parts))


def _word(part: str) -> str:
    return part if not part or _PLAIN.fullmatch(part) else "…"


def _name(part: str) -> str:
    """A GB/T code; of other names, which may hold anything, the scheme and the id of the stream."""
    try:
        name = str(parse_battery(unquote(part)))
    except Malformed:
        return "…"
    scheme, free, _ = name.partition(":")
    return f"{scheme}:{stream_id(Stream.BATTERY, name)}" if free else name
