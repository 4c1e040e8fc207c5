"""The page of obligations: duties with who answers, and what each state means."""

from collections.abc import Iterator
from typing import Any

from dianchi.cli.reference.tables import table, ticked
from dianchi.domain.rule_set import obligations_document
from dianchi.domain.rules import RULES


def obligations_page() -> Iterator[str]:
    """States, and every duty."""
    document = obligations_document(RULES)
    yield (
        "每只电池的每项义务是一条记录：从哪份上报起算，哪天到期，谁负责，谁上报，向谁报，做了没有。\n"
        "判断用业务日期当天有效的规则；规则改变后重新判断，原来的结论保留（`earlier`）。\n"
        "督促函、及时率和评价只用法定（statutory）的条目。\n"
        "`schemas/obligations.json` 是同样的内容。\n"
    )
    yield (
        "Each duty of each battery is one row: which report starts it, when it is due, who\n"
        "answers, who reports, to whom it is owed, and whether it was met. It is judged by the\n"
        "rule in force on its business date; when rules change it is judged anew and the old\n"
        "verdict is kept (`earlier`). Letters, timeliness and evaluation use statutory rows only.\n"
        "`schemas/obligations.json` says the same.\n"
    )
    yield "## States 状态\n"
    yield table(
        ("state", "中文", "English", "含义", "meaning"),
        (
            (f"`{one['state']}`", one["title"]["zh"], one["title"]["en"], one["meaning"]["zh"],
             one["meaning"]["en"])
            for one in document["states"]
        ),
    )  # fmt: skip
    yield "## Duties 义务\n"
    yield table(
        ("duty", "中文", "regime", "from", "to", "starts with", "term", "met by", "answers",
         "reports", "owed to", "binding", "source", "when over"),
        (_duty(row) for row in document["duties"]),
    )  # fmt: skip


def _duty(row: dict[str, Any]) -> tuple[str, ...]:
    term, starts = row["term"], row["starts_with"]
    return (
        f"`{row['id']}`",
        row["title"]["zh"],
        row["regime"],
        row["valid_from"] or "",
        row["valid_to"] or "",
        _starts(starts) if starts else "not reported here 本平台不收此类上报",
        f"{term['amount']} {term['unit'].replace('_', ' ')}",
        ticked(row["met_by"]),
        row["bearer"],
        row["reporter"],
        row["owed_to"],
        row["binding"],
        " ".join(filter(None, (row["mark"], row["article"]))),
        f"`{row['when_over']}`",
    )


def _starts(starts: dict[str, list[str]]) -> str:
    narrower = (ticked(starts[name]) for name in ("roles", "host_kinds", "safety_classes"))
    return " / ".join(filter(None, (ticked(starts["types"]), *narrower)))
