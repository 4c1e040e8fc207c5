"""The judge of patience: an answer 429 says how long to wait, and the system waits."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from dianchi.domain.conformity.exchanges import RECORDED, TURNED_AWAY, Seen, Sent, spelled
from dianchi.domain.conformity.verdicts import Verdict, done, recorded_as, text, todo, wrong
from dianchi.domain.refusals import Text

_SECOND_US: Final = 1_000_000
_WAY_OUT: Final = Text(
    "收到 429 时按 Retry-After 的秒数等待，再原样重发（event_id 不变）",
    "after a 429, wait as many seconds as Retry-After says, then send it again as it is",
)


def waited(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """A report was turned away, came again when it was told to, and is on record."""
    name = spelled(asked["battery"])
    expected = text(
        "{name} 收到 429 后等够 Retry-After，再以同一 event_id 重发成功",
        "{name} is turned away, waits for Retry-After, comes again with its event_id and is taken",
        {"name": asked["battery"]},
    )
    about = seen.of(name)
    away = [each for each in about if each.row.outcome == TURNED_AWAY]
    if not away:
        return todo(expected)
    taken = next((each for each in about if each.row.outcome in RECORDED), None)
    if taken and taken.row.event_id != away[-1].row.event_id:
        return _other_id(expected, away[-1], taken)
    if taken:
        return done(expected, _how(recorded_as(taken.row), away[-1], taken), taken.exchange)
    early = list(_early(about))
    return _hasty(expected, early) if early else todo(expected, _told(away[-1]))


def _early(about: Sequence[Sent]) -> Iterator[tuple[Sent, Sent]]:
    """Pairs of an answer that asked to wait, and what came before it was over."""
    for before, after in pairwise(about):
        asked_s = before.exchange.retry_after_s
        if asked_s and _gap_us(before, after) < asked_s * _SECOND_US:
            yield before, after


def _gap_us(before: Sent, after: Sent) -> int:
    return after.exchange.began_us - before.exchange.at_us


def _hasty(expected: Text, early: Sequence[tuple[Sent, Sent]]) -> Verdict:
    before, after = early[-1]
    came = text(
        "回答 429 要求等 {asked} 秒，{gap:.1f} 秒后就重发了（共 {n} 次过早）",
        "429 asked to wait {asked} s, and it came again after {gap:.1f} s (too early {n} times)",
        {
            "asked": before.exchange.retry_after_s,
            "gap": _gap_us(before, after) / _SECOND_US,
            "n": len(early),
        },
    )
    return wrong(expected, came, _WAY_OUT, after.exchange)


def _other_id(expected: Text, away: Sent, taken: Sent) -> Verdict:
    came = text(
        "被 429 挡回的是 {first}，重发用了新的 event_id {second}",
        "{first} was turned away, and came again under a new event_id, {second}",
        {"first": away.row.event_id, "second": taken.row.event_id},
    )
    return wrong(expected, came, _WAY_OUT, taken.exchange)


def _told(away: Sent) -> Text:
    return text(
        "已回答 429，Retry-After {s} 秒，等待重发",
        "answered 429 with Retry-After {s} s; waiting for it to come again",
        {"s": away.exchange.retry_after_s},
    )


def _how(came: Text, away: Sent, taken: Sent) -> Text:
    told: dict[str, object] = {
        "asked": away.exchange.retry_after_s,
        "gap": _gap_us(away, taken) / _SECOND_US,
        "zh": came.zh,
        "en": came.en,
    }
    return text(
        "要求等 {asked} 秒，{gap:.1f} 秒后重发：{zh}",
        "asked to wait {asked} s, it came again after {gap:.1f} s: {en}",
        told,
    )
