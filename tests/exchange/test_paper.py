"""Papers: nothing is cut off, every sheet has its number, a roll is as long as it needs."""

import re

import pypdfium2
import zxingcpp

from dianchi.exchange.paper import A4, ACROSS, ROLL, Paper
from dianchi.exchange.symbols import qr


def texts(pdf: bytes) -> list[str]:
    """What each page says, as another program reads it."""
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def a_paper(rows: int) -> Paper:
    paper = Paper("盘点记录", A4, "滇池 dianchi")
    paper.heading("盘点记录")
    paper.pair("网点", "怒江傈僳族自治州泸水市六库镇㗂堃喆再生资源回收有限公司第一回收网点" * 2)
    table = [[f"001PB0A1234567A18{n:07d}", "412.5 kg", "相符"] for n in range(rows)]
    paper.table(["编码", "质量", "结果"], table, [0.6, 0.2, 0.2], mono=(0,))
    return paper


def test_every_row_of_a_long_table_is_printed_and_every_sheet_numbered() -> None:
    pages = texts(a_paper(100).pdf())
    said = "".join(pages)
    assert re.findall("A18[0-9]{7}", said) == [f"A18{n:07d}" for n in range(100)]
    assert [f"{n} / {len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert "".join(said.split()).count("㗂堃喆再生资源回收有限公司第一回收网点") == 2


def test_a_row_taller_than_a_sheet_goes_on_overleaf_under_the_head() -> None:
    paper = Paper("清单", ACROSS, em=2.6)
    said = [f"W{n:04d}" for n in range(500)]
    paper.table(["编码", "内容"], [["甲", " ".join(said)], ["乙", "末行"]], [0.9, 0.1])

    pages = texts(paper.pdf())

    assert len(pages) > 2
    assert re.findall("W[0-9]{4}", "".join(pages)) == said
    assert all("编码" in page and "内容" in page for page in pages)
    assert "末行" in pages[-1]


def test_a_heading_stands_with_what_it_heads_and_the_head_of_a_table_on_every_sheet() -> None:
    """Wherever a sheet ends: no heading alone at its foot, no rows without their head."""
    for before in range(38, 47):
        paper = Paper("月报", A4)
        for _ in range(before):
            paper.text("前文")
        paper.heading("三、阶段流转")
        paper.table(["从", "到"], [["在用", "已拆下"]] * 60, [0.5, 0.5])
        pages = texts(paper.pdf())
        assert all("从" in page for page in pages if "在用" in page)
        assert all("在用" in page for page in pages if "阶段流转" in page)
        assert "".join(pages).count("已拆下") == 60


def test_nothing_of_a_sheet_is_in_its_margin() -> None:
    for page in pypdfium2.PdfDocument(a_paper(100).pdf()):
        image = page.render(scale=2).to_pil().convert("L").point(lambda value: 255 - value)
        box = image.getbbox()
        assert box
        margin = 17.5 / 25.4 * 144
        assert min(box[:2]) > margin
        assert box[2] < image.width - margin


def test_a_roll_is_one_sheet_as_long_as_what_is_on_it() -> None:
    short, long = Paper("收据", ROLL), Paper("收据", ROLL)
    for paper, lines in ((short, 2), (long, 90)):
        for line in range(lines):
            paper.text(f"第 {line} 行")
        paper.symbol(qr("HTTPS://T.YNBAT.CN/R/SJ-20261124-ABCDEFGH"), 30, ["扫码核对"])
    assert [len(paper.pages()) for paper in (short, long)] == [1, 1]
    assert long.pages()[0].down > short.pages()[0].down + 80 * 5
    (page,) = pypdfium2.PdfDocument(long.pdf())
    read = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert [found.text for found in read] == ["HTTPS://T.YNBAT.CN/R/SJ-20261124-ABCDEFGH"]
