"""All that lets people and systems in besides keys, put together."""

from dataclasses import dataclass

from dianchi.access.sealing import Seal
from dianchi.access.sessions import Sessions
from dianchi.access.sign_in import SignIn


@dataclass(frozen=True, slots=True)
class Entry:
    """The ways in.

    `forms` marks the forms of our pages; `trusted` are proxies whose word on addresses counts.
    """

    sign_in: SignIn
    sessions: Sessions
    forms: Seal
    trusted: frozenset[str] = frozenset()
