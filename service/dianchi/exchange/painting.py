"""Pages as PDF (letters as text, with the font), as PNG and as SVG (letters as outlines)."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from dianchi.exchange.lettering import (
    ASCENT,
    Source,
    advance,
    collection_number,
    file_of,
    outline,
    run_width,
    runs,
)
from dianchi.exchange.marks import Box, Line, Mark, Page, Picture, Shape, Symbol

MM_PER_INCH: Final = 25.4
POINTS_PER_MM: Final = 72 / MM_PER_INCH
_HALF: Final = 127


def as_pdf(pages: Sequence[Page], made_at: datetime | None = None) -> bytes:
    """One document; every page has its own size.

    Args:
        pages: at least one.
        made_at: what it says of when it was made; now by default, so that no two are the same.
    """
    pdf = FPDF(unit="mm", format=(pages[0].across, pages[0].down))
    pdf.set_title(pages[0].title or "dianchi")
    if made_at is not None:
        pdf.set_creation_date(made_at)
    pdf.set_margin(0)
    pdf.set_auto_page_break(auto=False)
    pdf.set_fill_color(0)
    for page in pages:
        pdf.add_page(format=(page.across, page.down))
        for mark in page.marks:
            _on_pdf(pdf, mark)
    return bytes(pdf.output())


def _on_pdf(pdf: FPDF, mark: Mark) -> None:
    match mark:
        case Line():
            _text_on_pdf(pdf, mark)
        case Symbol(x=x, y=y, module=size):
            for column, row, length in mark.runs():
                pdf.rect(x + column * size, y + row * size, length * size, size, style="F")
        case Box():
            pdf.rect(*mark, style="F")
        case Shape(points=points, white=white):
            pdf.set_fill_color(255 if white else 0)
            pdf.polygon(points, style="F")
            pdf.set_fill_color(0)
        case Picture():
            pdf.image(BytesIO(mark.data), *mark[1:], keep_aspect_ratio=True)


def _text_on_pdf(pdf: FPDF, line: Line) -> None:
    x = line.x
    for run in runs(line.text, line.face):
        if run.source not in pdf.fonts:
            number = collection_number(run.source)
            pdf.add_font(run.source, fname=str(file_of(run.source)), collection_font_number=number)
        pdf.set_font(run.source, size=line.em * POINTS_PER_MM)
        pdf.text(x, line.y + ASCENT * line.em, run.text)
        x += run_width(run) * line.em


def as_image(page: Page, dpi: int) -> Image.Image:
    """Black and white, without greys: a thermal head prints dots or nothing."""
    scale = dpi / MM_PER_INCH
    grey = Image.new("L", (round(page.across * scale), round(page.down * scale)), 255)
    pen = ImageDraw.Draw(grey)
    for mark in page.marks:
        _on_image(grey, pen, mark, scale)
    return grey.point(lambda value: 255 if value > _HALF else 0).convert("1")


def as_png(page: Page, dpi: int) -> bytes:
    """The same as a file."""
    buffer = BytesIO()
    as_image(page, dpi).save(buffer, "PNG", dpi=(dpi, dpi), optimize=True)
    return buffer.getvalue()


def _on_image(image: Image.Image, pen: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    match mark:
        case Line():
            _text_on_image(pen, mark, scale)
        case Symbol():
            _stamp(pen, mark, scale)
        case Box(x=x, y=y, across=across, down=down):
            left, top = round(x * scale), round(y * scale)
            right, bottom = round((x + across) * scale) - 1, round((y + down) * scale) - 1
            pen.rectangle((left, top, max(left, right), max(top, bottom)), fill=0)
        case Shape(points=points, white=white):
            pen.polygon([(a * scale, b * scale) for a, b in points], fill=255 if white else 0)
        case Picture(data=data, x=x, y=y, across=across, down=down):
            shown = Image.open(BytesIO(data)).convert("RGBA")
            shown.thumbnail((round(across * scale), round(down * scale)))
            image.paste(shown.convert("L"), (round(x * scale), round(y * scale)), shown)


def _text_on_image(pen: ImageDraw.ImageDraw, line: Line, scale: float) -> None:
    x, baseline = line.x * scale, (line.y + ASCENT * line.em) * scale
    for run in runs(line.text, line.face):
        font = _sized(run.source, round(line.em * scale, 2))
        # One by one: Pillow would round every advance to whole dots, and the line would grow.
        for character in run.text:
            pen.text((x, baseline), character, fill=0, font=font, anchor="ls")
            x += advance(character, run.source) * line.em * scale


@lru_cache(maxsize=60)
def _sized(source: Source, size: float) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.BASIC
    return ImageFont.truetype(str(file_of(source)), size, collection_number(source), "", engine)


def _stamp(pen: ImageDraw.ImageDraw, symbol: Symbol, scale: float) -> None:
    """Every module is the same whole number of dots, whatever the resolution."""
    dots = max(1, int(symbol.module * scale + 0.05))
    slack = symbol.across * scale - dots * len(symbol.rows[0])
    drop = symbol.down * scale - dots * len(symbol.rows)
    left, top = round(symbol.x * scale + slack / 2), round(symbol.y * scale + drop / 2)
    for x, y, length in symbol.runs():
        start = left + x * dots, top + y * dots
        pen.rectangle((*start, start[0] + length * dots - 1, start[1] + dots - 1), fill=0)


def as_svg(page: Page) -> bytes:
    """A page in millimetres; the letters are outlines and need no font."""
    across, down = f"{page.across:g}", f"{page.down:g}"
    body = "\n".join(_in_svg(mark) for mark in page.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}mm" height="{down}mm" '
        f'viewBox="0 0 {across} {down}" role="img">\n<title>{escape(page.title)}</title>\n'
        f'<path fill="#fff" d="M0 0H{across}V{down}H0Z"/>\n{body}\n</svg>\n'
    ).encode()


def _in_svg(mark: Mark) -> str:
    match mark:
        case Line(x=x, y=y, em=em):
            drawn = ""
            for run in runs(mark.text, mark.face):
                drawn += outline(run, x, y + ASCENT * em, em)
                x += run_width(run) * em
            return f'<path d="{drawn}"/>'
        case Symbol(x=x, y=y, module=size):
            boxes = (
                _rectangle(x + a * size, y + b * size, c * size, size) for a, b, c in mark.runs()
            )
            return f'<path shape-rendering="crispEdges" d="{"".join(boxes)}"/>'
        case Box():
            return f'<path d="{_rectangle(*mark)}"/>'
        case Shape(points=points, white=white):
            ends = "L".join(f"{_short(a)} {_short(b)}" for a, b in points)
            fill = ' fill="#fff"' if white else ""
            return f'<path{fill} d="M{ends}Z"/>'
        case Picture(data=data, x=x, y=y, across=across, down=down):
            kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
            place = f'x="{_short(x)}" y="{_short(y)}" width="{across:g}" height="{down:g}"'
            return f'<image {place} href="data:image/{kind};base64,{b64encode(data).decode()}"/>'


def _rectangle(x: float, y: float, across: float, down: float) -> str:
    return f"M{_short(x)} {_short(y)}h{_short(across)}v{_short(down)}h-{_short(across)}z"


def _short(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
