"""Which language a reader gets."""

import pytest

from dianchi.exchange.language import language_of


@pytest.mark.parametrize(
    ("header", "lang", "language"),
    [
        (None, None, "zh"),
        ("", None, "zh"),
        ("*", None, "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", None, "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", None, "en"),
        ("en;q=0.3, zh-Hans;q=0.7", None, "zh"),
        ("fr, en;q=0", None, "en"),
        ("zh;q=0, en;q=0.1", None, "en"),
        ("de", None, "en"),
        ("zh;q=nonsense, en", None, "en"),
        ("zh;q=nan, en;q=0.5", None, "en"),
        ("en", "zh", "zh"),
        ("zh", "EN_gb", "en"),
        ("zh", "<script>", "zh"),
        (",;,;;q=1," * 500, None, "zh"),
    ],
)
def test_the_address_wins_then_the_browser_then_chinese(
    header: str | None, lang: str | None, language: str
) -> None:
    assert language_of(header, lang) == language
