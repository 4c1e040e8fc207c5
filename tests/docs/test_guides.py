"""The guides for clerks and their pictures belong together, and stay small for a weak link."""

import re
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

GUIDES = Path(__file__).resolve().parents[2] / "docs/how-to/clerk"
PICTURES = GUIDES / "pictures"
PAGES = sorted((*GUIDES.glob("*.md"), GUIDES / "wall.html"))
SHOWN = re.compile(r'<img src="pictures/([\w-]+\.webp)"[^>]* alt="([^"]+)"')
STEP = re.compile(r"^## \d+\. .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
MOST_BYTES, MOST_BYTES_IN_ALL = 60_000, 2_000_000
A4_POINTS = (595, 842)


def shown_in(page: Path) -> list[str]:
    """The names of the pictures on a page."""
    return [name for name, _ in SHOWN.findall(page.read_text(encoding="utf-8"))]


def test_every_picture_of_a_guide_exists_and_none_is_left_over() -> None:
    named = {name for page in PAGES for name in shown_in(page)}
    assert named == {each.name for each in PICTURES.iterdir()}


def test_every_picture_in_a_guide_has_words_for_who_cannot_see_it() -> None:
    for page in PAGES:
        assert len(shown_in(page)) == page.read_text(encoding="utf-8").count("<img"), page.name


@pytest.mark.parametrize("page", sorted(GUIDES.glob("*.md")), ids=lambda page: page.name)
def test_every_step_has_one_picture(page: Path) -> None:
    steps = STEP.findall(page.read_text(encoding="utf-8"))
    assert steps
    assert [step.partition("\n")[0] for step in steps if len(SHOWN.findall(step)) != 1] == []


def test_pictures_are_screens_of_a_phone_and_small() -> None:
    sizes = {each.name: each.stat().st_size for each in PICTURES.iterdir()}
    assert [name for name, size in sizes.items() if size >= MOST_BYTES] == []
    assert sum(sizes.values()) < MOST_BYTES_IN_ALL
    screens = (each for each in PICTURES.iterdir() if each.stem != "count-paper")
    assert {_size(each) for each in screens} == {(720, 1280)}


def _size(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as opened:
        return opened.size


def test_the_page_for_the_wall_is_one_sheet_and_says_what_its_source_says() -> None:
    document = pypdfium2.PdfDocument(GUIDES / "wall.pdf")
    (sheet,) = document
    source = re.sub(
        r"<(style|title).*?</\1>|<[^>]+>",
        "",
        (GUIDES / "wall.html").read_text("utf-8"),
        flags=re.DOTALL,
    )
    assert tuple(map(round, sheet.get_size())) == A4_POINTS
    assert sorted(letters(sheet.get_textpage().get_text_range())) == sorted(letters(source))


def letters(text: str) -> str:
    """Without blanks, and without the numbers of lists, which a browser draws."""
    return re.sub(r"[\s\d.•_]", "", text)
