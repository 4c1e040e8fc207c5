"""Shapes of the search."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import Strict, Told

MOST = 200
Term = Annotated[str, Field(min_length=1, max_length=400, pattern=r"\S")]
Outcome = Literal["found", "not_found", "ambiguous"]
Kind = Literal["battery", "vehicle", "firm", "receipt", "event"]


class SearchWish(Strict):
    """What is looked for, each by itself."""

    terms: Annotated[list[Term], Field(min_length=1, max_length=MOST)] = Field(
        description="names of batteries, addresses of labels, VINs, firms (id, USCC, part of a"
        " name), numbers of slips and of receipts of files, ids of reports"
    )


class FoundBattery(BaseModel):
    """A battery that the caller sees; null where it sees its own reports only."""

    battery: str
    sees: Literal["whole", "own_reports"]
    stage: str | None
    holder: str | None
    holder_name: str | None
    prefecture: str | None
    site: str | None
    quarantined: bool | None
    last_event_at: str | None
    findings: int = Field(description="how many are open")
    worst: Literal["info", "low", "medium", "high"] | None = Field(description="the gravest")


class FoundFirm(BaseModel):
    """A firm of the directory."""

    id: str
    name: str
    uscc: str | None
    prefecture: str | None


class FoundPaper(BaseModel):
    """A slip or the receipt of a file, by its number; `check` is where anybody may check it."""

    number: str
    check: str
    event_id: str | None
    upload: str | None = Field(description="the file, where it is the caller's own")


class SearchItem(BaseModel):
    """What was found for one term."""

    term: str
    kind: Kind
    outcome: Outcome = Field(description="`ambiguous`: several fit, or none and several nearly")
    label: int | None = Field(
        description="the revision that an address of a label says; 0: a first label, or none said"
    )
    batteries: list[FoundBattery]
    firms: list[FoundFirm]
    paper: FoundPaper | None
    near: list[str] = Field(
        description="codes on record that differ by one mistake; for a term that was not found"
    )
    fault: Told | None = Field(description="why it is no name of a battery, where it is none")


class SearchFound(BaseModel):
    """What was found, term by term in the order given."""

    items: list[SearchItem]
    counts: dict[Outcome, int]
    log_index: int | None
