"""What is made of an answer of the platform, or of none."""

from datetime import datetime
from typing import Final, NamedTuple

from dianchi.exchange.national.profiles import Profile, meaning
from dianchi.exchange.national.wire import Answered, Credentials, UnreadableError, read_answer
from dianchi.national.items import Outcome, Taken
from dianchi.webhooks.schedule import next_probe
from dianchi.webhooks.sending import Outcome as Sent

HELD_AFTER: Final = 3
"""Failures in a row, the last two of them answers that nobody can read: then it is the key."""


class Heard(NamedTuple):
    """What was heard.

    Attributes:
        answered: what the platform says, where it could be read.
        status: of HTTP.
        fault: why nothing was heard, or nothing that can be read.
        wait_s: seconds that it asks to be left alone.
    """

    answered: Answered | None
    status: int | None
    fault: str | None
    wait_s: int = 0

    def works(self, profile: Profile) -> bool:
        """Whether the connection works, whatever became of the vehicle."""
        return self.failure(profile) is None

    def failure(self, profile: Profile) -> str | None:
        """What is wrong with the connection, if anything is."""
        if self.answered is None:
            return self.fault
        verdict = meaning(profile, self.answered.code).verdict
        return {"credentials": "credentials", "again": "busy"}.get(verdict)

    def holds(self, profile: Profile, failures: int, before: str | None) -> str | None:
        """Why nothing more is sent until somebody acts, if so.

        Args:
            profile: what codes mean.
            failures: in a row, this one counted.
            before: what was wrong before this one.
        """
        fault = self.failure(profile)
        if fault in {"credentials", "no_credentials", "address_not_allowed"}:
            return fault
        stays = fault == before == "unreadable" and failures >= HELD_AFTER
        return fault if stays else None


def hear(sent: Sent, body: bytes, credentials: Credentials) -> Heard:
    """Reads an answer."""
    # A status of an error may come with an answer of the interface: then that counts.
    if sent.fault is not None and not body:
        return Heard(None, sent.status, sent.fault, sent.wait_s)
    try:
        return Heard(read_answer(body, credentials), sent.status, None, sent.wait_s)
    except UnreadableError:
        return Heard(None, sent.status, sent.fault or "unreadable", sent.wait_s)


def judge(profile: Profile, taken: Taken, heard: Heard, digest: bytes, now: datetime) -> Outcome:
    """What became of a vehicle.

    Args:
        profile: what codes mean.
        taken: the vehicle, with what was sent of it before.
        heard: the answer.
        digest: of what was sent now.
        now: the time.
    """
    again = next_probe(taken.tries, now, heard.wait_s)
    if heard.answered is None:
        said = None if heard.status is None else f"HTTP {heard.status}"
        return Outcome("waiting", again, asked=digest, said=said, fault=heard.fault)
    code, said = heard.answered
    verdict = meaning(profile, code).verdict
    if verdict == "taken" or (verdict == "exists" and taken.asked == digest):
        # `exists`: the answer to what we sent before was not heard; it was taken then.
        return Outcome("sent", now, sent=digest, code=code, said=said)
    if verdict in {"again", "credentials"}:
        # Not taken as far as we know; it may have been where an earlier answer was not heard.
        asked = taken.asked if taken.asked == digest else None
        # New credentials are tried at once; the connection waits until they are given.
        at = now if verdict == "credentials" else again
        return Outcome("waiting", at, asked=asked, code=code, said=said, fault=verdict)
    return Outcome("refused", now, code=code, said=said, fault=verdict)
