"""`dianchi org add` and `dianchi key add`: beside a running service, or without one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dianchi.access.enrol import Enrolment, add_key, enrol
from dianchi.access.keys import KeyRing
from dianchi.access.registry import engine_of, sessions
from dianchi.settings import Settings
from dianchi.store.readers import open_readers


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """The role of a key to make, and the area it is bound to."""

    role: str
    prefecture: str | None


async def enrol_by_hand(
    settings: Settings, dsn: str, told: Enrolment, wanted: KeyWanted | None
) -> dict[str, Any]:
    """Enrols an organisation and makes a key when one is wanted; what is shown of both."""
    now = datetime.now(UTC)  # noqa: TID251 - the command line is an edge
    readers = await open_readers(dsn, most=1)
    engine = engine_of(dsn)
    try:
        async with sessions(engine)() as session:
            row = await enrol(session, told, now)
            answer: dict[str, Any] = {"organisation": row.id, "name": row.name}
            if wanted is not None:
                ring = KeyRing(readers, bytes.fromhex(settings.key_pepper.get_secret_value()))
                key = await add_key(session, ring, row.id, wanted.role, wanted.prefecture, now)
                answer |= {"role": wanted.role, "prefecture": wanted.prefecture, "key": key}
            return answer
    finally:
        await engine.dispose()
        await readers.close()
