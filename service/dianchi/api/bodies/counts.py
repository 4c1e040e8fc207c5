"""The record of a stock count."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class CountBody(BaseModel):
    """A stock count, compared with the record as it was before it."""

    event_id: str
    site: str
    site_name: str | None
    organisation: str
    organisation_name: str | None
    role: str
    basis: Literal["self", "inspection"]
    complete: bool
    occurred_at: str
    recorded_at: str
    device: dict[str, Any] | None
    counted: int
    agreed: list[str]
    missing: list[str] = Field(description="should have stood there and were not found")
    extra: list[str] = Field(description="found, though by the record they were elsewhere")
    settled: bool = Field(
        description="whether all that was missing is known yet: it takes about a second"
    )
    signatures: list[str] = Field(description="SHA-256 of the drawn signatures: see /v1/photos")
    report_sha256: str
    log_index: int | None
    receipt: str = Field(description="address of the receipt, by which the log proves the report")
    corrected_by: str | None
