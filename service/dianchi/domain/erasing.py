"""Erasing personal values (PIPL): for which reasons, how long a request waits, who decides."""

from datetime import date, datetime, timedelta
from typing import Final

from dianchi.domain.refusals import Text
from dianchi.domain.words import Word, Words

PIPL: Final = date(2021, 11, 1)
"""Since when the Personal Information Protection Law holds."""
WAITS: Final = timedelta(days=30)
"""How long a request can be decided (house)."""


def _basis(word: str, zh: str, en: str) -> Word:
    return Word(word, Text(zh, en), PIPL, None, "R-h")


BASES: Final = Words(
    (
        _basis("purpose_met", "处理目的已实现或不再必要", "purpose met, or no longer needed"),
        _basis("retention_over", "保存期限已届满", "time of retention over"),
        _basis("consent_withdrawn", "个人撤回同意", "consent withdrawn"),
        _basis("unlawful", "违法或违约处理", "handled against law or agreement"),
        _basis("request_of_person", "个人行使删除权", "request of the person"),
    )
)
"""Reasons to erase: PIPL article 47, by the date of the request."""


def expires_at(asked_at: datetime) -> datetime:
    """When a request that nobody decided ends."""
    return asked_at + WAITS
