"""QR labels of batteries, 60 x 40 mm: PNG for thermal printers, SVG, and PDF in vectors."""

from io import BytesIO
from typing import Final
from urllib.parse import quote

from fpdf import FPDF
from PIL import Image, ImageDraw

from dianchi.exchange.label_layout import (
    HEIGHT_MM,
    WIDTH_MM,
    Drawing,
    Label,
    Symbol,
    lay_out,
)
from dianchi.exchange.lettering import Glyph, glyphs, is_hole

__all__ = ["Label", "label_pdf", "label_png", "label_svg", "label_url"]

_MM_PER_INCH: Final = 25.4
_OVERSAMPLING: Final = 4


def label_url(public_host: str, name: str) -> str:
    """The address on a label, `HTTPS://HOST/B/<NAME>`.

    Everything that the alphanumeric mode of QR lacks is percent-encoded, upper case with the rest,
    since that mode needs a third less room. `parse_battery` reads the address back.
    """
    # `_` and `~` need no encoding in an address, but the alphanumeric mode lacks them.
    path = quote(name.upper(), safe=":").replace("_", "%5F").replace("~", "%7E")
    return f"HTTPS://{public_host.upper()}/B/{path}"


def label_png(label: Label, dpi: int = 203) -> bytes:
    """Black and white, without greys: a thermal head prints dots or nothing."""
    drawing, scale = lay_out(label), dpi / _MM_PER_INCH
    size = round(WIDTH_MM * scale), round(HEIGHT_MM * scale)
    large = Image.new("L", (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING), "white")
    pen = ImageDraw.Draw(large)
    for glyph in _glyphs(drawing):
        _fill(pen, glyph, scale * _OVERSAMPLING)
    grey = large.resize(size, Image.Resampling.BOX)
    image = grey.point(lambda value: 255 if value > 127 else 0).convert("1")  # noqa: PLR2004
    _stamp(ImageDraw.Draw(image), drawing.symbol, scale)
    return _png(image, dpi)


def _glyphs(drawing: Drawing) -> list[Glyph]:
    return [glyph for line in drawing.lines for glyph in glyphs(line)]


def _fill(pen: ImageDraw.ImageDraw, glyph: Glyph, scale: float) -> None:
    for contour in glyph:
        points = [(x * scale, y * scale) for x, y in contour]
        pen.polygon(points, fill="white" if is_hole(contour) else "black")


def _stamp(pen: ImageDraw.ImageDraw, symbol: Symbol, scale: float) -> None:
    """Every module is the same whole number of dots, whatever the resolution."""
    dots = max(1, int(symbol.module * scale + 0.05))
    slack = (symbol.side * scale - dots * len(symbol.rows)) / 2
    left, top = round(symbol.x * scale + slack), round(symbol.y * scale + slack)
    for x, y, length in symbol.runs():
        start = left + x * dots, top + y * dots
        pen.rectangle((*start, start[0] + length * dots - 1, start[1] + dots - 1), fill="black")


def _png(image: Image.Image, dpi: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi), optimize=True)
    return buffer.getvalue()


def label_svg(label: Label) -> bytes:
    """The label in millimetres; the letters are outlines and need no font."""
    drawing = lay_out(label)
    title = f"dianchi 滇池 {label.name}".translate({ord("&"): "&amp;", ord("<"): "&lt;"})
    letters = "".join(_svg_path(glyph) for glyph in _glyphs(drawing))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM:g}mm" height="{HEIGHT_MM:g}mm" '
        f'viewBox="0 0 {WIDTH_MM:g} {HEIGHT_MM:g}" role="img">\n<title>{title}</title>\n'
        f'<path fill="#fff" d="M0 0H{WIDTH_MM:g}V{HEIGHT_MM:g}H0Z"/>\n'
        f'<path shape-rendering="crispEdges" d="{_svg_modules(drawing.symbol)}"/>\n'
        f'<path fill-rule="evenodd" d="{letters}"/>\n</svg>\n'
    ).encode()


def _svg_path(glyph: Glyph) -> str:
    return "".join(
        "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in contour) + "Z" for contour in glyph
    )


def _svg_modules(symbol: Symbol) -> str:
    size = symbol.module
    return "".join(
        f"M{_short(symbol.x + x * size)} {_short(symbol.y + y * size)}"
        f"h{_short(length * size)}v{_short(size)}h-{_short(length * size)}z"
        for x, y, length in symbol.runs()
    )


def _short(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def label_pdf(label: Label) -> bytes:
    """One page of the label's size; the modules are rectangles, the letters outlines."""
    drawing = lay_out(label)
    pdf = FPDF(unit="mm", format=(WIDTH_MM, HEIGHT_MM))
    pdf.set_title(f"dianchi {label.name}")
    pdf.set_margin(0)
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    _pdf_modules(pdf, drawing.symbol)
    _pdf_letters(pdf, drawing)
    return bytes(pdf.output())


def _pdf_modules(pdf: FPDF, symbol: Symbol) -> None:
    size = symbol.module
    pdf.set_fill_color(0)
    for x, y, length in symbol.runs():
        pdf.rect(symbol.x + x * size, symbol.y + y * size, length * size, size, style="F")


def _pdf_letters(pdf: FPDF, drawing: Drawing) -> None:
    with pdf.new_path() as path:
        path.style.fill_color = "#000000"
        path.style.stroke_color = None
        path.style.intersection_rule = "evenodd"
        for glyph in _glyphs(drawing):
            for contour in glyph:
                path.move_to(*contour[0])
                for point in contour[1:]:
                    path.line_to(*point)
                path.close()
