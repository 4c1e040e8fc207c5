"""What kind of file bytes are, by how they begin; the rest is not looked at."""

from collections.abc import Iterable
from typing import Final, NamedTuple


class Beginning(NamedTuple):
    """How files of a media type begin: with `magic`, behind `at` bytes."""

    type: str
    at: int
    magic: bytes


PICTURES: Final = (
    Beginning("image/jpeg", 0, b"\xff\xd8\xff"),
    Beginning("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    Beginning("image/webp", 8, b"WEBP"),
)
PDF: Final = Beginning("application/pdf", 0, b"%PDF-")


def kind_of(body: bytes, among: Iterable[Beginning]) -> str | None:
    """The media type; None where it begins like none of these."""
    return next((kind for kind, at, magic in among if body[at:].startswith(magic)), None)
