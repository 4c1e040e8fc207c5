"""Why something is not believed, in a sentence for a regulator."""

from typing import Final


class Rejected(Exception):  # noqa: N818 - the verdict, not a failure of the program
    """What was shown does not prove what it should.

    Attributes:
        code: short name of the reason, stable.
        zh: one sentence in Chinese.
        en: the same in English.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code: Final = code
        self.zh: Final = zh
        self.en: Final = en


def malformed(what_zh: str, what_en: str) -> Rejected:
    """Something cannot be read at all."""
    return Rejected(
        "malformed",
        f"{what_zh}格式不对，文件可能损坏或被改动",
        f"the {what_en} is not in its format: the file is damaged or was changed",
    )
