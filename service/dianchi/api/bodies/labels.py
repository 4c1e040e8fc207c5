"""Shapes of labels."""

from typing import Annotated, Literal

from pydantic import Field

from dianchi.api.bodies.shared import Strict

SizeName = Literal["60x40", "80x50"]
Dots = Literal[203, 300]
DotsAsked = Literal["203", "300"]
"""The same in an address."""
Name = Annotated[str, Field(min_length=1, max_length=400)]


class LabelsWish(Strict):
    """Labels to print."""

    batteries: Annotated[list[Name], Field(min_length=1, max_length=1000)]
    size: SizeName = "60x40"
    format: Literal["pdf", "zpl"] = "pdf"
    sheet: Literal["roll", "a4"] = Field(
        default="roll", description="`a4`: 24 to a sheet, in PDF; `size` says nothing then"
    )
    dpi: Dots = Field(default=203, description="of the printer, in ZPL")
