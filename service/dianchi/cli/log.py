"""The log of a process: its signer and its files, put together from the settings.

Apart from `wiring`, so that the worker need not load what answers HTTP.
"""

from collections.abc import Sequence

from dianchi.ledger.fsck import Wanted
from dianchi.ledger.guard import must_continue, signed_before
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.signer import FileSigner
from dianchi.ledger.witnesses import Asked, Witnesses
from dianchi.settings import LogIdentity, Settings, SettingsError, log_identity
from dianchi.store.account import make_data_dir
from dianchi.store.connect import connect_as
from dianchi.store.rights import ASSESSOR
from dianchi_client.note import SigningKey, VerifierKey
from dianchi_client.policy import Policy


def _signer(settings: Settings) -> tuple[FileSigner, CheckpointFile]:
    identity = _identity(settings)
    if settings.embedded:
        make_data_dir(settings.data_dir)
    else:
        # Nobody but us reads it: the server of another machine has no business here.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    signer = FileSigner(settings.data_dir, identity.origin, identity.seeds)
    return signer, CheckpointFile(settings.data_dir)


def _identity(settings: Settings) -> LogIdentity:
    identity = log_identity(settings)
    if identity is None:
        raise SettingsError(
            "DIANCHI_LOG_KEY must be set, because DIANCHI_DATABASE_URL names a database of your "
            "own: make it once with `openssl rand -hex 32` and keep it outside the database"
        )
    return identity


def publisher(settings: Settings) -> Publisher:
    """What signs the log and keeps its checkpoints in the data folder.

    Raises:
        SettingsError: there is no key to sign with.
    """
    return Publisher(*_signer(settings))


def witnesses(settings: Settings, dsn: str) -> Witnesses | None:
    """Who is asked to cosign; None where the policy names nobody.

    Raises:
        Rejected: the policy file is wrong.
        OSError: it cannot be read.
    """
    if settings.log_policy is None:
        return None
    policy = Policy.parse(settings.log_policy.read_bytes())
    asked = [Asked(policy.witnesses[name], url) for name, url in policy.urls.items()]
    return Witnesses(dsn, _identity(settings).origin, asked) if asked else None


async def guard_log(settings: Settings, dsn: str) -> None:
    """Lets only a database pass that continues what was signed of its log.

    Raises:
        LogError: it is an older backup or another copy.
        SettingsError: there is no key to sign with.
    """
    signed = signed_before(*_signer(settings))
    connection = await connect_as(ASSESSOR, dsn)
    try:
        await must_continue(connection, signed)
    finally:
        await connection.close()


def wanted_log(settings: Settings, retired: Sequence[str] = ()) -> Wanted:
    """What `fsck` compares the database with.

    Args:
        settings: of this process.
        retired: public keys that signed before the present ones.

    Raises:
        SettingsError: there is no key to check signatures with.
        Rejected: a retired key cannot be read.
    """
    identity = _identity(settings)
    signer, file = _signer(settings)
    keys = [SigningKey(identity.origin, seed).verifier for seed in identity.seeds]
    keys += map(VerifierKey.parse, retired)
    return Wanted(identity.origin, keys, file, signer.last())
