"""What a regulator may read VINs back for."""

from typing import Final

from dianchi.domain.erasing import PIPL
from dianchi.domain.refusals import Text
from dianchi.domain.words import Word, Words

PURPOSES: Final = Words(
    tuple(
        Word(word, Text(zh, en), PIPL)
        for word, zh, en in (
            ("inspection", "监督检查", "inspection"),
            ("safety_incident", "安全事件处置", "safety incident"),
            ("recall", "召回", "recall"),
            ("complaint", "投诉举报核查", "complaint"),
            ("request_of_person", "个人查阅请求", "request of the person"),
            ("court", "司法协助", "request of a court"),
        )
    )
)
"""By the day of reading; words of our own, since the law asks for a clear purpose (PIPL 6)."""
MOST_AN_HOUR: Final = 2_000
"""How many values an organisation may read back within an hour (house)."""
MOST_REFERRED: Final = 500
"""How many VINs an organisation may have turned into references within an hour (house)."""
