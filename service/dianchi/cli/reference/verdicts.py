"""The pages about what is wrong: findings and problems."""

from collections.abc import Iterator
from typing import Any

from dianchi.api.problems import PROBLEMS
from dianchi.cli.reference.tables import table
from dianchi.domain.findings import catalogue_document


def findings_page() -> Iterator[str]:
    """Every finding."""
    yield (
        "上报照收，不符之处成为发现；后来的上报能解释的，发现自行关闭。\n"
        "A report is stored; what does not fit becomes a finding, which closes itself when later\n"
        "reports explain it. Kinds: `life` (one life by itself), `link` (lives that share a\n"
        "hand-over, vehicle, lot, batch, parent or child), `clock` (terms that ran out).\n"
        "Words in braces stand for values of the finding.\n"
    )
    rows = catalogue_document()
    yield table(
        ("code", "中文", "English", "kind", "severity"),
        (
            (
                f"[`{row['code']}`](#{row['code']})",
                row["title"]["zh"],
                row["title"]["en"],
                row["kind"],
                row["severity"],
            )
            for row in rows
        ),
    )
    for row in rows:
        yield f"## {row['code']}\n"
        yield from _finding(row, "")
        for variant in row["variants"]:
            yield from _finding(variant, f"`what` = `{variant['what']}`, ")


def _finding(row: dict[str, Any], which: str) -> Iterator[str]:
    sentence, closes = row["sentence"], row["closes_when"]
    title = f"{row['title']['zh']} · {row['title']['en']}"
    yield f"{which}`{row['kind']}`, `{row['severity']}`. {title}\n"
    yield f"- {sentence['zh']}\n- {sentence['en']}"
    yield f"- 何时关闭：{closes['zh']}\n- Closes: {closes['en']}\n"


def problems_page() -> Iterator[str]:
    """Every problem code."""
    yield (
        "被拒绝的请求按 RFC 9457 回答，媒体类型 `application/problem+json`。`errors` 里的每一项有\n"
        "JSON 指针、原值、原因和办法，中英文都有。\n"
    )
    yield (
        "A refused request is answered as RFC 9457 says, `application/problem+json`. Each of its\n"
        "`errors` carries a JSON pointer, the value, what is wrong and the way out, in both\n"
        "languages. `code` is stable; `title` and `detail` follow `Accept-Language`.\n"
    )
    yield table(
        ("code", "status", "中文", "English"),
        (
            (f'<a id="{code}"></a>`{code}`', kind.status, kind.title.zh, kind.title.en)
            for code, kind in PROBLEMS.items()
        ),
    )
