"""Labels: the address reads back, both codes decode, nothing touches the edge, no empty boxes."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from dianchi.domain.codes import parse_battery
from dianchi.domain.vocabulary import CHEMISTRIES
from dianchi.exchange import lettering
from dianchi.exchange.label_layout import SIZES, lay_out
from dianchi.exchange.labels import (
    Label,
    label_png,
    label_svg,
    label_url,
    labels_pdf,
    labels_zpl,
    sheets_pdf,
)
from dianchi.exchange.lettering import cut, letters, runs, width, wrapped
from dianchi.exchange.marks import Line, Page, Symbol

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
        "stage": "collected",
        "outlet": "怒江傈僳族自治州泸水市六库镇第一回收网点",
        "day": "2026-11-24",
    }
    url = label_url(HOST, str(parse_battery(name)), int(str(facts.get("revision", 0))))
    return Label(str(parse_battery(name)), url, **(full | facts))  # type: ignore[arg-type]


def image_of(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("L")


def read(image: Image.Image) -> dict[str, str]:
    """What a scanner reads of a label, by the kind of code."""
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(image)}


def lines_of(page: Page) -> list[Line]:
    return [mark for mark in page.marks if isinstance(mark, Line)]


def symbols_of(page: Page) -> list[Symbol]:
    return [mark for mark in page.marks if isinstance(mark, Symbol)]


def drawn(pdf: bytes, dpi: int = 203) -> Iterator[Image.Image]:
    """The pages of a PDF as another program draws them."""
    for page in pypdfium2.PdfDocument(pdf):
        yield page.render(scale=dpi / 72).to_pil().convert("L")


@pytest.mark.parametrize("name", [*NAMES, LONGEST])
def test_the_address_on_a_label_names_the_same_battery(name: str) -> None:
    battery = parse_battery(name)
    assert parse_battery(label_url(HOST, str(battery))) == battery
    assert parse_battery(label_url("127.0.0.1:8000", str(battery)).lower()) == battery


@pytest.mark.parametrize("name", NAMES)
def test_the_revision_of_a_replacement_label_is_no_part_of_the_name(name: str) -> None:
    battery = parse_battery(name)
    assert label_url(HOST, str(battery), 12).endswith("/R12")
    assert parse_battery(label_url(HOST, str(battery), 12)) == battery


@pytest.mark.parametrize("name", NAMES)
def test_an_address_uses_only_characters_of_the_alphanumeric_mode(name: str) -> None:
    assert re.fullmatch(r"HTTPS://[A-Z0-9.]+/B/[A-Z0-9:.%-]+", label_url(HOST, name))


def forget(monkeypatch: pytest.MonkeyPatch, *whole: Path) -> None:
    """As on a machine whose only whole font is this, or none."""
    monkeypatch.setattr(lettering, "WHOLE", whole)
    for remembered in (lettering.letters, lettering._placed):
        remembered.cache_clear()


@pytest.fixture(autouse=True)
def _remembering_nothing() -> Iterator[None]:
    yield
    lettering.letters.cache_clear()
    lettering._placed.cache_clear()


def shape(font: ImageFont.FreeTypeFont, text: str) -> Image.Image:
    """A character by itself, its baseline at 88."""
    image = Image.new("L", (100, 110), 255)
    ImageDraw.Draw(image).text((0, 88), text, fill=0, font=font, anchor="ls")
    return image


def lettering_pen(
    image: Image.Image, line: Line, font: ImageFont.FreeTypeFont, left: int, top: int
) -> None:
    """Draws a line by itself where a label has it."""
    dots = 203 / 25.4
    baseline = (line.y + 0.88 * line.em) * dots
    pen = ImageDraw.Draw(image)
    for place, character in enumerate(line.text):
        x = (line.x + place * line.em) * dots - left
        pen.text((x, baseline - top), character, fill=0, font=font, anchor="ls")
    image.paste(image.point(lambda value: 255 if value > 127 else 0))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("size", list(SIZES))
def test_a_scanner_reads_both_codes_from_the_printed_dots(name: str, dpi: int, size: str) -> None:
    label = a_label(name, revision=2)
    assert read(image_of(label_png(label, size, dpi))) == {
        "QRCode": label.url,
        "DataMatrix": label.name,
    }


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_name_too_long_for_a_data_matrix_keeps_its_qr_code(dpi: int) -> None:
    label = a_label(LONGEST)
    assert read(image_of(label_png(label, dpi=dpi))) == {"QRCode": label.url}


@pytest.mark.parametrize("name", [FULL, REUSED, "tmp:A-1"])
def test_the_data_matrix_is_at_least_12_millimetres_and_at_the_other_corner(name: str) -> None:
    for size, form in SIZES.items():
        code, matrix = symbols_of(lay_out(a_label(name), size))
        assert matrix.across == matrix.down >= 12
        assert (code.x, code.y) < (5, 5)
        assert form.across - matrix.x - matrix.across < 2
        assert form.down - matrix.y - matrix.down < 2


def test_at_203_dpi_a_label_has_eight_dots_to_the_millimetre_and_no_greys() -> None:
    image = Image.open(BytesIO(label_png(a_label())))
    assert image.size == (480, 320)
    assert image.mode == "1"
    assert [round(dpi) for dpi in image.info["dpi"]] == [203, 203]


@pytest.mark.parametrize("name", [*NAMES, LONGEST])
@pytest.mark.parametrize("size", list(SIZES))
def test_nothing_is_within_a_millimetre_of_the_edge(name: str, size: str) -> None:
    label = a_label(
        name,
        chemistry="semi_solid",
        energy_kwh="123456.789",
        revision=123,
        second_life=True,
        quarantined=True,
        outlet="西双版纳傣族自治州勐海县" * 8,
    )
    image = image_of(label_png(label, size))
    box = image.point(lambda value: 255 - value).getbbox()
    assert box
    left, top, right, bottom = box
    assert min(left, top) >= 8
    assert right <= image.width - 8
    assert bottom <= image.height - 8


@pytest.mark.parametrize("name", [FULL, REUSED, LONGEST])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_codes_keep_their_quiet_zones(name: str, size: str) -> None:
    page = lay_out(a_label(name, second_life=True, revision=3), size)
    code, *matrices = symbols_of(page)
    assert min(code.x, code.y) >= 4 * code.module - 1e-9
    for symbol, modules in ((code, 4), *((matrix, 1) for matrix in matrices)):
        quiet = modules * symbol.module - 1e-9
        for line in lines_of(page):
            gaps = (
                line.x - (symbol.x + symbol.across),
                line.y - (symbol.y + symbol.down),
                symbol.x - line.right,
                symbol.y - (line.y + line.em),
            )
            assert max(gaps) >= quiet


@pytest.mark.parametrize(
    ("name", "revision", "level", "modules"),
    [(FULL, 0, "Q", 33), (REUSED, 0, "H", 33), ("tmp:A-1", 0, "Q", 29), (FULL, 2, "H", 37)],
)
def test_the_level_is_the_highest_that_fits_and_h_on_a_replacement(
    name: str, revision: int, level: str, modules: int
) -> None:
    label = a_label(name, revision=revision)
    found = zxingcpp.read_barcodes(image_of(label_png(label)))
    assert [each.ec_level for each in found if each.format.name == "QRCode"] == [level]
    assert len(symbols_of(lay_out(label))[0].rows) == modules


def test_lines_never_overlap_and_are_never_wider_than_their_room() -> None:
    for name in (*NAMES, LONGEST):
        page = lay_out(a_label(name, revision=9, second_life=True))
        for line in lines_of(page):
            assert line.right <= 58.5 + 1e-9
        for face in ("text", "mono"):
            column = [line for line in lines_of(page) if line.face == face]
            for above, below in pairwise(column):
                assert above.y + above.em <= below.y + 1e-9


def test_a_label_says_what_is_known_and_nothing_else() -> None:
    said = [line.text for line in lines_of(lay_out(a_label(revision=2, second_life=True)))]
    assert said == [
        "滇池 dianchi",
        "磷酸铁锂 LFP",
        "280 Ah  51.2 V  14.336 kWh",
        "状态 网点在库",
        "怒江傈僳族自治州泸水市六库镇…",
        "2026-11-24  标签第2版",
        "梯次利用 原编码保留",
        "001P B0A1 2345",
        "67A1 8000 0012",
    ]
    bare = Label(FULL, label_url(HOST, FULL))
    assert len(lines_of(lay_out(bare))) == 3
    apart = [line.text for line in lines_of(lay_out(a_label(quarantined=True)))]
    assert "已隔离 危险勿动 QUARANTINED" in apart


@pytest.mark.parametrize("chemistry", list(CHEMISTRIES))
def test_every_chemistry_can_be_drawn(chemistry: str) -> None:
    said = lines_of(lay_out(a_label(chemistry=chemistry)))[1].text
    assert {run.source for run in runs(said, "text")} == {"sans"}


PLACES = (
    "怒江傈僳族自治州迪庆藏族自治州西双版纳傣族自治州红河哈尼族彝族自治州文山壮族苗族自治州"
    "大理白族自治州楚雄彝族自治州德宏傣族景颇族自治州贡山独龙族怒族兰坪普米族漾濞寻甸禄劝孟连"
    "拉祜佤族沧源澜沧耿马勐海勐腊㗂堃喆犇骉奡垚燚龘"
)


@pytest.mark.parametrize("character", sorted(set(PLACES)))
def test_names_of_minority_areas_and_people_are_drawn_as_the_font_has_them(
    character: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    (run,) = runs(character, "text")
    font = ImageFont.truetype(str(lettering.file_of(run.source)), 48)

    assert run == (character, "sans")
    assert shape(font, run.text).convert("L").point(lambda value: 255 - value).getbbox()
    assert shape(font, run.text).tobytes() != shape(font, "\U0010fffd").tobytes()


def test_the_drawn_name_is_the_glyphs_of_the_font() -> None:
    page = lay_out(a_label(outlet="怒江㗂堃喆"))
    line = next(line for line in lines_of(page) if line.text == "怒江㗂堃喆")
    dots = 203 / 25.4
    font = ImageFont.truetype(
        str(lettering.file_of("sans")),
        round(line.em * dots, 2),
        layout_engine=ImageFont.Layout.BASIC,
    )
    left, top = round(line.x * dots), round(line.y * dots)
    box = (left, top, left + round(5 * line.em * dots), top + round(1.1 * line.em * dots))
    shown = image_of(label_png(a_label(outlet="怒江㗂堃喆"))).crop(box)
    lone = Image.new("L", shown.size, 255)
    lettering_pen(lone, line, font, left, top)

    differing = sum(a != b for a, b in zip(shown.tobytes(), lone.tobytes(), strict=True))
    assert differing < 0.02 * shown.width * shown.height


def test_a_character_that_no_font_has_is_told_by_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget(monkeypatch)
    assert runs("鼠𪚥X", "text") == [("鼠[U+2A6A5]X", "sans")]
    said = lines_of(lay_out(a_label(outlet="𪚥记回收")))[4].text
    assert said == "𪚥记回收"
    assert width("𪚥", "text") > 3
    assert runs("\u200b", "text") == []


def test_the_whole_font_of_the_machine_helps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, Path(str(lettering.file_of("sans"))))
    monkeypatch.setattr(lettering, "SIMPLIFIED", 0)
    assert runs("汉0", "mono") == [("汉", "sans"), ("0", "mono")]
    assert letters("whole") is not None


def test_a_zero_has_a_slash_and_an_o_has_none() -> None:
    assert runs("0汉", "mono") == [("0", "mono"), ("汉", "sans")]
    font = ImageFont.truetype(str(lettering.file_of("mono")), 80)
    zero, letter = (bytes(font.getmask(text)) for text in "0O")
    middle = [font.getmask(text).getpixel((font.getmask(text).size[0] // 2, 30)) for text in "0O"]
    assert zero != letter
    assert middle == [255, 0]


def test_text_is_cut_and_broken_to_its_room() -> None:
    assert cut("怒江傈僳族自治州", "text", 5) == "怒江傈僳…"
    assert cut("怒江", "text", 5) == "怒江"
    assert wrapped("怒江州 one two", "text", 3.2) == ["怒江州", "one", "two"]
    assert all(width(line, "text") <= 4 for line in wrapped("W" * 30, "text", 4))
    assert wrapped("", "text", 4) == [""]


def test_png_and_svg_are_the_same_bytes_every_time() -> None:
    assert label_png(a_label()) == label_png(a_label())
    assert label_svg(a_label()) == label_svg(a_label())


def test_svg_is_in_millimetres_and_needs_no_font() -> None:
    root = ET.fromstring(label_svg(a_label("serial:A&B:x")))  # noqa: S314 - our own output
    assert (root.get("width"), root.get("height")) == ("60mm", "40mm")
    assert root.get("viewBox") == "0 0 60 40"
    assert root.findtext(f"{SVG}title") == "dianchi 滇池 serial:A&B:X"
    assert {child.tag for child in root} == {f"{SVG}title", f"{SVG}path"}


def test_200_labels_in_one_pdf_all_read_and_carry_one_font_each() -> None:
    names = [f"001PB0A1234567A18{serial:07d}" for serial in range(200)]
    pdf = labels_pdf([a_label(name) for name in names])

    pages = [read(page) for page in drawn(pdf)]
    assert [page["DataMatrix"] for page in pages] == names
    assert [page["QRCode"] for page in pages] == [label_url(HOST, name) for name in names]
    assert pdf.count(b"/FontFile") == 2
    assert len(pdf) < 1_000_000


def test_a_sheet_of_24_labels_reads_whole_and_the_25th_begins_another() -> None:
    names = [f"001PB0A1234567A18{serial:07d}" for serial in range(25)]
    first, second = drawn(sheets_pdf([a_label(name) for name in names]), 300)

    found = [each.text for each in zxingcpp.read_barcodes(first)]
    assert sorted(found) == sorted([*names[:24], *(label_url(HOST, n) for n in names[:24])])
    assert read(second)["DataMatrix"] == names[24]


def unpacked(zpl: bytes) -> Image.Image:
    """The bitmap of a label, read as the printer's manual says."""
    told = re.search(rb"\^GFA,(\d+),(\d+),(\d+),(.*?)\^FS", zpl, re.DOTALL)
    assert told
    total, _, stride = (int(number) for number in told.groups()[:3])
    rows: list[str] = []
    row, times = "", 0
    for sign in told[4].decode():
        if sign == ":":
            rows.append(rows[-1])
        elif sign in ",!":
            rows.append(row.ljust(stride * 2, "0" if sign == "," else "F"))
            row = ""
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            times += 20 * (ord(sign) - ord("f"))
        else:
            row += sign * (times or 1)
            times = 0
        if len(row) == stride * 2:
            rows.append(row)
            row = ""
    ink = bytes.fromhex("".join(rows))
    assert len(ink) == total
    paper = bytes(255 - byte for byte in ink)
    return Image.frombytes("1", (stride * 8, len(rows)), paper)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("size", ["60x40", "80x50"])
def test_zpl_holds_the_same_dots_as_the_picture(dpi: int, size: str) -> None:
    label = a_label(revision=1)
    zpl = labels_zpl([label], size, dpi)
    picture = image_of(label_png(label, size, dpi))
    shown = unpacked(zpl).convert("L").crop((0, 0, *picture.size))

    assert zpl.startswith(f"^XA^PW{picture.width}^LL{picture.height}^FO0,0^GFA,".encode())
    assert shown.tobytes() == picture.tobytes()
    assert len(zpl) < 0.6 * (picture.width * picture.height / 4)


def test_many_labels_in_zpl_are_one_format_each() -> None:
    zpl = labels_zpl([a_label(), a_label(REUSED)])
    first, second = zpl.splitlines()
    assert read(unpacked(first).convert("L"))["DataMatrix"] == FULL
    assert read(unpacked(second).convert("L"))["DataMatrix"] == REUSED
