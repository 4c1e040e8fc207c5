"""The documentation agrees with the code, and with itself."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from dianchi.cli.reference import documents
from dianchi.domain.events import CATALOGUE, ROLES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*ROOT.glob("README*.md"), ROOT / "schemas" / "README.md", *DOCS.rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED = re.compile(r'<a id="([^"]+)">')
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

NAMED_FILE = re.compile(r"`((?:service|tests|migrations|schemas)/[\w/.\-]+)`")


def text_of(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    """The places of a page that a link may name, as Git hosts make them of headings."""
    text = text_of(page)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain} | set(NAMED.findall(text))


def test_the_generated_pages_are_what_the_code_says() -> None:
    different = [
        path
        for path, text in documents()
        if not (DOCS / path).exists() or (DOCS / path).read_text(encoding="utf-8") != text
    ]
    assert different == [], "run `make schemas`"


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for link in LINK.findall(text_of(page)):
            if link.startswith(("http:", "https:")):
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or (anchor and anchor not in anchors_of(target)):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    reached = {DOCS / "README.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for link in LINK.findall(text_of(page)):
            target = (page.parent / unquote(link).partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert sorted(set(DOCS.rglob("*.md")) - reached) == []


def glossary() -> list[tuple[str, str]]:
    rows = (DOCS / "reference" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|") for row in rows if row.startswith("| ")]
    return [(row[1].strip(), row[3].strip()) for row in cells[2:]]


def test_each_chinese_term_stands_once_in_the_glossary() -> None:
    counted = Counter(term for term, _ in glossary())
    assert [term for term, count in counted.items() if count > 1] == []


def test_the_glossary_names_every_role() -> None:
    named = {word for _, words in glossary() for word in re.findall(r"`(\w+)`", words)}
    assert set(ROLES) <= named


def test_every_kind_of_report_has_a_place_in_the_reference() -> None:
    assert set(CATALOGUE) <= anchors_of(DOCS / "reference" / "events.md")


def test_code_and_tests_that_records_name_exist() -> None:
    missing = [
        f"{page.name}: {path}"
        for page in (DOCS / "decisions").glob("0*.md")
        for path in NAMED_FILE.findall(text_of(page))
        if not (ROOT / path).exists()
    ]
    assert missing == []
