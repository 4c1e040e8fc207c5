"""A stand-in for the national platform: it speaks the interface, and fails as asked.

For developers and integrators: it keeps what it took in memory, once for each VIN, and checks
tokens, signatures and shapes as the platform would. What it answers with is as assumed as the codes
of the profile are.
"""

import random
import threading
from collections import Counter
from typing import Any, Final, NamedTuple

import msgspec

from dianchi.exchange.national.profiles import NEWEST, PROFILES, Members, Profile
from dianchi.exchange.national.wire import (
    Credentials,
    UnreadableError,
    decrypted,
    signed,
)

FAULTS: Final = (
    "wrong_sign",
    "token_expired",
    "opaque",
    "busy",
    "error_500",
    "undecryptable",
    "no_json",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "half_answer",
    "twice",
)
"""What it can do instead of answering; `_after` and what follows: it took the vehicles first."""
AFTER: Final = frozenset(("undecryptable", "timeout_after", "reset_after", "half_answer", "twice"))
OK: Final = 200
_TOKEN, _SIGN, _EXISTS, _BUSY = 401, 403, 409, 429
_UNREADABLE, _SHAPE, _OPAQUE = 1003, 1005, 1731


class _Call(msgspec.Struct):
    requestMsg: str  # noqa: N815 - the interface's own name
    timestamp: int
    sign: str


class Reply(NamedTuple):
    """A code, and a text that is encrypted; `data` where it is taken, else `msg`."""

    code: int
    text: str


SAID: Final = {
    "wrong_sign": Reply(_SIGN, "签名错误"),
    "token_expired": Reply(_TOKEN, "token 已过期"),
    "opaque": Reply(_OPAQUE, "校验失败"),
    "busy": Reply(_BUSY, "请求过于频繁"),
}
"""Faults that are answers of the interface."""


class Platform:
    """What the platform has, and how it fails.

    Args:
        credentials: that it issued.
        profile: how it is spoken to.
    """

    def __init__(self, credentials: Credentials, profile: Profile = PROFILES[NEWEST]) -> None:
        self.credentials = credentials
        self.profile = profile
        self.vehicles: dict[str, Any] = {}
        """What was taken, by VIN."""
        self.taken: Counter[str] = Counter()
        """How often each was stored: once, whatever happens."""
        self.asked: Counter[str] = Counter()
        """How often each was sent."""
        self.script: list[str | None] = []
        """What the next calls get, one after another; None: an answer."""
        self.rates: dict[str, float] = {}
        """The share of calls that get a fault, once the script is over."""
        self.refuses: dict[str, Reply] = {}
        """VINs that are refused, each with a reply."""
        self.pause_s = 20.0
        self.chance = random.Random(1)
        self._lock = threading.Lock()

    def fault(self) -> str | None:
        """What the next call gets."""
        with self._lock:
            if self.script:
                return self.script.pop(0)
            drawn = self.chance.random()
            for name, rate in self.rates.items():
                if drawn < rate:
                    return name
                drawn -= rate
            return None

    def judge(self, body: bytes, authorization: str) -> Reply:
        """Takes the vehicles of a call, or says why not."""
        if authorization != f"Bearer {self.credentials.token}":
            return SAID["token_expired"]
        try:
            call = msgspec.json.decode(body, type=_Call)
        except msgspec.DecodeError:
            return Reply(_SHAPE, "参数缺失")
        if call.sign != signed(call.requestMsg, self.credentials.key):
            return SAID["wrong_sign"]
        try:
            vehicles = msgspec.json.decode(decrypted(call.requestMsg, self.credentials.key))
        except (UnreadableError, msgspec.DecodeError):
            return Reply(_UNREADABLE, "解密失败")
        return self._take(vehicles)

    def _take(self, vehicles: Any) -> Reply:  # noqa: ANN401 - what was sent
        names = self.profile.members
        if not isinstance(vehicles, list) or not all(_is_whole(one, names) for one in vehicles):
            return Reply(_SHAPE, "车辆或电池包编码缺失")
        with self._lock:
            for one in vehicles:
                vin = one["vin"]
                self.asked[vin] += 1
                if vin in self.refuses:
                    return self.refuses[vin]
                if vin in self.vehicles:
                    return Reply(_EXISTS, f"VIN {vin} 已存在")
                self.vehicles[vin] = one
                self.taken[vin] += 1
        return Reply(OK, "接收成功")


def _is_whole(vehicle: Any, names: Members) -> bool:  # noqa: ANN401 - what was sent
    if not isinstance(vehicle, dict) or not vehicle.get("vin"):
        return False
    packs = vehicle.get(names.packs[0]) or ()
    return bool(packs) and all(pack.get("code") for pack in packs)
