"""What keys and people are bound to."""

from datetime import date
from typing import Annotated

from pydantic import Field

from dianchi.api.bodies.shared import Strict
from dianchi.domain.areas import DEPARTMENTS


class Bounds(Strict):
    """Where a regulator is, whom an auditor looks at, and until when."""

    prefecture: str | None = Field(default=None, max_length=40)
    area: str | None = Field(
        default=None,
        max_length=40,
        description="of a regulator: `53`, a prefecture, a county (six digits) or `dianzhong`;"
        " left out: `prefecture`, else the province",
        examples=["530181"],
    )
    department: str | None = Field(
        default=None, max_length=40, description=f"of a regulator: {', '.join(DEPARTMENTS)}"
    )
    names: list[Annotated[str, Field(min_length=1, max_length=120)]] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="of an auditor, who needs them: the organisations it may look at, until"
        " `expires_on`",
    )
    expires_on: date | None = Field(
        default=None,
        description="last day (+08:00), at most 365 days ahead; left out: no end",
    )
