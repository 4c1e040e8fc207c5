"""The two codes on a label: QR and Data Matrix, as dark and light modules."""

from typing import Final

import zxingcpp
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

Rows = list[list[bool]]
LEVELS: Final = {
    "H": ERROR_CORRECT_H,
    "Q": ERROR_CORRECT_Q,
    "M": ERROR_CORRECT_M,
    "L": ERROR_CORRECT_L,
}
ROOMY_VERSION: Final = 6
"""The last version whose modules have full size on a label."""


def qr(text: str, least: str = "Q") -> Rows:
    """A QR code at a level or better; at a lower one only where it would be too dense otherwise.

    Args:
        text: upper case, so that the alphanumeric mode holds it.
        least: the level wished for, `H`, `Q`, `M` or `L`.
    """
    names = list(LEVELS)
    wished = [LEVELS[name] for name in names[names.index(least) :]]
    found = ((level, _version(text, level)) for level in wished)
    version = next((v for _, v in found if v and v <= ROOMY_VERSION), None)
    version = version or _version(text, ERROR_CORRECT_L)
    level = next(each for each in LEVELS.values() if _version(text, each) == version)
    code = QRCode(version=version, error_correction=level, border=0)
    code.add_data(text)
    code.make(fit=False)
    return [[bool(module) for module in row] for row in code.modules]


def _version(text: str, level: int) -> int | None:
    code = QRCode(error_correction=level)
    code.add_data(text)
    try:
        return code.best_fit()
    except (DataOverflowError, ValueError):
        return None


def data_matrix(text: str) -> Rows:
    """A square Data Matrix (ISO/IEC 16022, ECC 200)."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    image = code.to_image(scale=1, add_quiet_zones=False)
    down, across = image.shape
    dots = bytes(memoryview(image))  # type: ignore[arg-type]  # a buffer, which its types do not say
    return [
        [dot == 0 for dot in dots[start : start + across]]
        for start in range(0, down * across, across)
    ]
