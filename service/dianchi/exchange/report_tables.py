"""What reports of areas and of firms have in common: the facts at their head, and some tables."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from dianchi.exchange.language import Language
from dianchi.exchange.reports import Section, Share, Value

Rows = Sequence[Sequence[Value]]


class Columns(NamedTuple):
    """The heads of a table, by language, and their shares of its width."""

    zh: Sequence[str]
    en: Sequence[str]
    shares: Sequence[float]

    def section(
        self, words: Mapping[str, str], name: str, rows: Rows, language: Language
    ) -> Section:
        """The table under the title that `words` have for it."""
        return Section(words[name], getattr(self, language), self.shares, rows, words["none"])


HEAD: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {"as_of": "数据截至", "log_index": "日志序号", "sha256": "内容 SHA-256"},
    "en": {"as_of": "As of", "log_index": "Log index", "sha256": "Content SHA-256"},
}
OWED: Final = Columns(
    ("义务", "按期", "逾期办结", "超期未办", "未到期", "待核", "失效"),
    ("Duty", "Met", "Late", "Overdue", "Running", "Unchecked", "Lapsed"),
    (0.36, 0.09, 0.11, 0.11, 0.11, 0.13, 0.09),
)
FINDINGS: Final = Columns(
    ("异常", "级别", "新增", "消除", "期末未消除"),
    ("Finding", "Severity", "Opened", "Closed", "Open at the end"),
    (0.44, 0.11, 0.12, 0.12, 0.21),
)


def moment_facts(told: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """Of which moment of the log it is, and the hash of what it says."""
    words, index = HEAD[language], told["log_index"]
    return [
        (words["as_of"], told["as_of_text"]),
        (words["log_index"], "—" if index is None else str(index)),
        (words["sha256"], told["sha256"]),
    ]


def owed_rows(told: Mapping[str, Any], language: Language) -> list[list[Value]]:
    """Duties that fell due, by what became of them."""
    return [
        [
            row["duty_text"][language], row["met"], row["late"], row["overdue"],
            row["running"], row["unchecked"], row["lapsed"],
        ]
        for row in told["obligations"]
    ]  # fmt: skip


def finding_rows(told: Mapping[str, Any], language: Language) -> list[list[Value]]:
    """Findings that opened and closed."""
    return [
        [
            row["title"][language], row["severity_text"][language], row["opened"],
            row["closed"], row["open"],
        ]
        for row in told["findings"]
    ]  # fmt: skip


def number(told: str | None) -> Decimal | None:
    """A number of the JSON, where there is one."""
    return None if told is None else Decimal(told)


def rate_of(row: Mapping[str, Any]) -> Value:
    """The value of an indicator; shares as percent."""
    value = number(row["value"])
    return Share(value) if value is not None and row["unit"] == "share" else value
