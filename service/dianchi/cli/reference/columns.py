"""The page about the classes of columns."""

from collections.abc import Iterator

from dianchi.access.classes import CLASSES
from dianchi.access.kept_columns import KEPT
from dianchi.access.sensitivity import MEANING
from dianchi.cli.reference.tables import table


def columns_page() -> Iterator[str]:
    """Every column with its class; the personal and the secret ones with their reason."""
    yield (
        "每一列都有等级；测试把本表与迁移后的数据库比对。\n"
        "Every column has a class; a test compares this with a migrated database.\n"
    )
    yield table(
        ("class", "中文", "English"),
        ((f"`{one}`", told.zh, told.en) for one, told in MEANING.items()),
    )
    yield "## C3 C4\n"
    yield table(
        ("column", "class", "since", "中文", "English"),
        (
            (f"`{'.'.join(place)}`", CLASSES[place], kept.since, kept.why.zh, kept.why.en)
            for place, kept in KEPT.items()
        ),
    )
    for name in sorted({name for name, _ in CLASSES}):
        yield f"## {name}\n"
        yield table(
            ("column", "class"),
            ((f"`{column}`", found) for (of, column), found in CLASSES.items() if of == name),
        )
