"""QR codes for pages."""

import io
from typing import Final

import qrcode
from qrcode.image.svg import SvgPathImage

_BORDER: Final = 2


def qr_svg(text: str) -> str:
    """A QR code as an SVG element, without a title: it is an image of what stands beside it."""
    code = qrcode.QRCode(border=_BORDER, image_factory=SvgPathImage)
    code.add_data(text)
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image().save(file)
    drawn = file.getvalue().decode()
    return drawn[drawn.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" ', 1)
