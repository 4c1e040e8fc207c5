"""What a worker does with uploads, put together from the settings.

Apart from `wiring`, so that the worker need not load what answers HTTP.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dianchi.access.registry import LiveRegistry, engine_of, sessions
from dianchi.domain.rules import RULES
from dianchi.ledger.signing import SigningKeys
from dianchi.ports import Clock, SystemClock
from dianchi.recording.gather import Gatherer
from dianchi.recording.recorder import Recorder
from dianchi.settings import Settings, personal_keys
from dianchi.store.readers import open_readers
from dianchi.store.rights import PROJECTOR, UPLOADER
from dianchi.store.vault import Seals, Vault, vin_seal
from dianchi.uploads.runner import Runner
from dianchi.uploads.working import Record
from dianchi_client.row_ids import report_id


@asynccontextmanager
async def uploads_runner(
    settings: Settings, dsn: str, clock: Clock | None = None
) -> AsyncIterator[Runner]:
    """What works on uploads, with connections of the worker's own.

    Args:
        settings: of this process.
        dsn: of the database, by the login of the worker.
        clock: the machine's, unless a test holds time still.
    """
    clock = clock or SystemClock()
    record = await open_readers(dsn, most=2, role=PROJECTOR)
    uploader = await open_readers(dsn, most=2, role=UPLOADER)
    engine = engine_of(dsn, PROJECTOR)
    gatherer = Gatherer(dsn, RULES, clock)
    try:
        await gatherer.open()
        signing = SigningKeys(record, clock)
        registry = LiveRegistry(sessions(engine), beside=signing.refresh)
        await registry.refresh()
        refer = vin_seal(bytes.fromhex(settings.vin_key.get_secret_value()))
        seals = Seals(refer, Vault(personal_keys(settings)).lock)
        recorder = Recorder(
            gatherer, record, clock, seals, lambda: registry.now, check=signing.check
        )
        yield Runner(uploader, Record(recorder, record, report_id), registry.current)
    finally:
        await gatherer.close()
        await engine.dispose()
        await record.close()
        await uploader.close()
