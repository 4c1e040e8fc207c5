"""Labels: the address reads back, the symbol decodes, nothing touches the edge."""

import re
import zlib
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from dianchi.domain.codes import parse_battery
from dianchi.domain.vocabulary import CHEMISTRIES
from dianchi.exchange.label_layout import lay_out
from dianchi.exchange.labels import Label, label_pdf, label_png, label_svg, label_url
from dianchi.exchange.lettering import UNKNOWN, drawable, glyphs, width

HOST = "dianchi.yn.example"
FULL = "001PB0A1234567A180000012"
REUSED = "001PB0AA180000012RP"
NAMES = [
    FULL,
    REUSED,
    FULL + "RP",
    "gbt45565:ABC-R-0123",
    "gbt40098:X_1.2/3",
    "serial:CATL:LOT #7/+&'(x), 0O1I",
    "asset:云塔公司:昆-0012",
    "asset:org-7:A:B C",
    "tmp:YN0301-17",
]
LONGEST = f"serial:{'中' * 64}:{'文' * 40}"
SVG = "{http://www.w3.org/2000/svg}"


def a_label(name: str = FULL, **facts: object) -> Label:
    full: dict[str, object] = {
        "chemistry": "lfp",
        "capacity_ah": "280.00",
        "voltage_v": "51.2",
        "energy_kwh": "14.336",
    }
    url = label_url(HOST, str(parse_battery(name)))
    return Label(str(parse_battery(name)), url, **(full | facts))  # type: ignore[arg-type]


def image_of(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("L")


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("name", [*NAMES, LONGEST])
def test_the_address_on_a_label_names_the_same_battery(name: str) -> None:
    battery = parse_battery(name)
    assert parse_battery(label_url(HOST, str(battery))) == battery
    assert parse_battery(label_url("127.0.0.1:8000", str(battery)).lower()) == battery


@pytest.mark.parametrize("name", NAMES)
def test_an_address_uses_only_characters_of_the_alphanumeric_mode(name: str) -> None:
    assert re.fullmatch(r"HTTPS://[A-Z0-9.]+/B/[A-Z0-9:.%-]+", label_url(HOST, name))


@pytest.mark.parametrize("name", [*NAMES, LONGEST])
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_scanner_reads_the_address_from_the_printed_dots(name: str, dpi: int) -> None:
    label = a_label(name)
    assert read(image_of(label_png(label, dpi))) == [label.url]


def test_at_203_dpi_a_label_has_eight_dots_to_the_millimetre_and_no_greys() -> None:
    image = Image.open(BytesIO(label_png(a_label())))
    assert image.size == (480, 320)
    assert image.mode == "1"
    assert [round(dpi) for dpi in image.info["dpi"]] == [203, 203]


@pytest.mark.parametrize("name", [*NAMES, LONGEST])
def test_nothing_is_within_a_millimetre_of_the_edge(name: str) -> None:
    label = a_label(
        name, chemistry="semi_solid", energy_kwh="123456.789", revision=123, second_life=True
    )
    box = image_of(label_png(label)).point(lambda value: 255 - value).getbbox()
    assert box
    left, top, right, bottom = box
    assert min(left, top) >= 8
    assert right <= 480 - 8
    assert bottom <= 320 - 8


@pytest.mark.parametrize("name", [FULL, REUSED, LONGEST])
def test_the_symbol_keeps_a_quiet_zone_of_four_modules(name: str) -> None:
    symbol, lines = lay_out(a_label(name, second_life=True, revision=3))
    quiet = 4 * symbol.module - 1e-9
    assert symbol.x >= quiet
    assert symbol.y >= quiet
    for line in lines:
        beside = line.x - (symbol.x + symbol.side)
        below = line.y - (symbol.y + symbol.side)
        assert max(beside, below) >= quiet


@pytest.mark.parametrize(
    ("name", "level", "modules"), [(FULL, "Q", 33), (REUSED, "H", 33), ("tmp:A-1", "Q", 29)]
)
def test_the_level_is_the_highest_that_fits_the_version(
    name: str, level: str, modules: int
) -> None:
    label = a_label(name)
    found = zxingcpp.read_barcodes(image_of(label_png(label)))
    assert [found[0].ec_level] == [level]
    assert len(lay_out(label).symbol.rows) == modules


def test_lines_never_overlap_and_are_never_wider_than_their_room() -> None:
    for name in (*NAMES, LONGEST):
        lines = lay_out(a_label(name, revision=9, second_life=True)).lines
        for line in lines:
            assert line.x + width(line.text, line.face) * line.em <= 57.5 + 1e-9
        columns = [[x for x in lines if x.face == face] for face in ("text", "mono")]
        for column in columns:
            for above, below in pairwise(column):
                assert above.y + above.em <= below.y + 1e-9


def test_a_label_says_what_is_known_and_nothing_else() -> None:
    said = [line.text for line in lay_out(a_label(revision=2, second_life=True)).lines]
    assert said == [
        "滇池 dianchi",
        "磷酸铁锂 LFP",
        "280 Ah  51.2 V",
        "14.336 kWh",
        "原编码保留  标签第2版",
        "001P B0A1 2345",
        "67A1 8000 0012",
    ]
    bare = Label(FULL, label_url(HOST, FULL))
    assert len(lay_out(bare).lines) == 3


def test_a_character_without_an_outline_is_marked_and_explained() -> None:
    said = [line.text for line in lay_out(a_label("asset:云塔公司:昆-0012")).lines]
    assert said[-2:] == ["* 见二维码", "asset:****:*-0012"]


@pytest.mark.parametrize("chemistry", list(CHEMISTRIES))
def test_every_chemistry_can_be_drawn(chemistry: str) -> None:
    assert UNKNOWN not in lay_out(a_label(chemistry=chemistry)).lines[1].text


def test_a_zero_has_a_slash_and_an_o_has_none() -> None:
    zero, letter = (
        next(glyphs(line._replace(text=text)))
        for line in lay_out(a_label()).lines[-1:]
        for text in "0O"
    )
    assert (len(zero), len(letter)) == (3, 2)
    assert drawable("0汉", "mono") == "0*"


def test_png_and_svg_are_the_same_bytes_every_time() -> None:
    assert label_png(a_label()) == label_png(a_label())
    assert label_svg(a_label()) == label_svg(a_label())


def test_svg_is_in_millimetres_and_needs_no_font() -> None:
    root = ET.fromstring(label_svg(a_label("serial:A&B:x")))  # noqa: S314 - our own output
    assert (root.get("width"), root.get("height")) == ("60mm", "40mm")
    assert root.get("viewBox") == "0 0 60 40"
    assert root.findtext(f"{SVG}title") == "dianchi 滇池 serial:A&B:X"
    assert {child.tag for child in root} == {f"{SVG}title", f"{SVG}path"}


def rectangles_of(pdf: bytes) -> list[list[float]]:
    """Every filled rectangle of a PDF: left, bottom, width and height in points."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    content = b"\n".join(zlib.decompress(s) for s in streams if s.startswith(b"\x78"))
    found = re.findall(rb"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re f", content)
    return [[float(number) for number in rectangle] for rectangle in found]


def drawn(rectangles: list[list[float]]) -> Image.Image:
    """The rectangles on a white page of 60 x 40 mm, ten dots to the millimetre."""
    image = Image.new("L", (600, 400), 255)
    for left, top, across, down in rectangles:
        corners = [left, 400 * 72 / 254 - top, left + across, 400 * 72 / 254 - top - down]
        x0, y0, x1, y1 = (round(points * 254 / 72) for points in corners)
        image.paste(0, (x0, min(y0, y1), x1, max(y0, y1)))
    return image


@pytest.mark.parametrize("name", [FULL, "asset:云塔公司:昆-0012", "tmp:A-1"])
def test_the_rectangles_of_the_pdf_are_the_symbol(name: str) -> None:
    label = a_label(name)
    assert read(drawn(rectangles_of(label_pdf(label)))) == [label.url]


def test_the_pdf_is_one_page_of_the_label_size_without_fonts() -> None:
    pdf = label_pdf(a_label())
    assert b"/MediaBox [0 0 170.08 113.39]" in pdf
    assert pdf.count(b"/Type /Page\n") == 1
    assert b"/FontFile" not in pdf
    assert b"/Subtype /Image" not in pdf
