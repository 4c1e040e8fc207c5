"""Tables on paper: what cannot be read in halves stays whole."""

from pathlib import Path

import pypdfium2

from dianchi.domain.refusals import Text
from dianchi.exchange.tables.cells import Column
from dianchi.exchange.tables.sheets import PaperFile
from dianchi.exchange.tables.telling import Fact

NAMES = ("battery", "at", "until", "model", "firm", "place", "state", "other")
COLUMNS = [Column(name, Text(name, name)) for name in NAMES]
ABOUT = [Fact(name, "1", Text(name, name), "1") for name in ("log_index", "rows_sha256")]


def test_codes_and_times_are_not_broken_where_texts_can_give_way(tmp_path: Path) -> None:
    code, moment = "9X3PB1CD1A1CSND2P0000001", "2026-11-03T07:50:00.000000Z"
    firm, place = "昆明第四回收服务网点示范企业有限公司", "德宏傣族景颇族自治州" * 2
    paper = PaperFile(tmp_path / "x.pdf", "电池清单", COLUMNS, "zh")
    paper.write([[code, moment, moment, "DC-TAXI-LFP-54", firm, place, place, place]] * 3)
    paper.close(ABOUT)

    told = pypdfium2.PdfDocument(tmp_path / "x.pdf")[0].get_textpage().get_text_bounded()

    assert (told.count(code), told.count(moment)) == (3, 6)
    assert firm not in told
