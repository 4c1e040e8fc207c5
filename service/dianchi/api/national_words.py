"""What is told of a connection and of what became of vehicles, in plain words."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from asyncpg import Record

from dianchi.domain.refusals import Text
from dianchi.exchange.national.gaps import GAPS
from dianchi.exchange.national.profiles import PROFILES, meaning

FAULTS: Final[Mapping[str, Text]] = {
    "credentials": Text(
        "平台不认可令牌或签名；请向平台核对，填入新的凭证后自动继续",
        "the platform does not accept the token or the signature: ask there, give new credentials,"
        " and it goes on by itself",
    ),
    "no_credentials": Text("凭证无法读取，请重新填写", "the credentials cannot be read: give anew"),
    "unreadable": Text(
        "平台的答复无法解密或读懂，密钥可能不对；核对后继续（resume）",
        "its answers cannot be decrypted or read; perhaps the key is wrong: check it and resume",
    ),
    "busy": Text("平台要求稍后再来", "the platform asks to come again later"),
    "address_not_allowed": Text(
        "地址指向内部，或未获准使用 http", "the address leads inside, or is http and not allowed"
    ),
    "not_resolved": Text("域名无法解析", "the name has no address"),
    "no_connection": Text("连接不上或中途断开", "no connection, or it was cut"),
    "timed_out": Text("15 秒内没有答复", "no answer within 15 seconds"),
    "no_http": Text("答复不是 HTTP", "what was answered is no HTTP"),
    "internal": Text(
        "本服务处理时出错，已记入日志，会重试；一直这样请联系运行者",
        "the service failed on it and logged that; it tries again: tell who runs it if it stays",
    ),
    "redirected": Text("平台要求转向，不跟随", "it was redirected, which is not followed"),
    "refused": Text("平台以 HTTP 错误答复", "it answered with an error of HTTP"),
}
_UNHEARD: Final = Text(
    "已发出但没听到可读的答复；会再次询问，平台按 VIN 只存一份",
    "it was sent and no readable answer was heard: it is asked again, and one VIN is kept once",
)
_AGAIN: Final = Text("会自动重试", "it is tried again by itself")
_WAYS: Final[Mapping[str, Text]] = {
    "refused": Text(
        "按平台所说更正上报或补值后重报；已在平台上处理的，写明理由后搁置",
        "correct the report or give what is missing and send again; set it aside with a reason"
        " where it was settled there",
    ),
    "exists": Text(
        "平台上的不是我们报的那一份：请在平台上核对，相符则搁置，不符请在平台上更正",
        "what the platform has is not what was sent: compare it there; set it aside where it fits,"
        " have it corrected there where it does not",
    ),
}


def connection_state(row: Record) -> str:
    """How a connection stands."""
    if row["held_at"] is not None:
        return "held"
    if row["paused_at"] is not None:
        return "paused"
    return "failing" if row["failures"] else "active"


def connection_why(row: Record) -> Mapping[str, str] | None:
    """Why it is held, or fails."""
    text = FAULTS.get(row["held_why"] or row["fault"] or "")
    return None if text is None else text._asdict()


def item_json(row: Record, profile: str) -> dict[str, Any]:
    """A vehicle as answers tell it."""
    why, way_out = _why(row, profile)
    waiting = row["state"] == "waiting"
    return {
        **row,
        "next_at": row["next_at"] if waiting else None,
        "unheard": waiting and row["unheard"],
        "late": bool(row["late"]),
        "why": why and why._asdict(),
        "way_out": way_out and way_out._asdict(),
        "gaps": None if row["gaps"] is None else msgspec.json.decode(row["gaps"]),
        "given": msgspec.json.decode(row["given"]),
    }


def _why(row: Record, profile: str) -> tuple[Text | None, Text | None]:
    match row["state"]:
        case "withheld":
            return GAPS[row["fault"]]
        case "refused":
            code = meaning(PROFILES[profile], row["code"])
            return code.text, _WAYS[row["fault"]]
        case "waiting" if row["unheard"]:
            return _UNHEARD, _AGAIN
        case "waiting" if row["fault"]:
            return FAULTS.get(row["fault"]) or FAULTS["busy"], _AGAIN
    return None, None
