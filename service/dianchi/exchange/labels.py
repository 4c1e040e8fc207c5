"""Labels of batteries as PNG, SVG, PDF and ZPL, one by one, on a roll, or 24 to an A4 sheet."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from dianchi.exchange.label_layout import SIZES, Label, lay_out
from dianchi.exchange.marks import Page, placed
from dianchi.exchange.painting import as_pdf, as_png, as_svg
from dianchi.exchange.zpl import as_zpl

__all__ = [
    "SIZES",
    "Label",
    "label_png",
    "label_svg",
    "label_url",
    "labels_pdf",
    "labels_zpl",
    "sheets_pdf",
]

SHEET: Final = "70x37"
"""The size of a label on a sheet."""
_A4: Final = (210.0, 297.0)
_COLUMNS: Final = 3
_ROWS: Final = 8


def label_url(public_host: str, name: str, revision: int = 0) -> str:
    """The address on a label, `HTTPS://HOST/B/<NAME>`, with `/R<n>` on a replacement.

    Everything that the alphanumeric mode of QR lacks is percent-encoded, upper case with the rest,
    since that mode needs a third less room. `parse_battery` reads the address back.
    """
    # `_` and `~` need no encoding in an address, but the alphanumeric mode lacks them.
    path = quote(name.upper(), safe=":").replace("_", "%5F").replace("~", "%7E")
    return f"HTTPS://{public_host.upper()}/B/{path}" + (f"/R{revision}" if revision else "")


def label_png(label: Label, size: str = "60x40", dpi: int = 203) -> bytes:
    """Black and white."""
    return as_png(lay_out(label, size), dpi)


def label_svg(label: Label, size: str = "60x40") -> bytes:
    """In millimetres."""
    return as_svg(lay_out(label, size))


def labels_pdf(labels: Sequence[Label], size: str = "60x40") -> bytes:
    """A page of the label's size for each."""
    return as_pdf([lay_out(label, size) for label in labels])


def labels_zpl(labels: Sequence[Label], size: str = "60x40", dpi: int = 203) -> bytes:
    """For a label printer."""
    return b"".join(as_zpl(lay_out(label, size), dpi) for label in labels)


def sheets_pdf(labels: Sequence[Label]) -> bytes:
    """A4 sheets of 24 labels, three by eight, without gaps; the last may stay partly empty."""
    per_sheet = _COLUMNS * _ROWS
    starts = range(0, len(labels), per_sheet)
    return as_pdf([_sheet(labels[start : start + per_sheet]) for start in starts])


def _sheet(labels: Sequence[Label]) -> Page:
    form = SIZES[SHEET]
    marks = [
        mark
        for number, label in enumerate(labels)
        for mark in placed(
            lay_out(label, SHEET),
            number % _COLUMNS * form.across,
            number // _COLUMNS * form.down,
        )
    ]
    return Page(*_A4, tuple(marks), "dianchi 滇池")
