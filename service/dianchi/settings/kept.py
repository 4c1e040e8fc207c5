"""Keys that the surroundings tell, or that are made at the first start and kept in our folder."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from dianchi.settings.told import SECRET_BYTES, SECRETS, Settings, SettingsError, listed
from dianchi.store.account import make_data_dir

LOG_KEY_FILE = "log-key.json"
LOG_STORE = "log-signer.json"
PERSONAL_KEY_FILE = "personal-key.json"
TOKEN_KEY_FILE = "token-key.json"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """The log's name and the seeds of its keys, all of which sign."""

    origin: str
    seeds: tuple[bytes, ...] = field(repr=False)


def log_identity(settings: Settings) -> LogIdentity | None:
    """Who signs the log; made at the first start in a data folder of our own.

    None where the database is the operator's and no key was given.

    Raises:
        SettingsError: the key is lost although the log was signed with it before.
    """
    origin = settings.log_origin or f"{settings.public_host}/log"
    given = listed(settings.log_key)
    if given:
        return LogIdentity(origin, tuple(map(bytes.fromhex, given)))
    if not settings.embedded:
        return None
    kept = _kept_log_key(settings.data_dir, origin)
    seeds = tuple(map(bytes.fromhex, kept["log_key"].split(",")))
    return LogIdentity(settings.log_origin or kept["log_origin"], seeds)


def personal_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys that wrap the keys of personal values, the newest first.

    Made at the first start in a data folder of our own; the database knows which ids it needs.

    Raises:
        SettingsError: there is none, and the database is the operator's own.
    """
    given = listed(settings.personal_key)
    if not given and not settings.embedded:
        raise SettingsError(
            "DIANCHI_PERSONAL_KEY must be set, because DIANCHI_DATABASE_URL names a database of "
            "your own: make it once with `openssl rand -hex 32` and keep it outside the database"
        )
    path = settings.data_dir / PERSONAL_KEY_FILE
    if not given and not path.exists():
        make_data_dir(settings.data_dir)
        _write_once(path, json.dumps({"personal_key": secrets.token_hex(SECRET_BYTES)}))
    if not given:
        given = json.loads(path.read_text(encoding="utf-8"))["personal_key"].split(",")
    return tuple(map(bytes.fromhex, given))


def token_seeds(settings: Settings) -> tuple[bytes, ...]:
    """The seeds of the keys of access tokens, made at the first start in a folder of our own.

    None where the database is the operator's and no key was given. A lost one is simply replaced:
    tokens last ten minutes.
    """
    given = listed(settings.token_key)
    if not given and settings.embedded:
        path = settings.data_dir / TOKEN_KEY_FILE
        if not path.exists():
            make_data_dir(settings.data_dir)
            _write_once(path, json.dumps({"token_key": secrets.token_hex(SECRET_BYTES)}))
        kept = json.loads(path.read_text(encoding="utf-8"))
        given = listed(SecretStr(kept["token_key"]))
    return tuple(map(bytes.fromhex, given))


def _kept_log_key(data_dir: Path, origin: str) -> dict[str, str]:
    """The key in the data folder, and the name that the log had when it was made."""
    path = data_dir / LOG_KEY_FILE
    if not path.exists():
        if (data_dir / LOG_STORE).exists():
            raise SettingsError(
                f"{path} is gone although the log was signed with it: restore it from a backup, "
                "or give the key as DIANCHI_LOG_KEY"
            )
        make_data_dir(data_dir)
        key = secrets.token_hex(SECRET_BYTES)
        _write_once(path, json.dumps({"log_key": key, "log_origin": origin}))
    return dict(json.loads(path.read_text(encoding="utf-8")))


def kept_secrets(data_dir: Path) -> dict[str, str]:
    """The secrets kept in the data folder, made there when it has none."""
    path = data_dir / "secrets.json"
    if not path.exists():
        make_data_dir(data_dir)
        _write_once(path, json.dumps({name: secrets.token_hex(SECRET_BYTES) for name in SECRETS}))
    kept = json.loads(path.read_text(encoding="utf-8"))
    if any(not kept.get(name) for name in SECRETS):
        raise SettingsError(f"{path} lacks {' or '.join(SECRETS)}: restore it from a backup")
    return dict(kept)


def _write_once(path: Path, text: str) -> None:
    """Write a 0600 file wholly or not at all; the first of several writers wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
