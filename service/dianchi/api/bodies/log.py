"""Answers about the log."""

from pydantic import BaseModel, Field


class CheckpointBody(BaseModel):
    """A checkpoint as it was signed."""

    size: int
    root: str
    note: str = Field(description="the signed note, with the cosignatures that it has")
    last_entry_at: str | None = Field(
        description="when the last entry that it covers was given its place"
    )


class CheckpointsBody(BaseModel):
    """Checkpoints, the largest first; `next` is the size to go on before, null at the end."""

    origin: str
    items: list[CheckpointBody]
    next: int | None


class InclusionBody(BaseModel):
    """That a leaf is in the tree of a size: the hashes from its sibling up, in base64."""

    origin: str
    index: int
    size: int
    root: str
    hashes: list[str]


class ConsistencyBody(BaseModel):
    """That the tree of the second size continues that of the first, in base64."""

    origin: str
    first: int
    second: int
    hashes: list[str]


class KeysBody(BaseModel):
    """The log's own public keys and its witnesses'; get the keys you trust by another way."""

    origin: str
    keys: list[str]
    witnesses: list[str]
