"""`dianchi-client watch`: what is new of batteries or of findings, told as it comes."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dianchi_client.asking import A_WHILE, AsJson, Patience, Url, in_china, trying
from dianchi_client.sdk.failures import NotAllowed, TooMany, Unavailable, Unreachable

if TYPE_CHECKING:
    from dianchi_client import Client, Feed, Finding, Heard

Change = dict[str, Any]
Seen = dict[tuple[str, ...], Change]
_TERMS_S = 300.0
"""Terms run out without any event: findings are looked at so often where nothing is recorded."""
_LOOKS = 2
"""How often findings are looked at after an event: lists follow a moment later."""
_AWAY = (Unreachable, Unavailable, TooMany)


def watch(  # noqa: PLR0913, PLR0917 - its options
    names: Annotated[
        list[str] | None, typer.Argument(help="Batteries; without any, all open findings.")
    ] = None,
    every: Annotated[
        float, typer.Option(help="Seconds between two looks at findings.", min=1)
    ] = 15,
    until: Annotated[int, typer.Option(help="End after so many changes; 0: never.", min=0)] = 0,
    after: Annotated[
        int | None,
        typer.Option(help="Log index to begin behind; else with what comes now.", min=-1),
    ] = None,
    patience: Patience = A_WHILE,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Follow the log: tell what is new of batteries, or in the list of findings, as it comes."""
    from dianchi_client import Client

    told = 0
    with Client(url, retries=trying(patience)) as client:
        for change in _changes(client, names or [], every, after):
            _tell_change(change, as_json=as_json)
            told += 1
            if told == until:
                return


def _changes(
    client: "Client", names: list[str], every: float, after: int | None
) -> Iterator[Change]:
    try:
        begin = client.end_of_log() if after is None else after
    except NotAllowed:
        _warn(
            f"此密钥不能跟随日志，改为每 {every:g} 秒查一次",
            f"the log is not open to this key: looking every {every:g} s instead",
        )
        yield from _polled(client, names, every)
        return
    yield from Watcher(client, names, every).changes(client.feed(after=begin))


class Watcher:
    """Follows the log, and looks at findings when something was recorded or a while has passed.

    Args:
        client: asks.
        names: of batteries; empty: all open findings.
        every: seconds, at least, between two looks at findings.
    """

    def __init__(self, client: "Client", names: list[str], every: float) -> None:
        self._client = client
        self._names = names
        self._every = every
        self._watched = self._all_names()
        self._seen = _findings(client, names)
        self._looked, self._looks = time.monotonic(), 0

    def changes(self, feed: "Feed") -> Iterator[Change]:
        """What comes, for ever."""
        for came in _heard(feed):
            yield from self._events(came)
            try:
                yield from self._looked_at() if self._is_due() else ()
            except _AWAY as error:
                # It is looked at again with what comes next.
                _warn(error.zh, error.en)

    def _events(self, came: "Heard") -> Iterator[Change]:
        for event in came.events:
            name = self._watched.get(event["subject"])
            if name is not None:
                yield {"change": "event", "battery": name, **event["data"]}
            if name is not None or not self._names:
                self._looks = _LOOKS
            if name is not None and event["data"]["type"] == "identified":
                self._watched[event["data"]["data"]["name"]] = name

    def _all_names(self) -> dict[str, str]:
        """How each battery was asked for, by every name that it is reported under."""
        return {
            known: name for name in self._names for known in self._client.battery(name)["names"]
        }

    def _is_due(self) -> bool:
        since = time.monotonic() - self._looked
        return since >= _TERMS_S or (self._looks > 0 and since >= self._every)

    def _looked_at(self) -> Iterator[Change]:
        now = _findings(self._client, self._names)
        self._looked, self._looks = time.monotonic(), max(0, self._looks - 1)
        before, self._seen = self._seen, now
        yield from _differences(before, now)


def _heard(feed: "Feed") -> Iterator["Heard"]:
    """What comes, also after the service was away: it goes on where it was."""
    while True:
        try:
            yield from feed.beats()
        except _AWAY as error:
            _warn(error.zh, error.en)


def _polled(client: "Client", names: list[str], every: float) -> Iterator[Change]:
    """What each look finds that the look before did not; the first one only learns what is."""
    seen = _look(client, names)
    while True:
        time.sleep(every)
        try:
            now = _look(client, names)
        except _AWAY as error:
            # What happens meanwhile is told once the service is back.
            _warn(error.zh, error.en)
            continue
        yield from _differences(seen, now)
        seen = now


def _differences(before: Seen, now: Seen) -> Iterator[Change]:
    yield from (change for key, change in now.items() if key not in before)
    for key, change in before.items():
        # Events never go.
        if key not in now and key[0] == "finding":
            yield {**change, "change": "finding_closed"}


def _look(client: "Client", names: list[str]) -> Seen:
    """All events and open findings, by what tells one from another."""
    found: Seen = {}
    for name in names:
        for event in client.history(name):
            found["event", name, event["event_id"]] = {"change": "event", "battery": name, **event}
    return found | _findings(client, names)


def _findings(client: "Client", names: list[str]) -> Seen:
    of_each = (finding for name in names for finding in client.battery(name)["findings"])
    listed = of_each if names else client.findings()
    return {_key(finding): {"change": "finding_opened", **finding} for finding in listed}


def _key(finding: "Finding") -> tuple[str, ...]:
    return ("finding", finding["subject"] or "", finding["code"], *finding["evidence"])


def _warn(zh: str, en: str) -> None:
    typer.secho(f"{zh} · {en}", fg="yellow", err=True)


def _tell_change(change: Change, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(change, ensure_ascii=False))
    elif change["change"] == "event":
        typer.echo(f"{change['battery']}  {in_china(change['occurred_at'])}  {change['type']}")
    else:
        opened = change["change"] == "finding_opened"
        word, colour = ("发现 found", "yellow") if opened else ("已消除 closed", "green")
        text = change["text"]
        said = f"{change['subject']}  {word} {change['code']}: {text['zh']} · {text['en']}"
        typer.secho(said, fg=colour)
