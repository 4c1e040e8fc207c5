"""What the surroundings decide: one frozen class, read from `DIANCHI_...` variables."""

import json
import os
import secrets
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dianchi.store.account import make_data_dir

SECRETS = ("vin_key", "key_pepper")
SECRET_BYTES = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOG_KEY_FILE = "log-key.json"
LOG_STORE = "log-signer.json"
PERSONAL_KEY_FILE = "personal-key.json"
TOKEN_KEY_FILE = "token-key.json"  # noqa: S105 - the name of a file


class SettingsError(Exception):
    """A setting is missing or unusable; the text names the variable and the way out."""


def _user_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "dianchi"


class Settings(BaseSettings):
    """Every setting of the service; build it with `load`, which also fills in the secrets."""

    model_config = SettingsConfigDict(env_prefix="DIANCHI_", env_ignore_empty=True, frozen=True)

    database_url: str = ""
    """The operator's own PostgreSQL, by the login of the service; empty means the embedded one, in
    `data_dir`."""
    worker_url: str = ""
    """The same database by a login of the worker's own; by default the login of the service."""
    migration_url: str = ""
    """The same database by the login that owns its tables, which brings the schema up to date; by
    default the login of the service."""
    data_dir: Path = _user_data_dir()
    public_host: str = ""
    """The host (and port) that labels and links name; by default where we listen."""
    host: str = "127.0.0.1"
    port: int = 8000
    vin_key: SecretStr = SecretStr("")
    """Hex key of the HMAC that stands for a VIN in stored bytes."""
    key_pepper: SecretStr = SecretStr("")
    """Hex key that API keys are hashed with, so that a copied table opens nothing."""
    personal_key: SecretStr = SecretStr("")
    """Hex key that the keys of personal values are wrapped by; while it changes, the new one first,
    then the old, with a comma."""
    log_key: SecretStr = SecretStr("")
    """Hex Ed25519 seed that signs the log's checkpoints; while keys change, several with commas."""
    log_origin: str = ""
    """Name of the log in its checkpoints; by default `DIANCHI_PUBLIC_HOST/log`. Never changes."""
    log_policy: Path | None = None
    """Policy file (c2sp.org/tlog-policy); its witnesses with an address are asked to cosign."""

    token_key: SecretStr = SecretStr("")
    """Hex Ed25519 seed that signs access tokens; while keys change, several: the first signs."""
    oidc_issuer: str = ""
    """Identity provider (OpenID Connect) by which people may sign in; empty: passwords only."""
    oidc_client_id: str = ""
    """What the provider knows this service by."""
    oidc_client_secret: SecretStr = SecretStr("")
    """The secret of this service at the provider."""
    trusted_proxies: str = ""
    """Addresses or networks (`10.0.0.0/24`) of proxies, with commas: what they say in
    `X-Forwarded-For` is believed, read from the right; empty: the address of the socket counts."""

    @property
    def embedded(self) -> bool:
        """Whether the service keeps its own PostgreSQL in `data_dir`."""
        return not self.database_url

    @property
    def public_address(self) -> str:
        """Where the service is reached: over https, unless it is reached on this machine only."""
        local = urlsplit(f"//{self.public_host}").hostname in _LOOPBACK
        return f"{'http' if local else 'https'}://{self.public_host}"

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `trusted_proxies`."""
        told = (each.strip() for each in self.trusted_proxies.split(","))
        return tuple(ip_network(each) for each in told if each)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator(*SECRETS)
    @classmethod
    def _hex_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        try:
            usable = not text or len(bytes.fromhex(text)) >= SECRET_BYTES
        except ValueError:
            usable = False
        if not usable:
            # The value itself must not reach a log, so the error does not repeat it.
            msg = f"must be at least {SECRET_BYTES} bytes in hexadecimal (openssl rand -hex 32)"
            raise ValueError(msg)
        return value

    @field_validator("log_key", "personal_key", "token_key")
    @classmethod
    def _seeds(cls, value: SecretStr) -> SecretStr:
        try:
            lengths = {len(bytes.fromhex(seed)) for seed in _listed(value)}
        except ValueError:
            lengths = {0}
        if lengths - {SECRET_BYTES}:
            msg = f"must be {SECRET_BYTES} bytes in hexadecimal (openssl rand -hex 32), or several"
            raise ValueError(msg)
        return value

    @field_validator("log_origin")
    @classmethod
    def _one_word(cls, value: str) -> str:
        if value and ("+" in value or len(value.split()) != 1 or value != value.strip()):
            msg = "may hold neither spaces nor plus signs"
            raise ValueError(msg)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for each in filter(None, (told.strip() for told in value.split(","))):
            try:
                ip_network(each)
            except ValueError:
                msg = f"'{each}' is no address and no network such as 10.0.0.0/24"
                raise ValueError(msg) from None
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _private_way(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            msg = "must begin with https:// (http:// only on this machine)"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _known_to_the_provider(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            msg = "needs DIANCHI_OIDC_CLIENT_ID and DIANCHI_OIDC_CLIENT_SECRET"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _default_public_host(self) -> Self:
        if self.public_host:
            return self
        # The class is frozen for its readers; while it is being built the default may be set.
        object.__setattr__(self, "public_host", f"{self.host}:{self.port}")
        return self


def load(**overrides: Any) -> Settings:  # noqa: ANN401 - any field of Settings, checked by it
    """Read the settings; make missing secrets only in a data folder of our own.

    Raises:
        SettingsError: a secret is missing although the database is the operator's own. Made up
            here, it would be lost with this machine and every stored VIN reference with it.
        ClusterError: the data folder cannot be made or reached.
    """
    settings = _read(overrides)
    missing = [name for name in SECRETS if not getattr(settings, name).get_secret_value()]
    if not missing:
        return settings
    if not settings.embedded:
        names = ", ".join(f"DIANCHI_{name.upper()}" for name in missing)
        raise SettingsError(
            f"{names} must be set, because DIANCHI_DATABASE_URL names a database of your own: "
            "make each once with `openssl rand -hex 32` and keep it outside the database"
        )
    kept = _kept_secrets(settings.data_dir)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


def _listed(keys: SecretStr) -> list[str]:
    return [seed for seed in keys.get_secret_value().split(",") if seed]


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
    given = _listed(settings.log_key)
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
    given = _listed(settings.personal_key)
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
    given = _listed(settings.token_key)
    if not given and settings.embedded:
        path = settings.data_dir / TOKEN_KEY_FILE
        if not path.exists():
            make_data_dir(settings.data_dir)
            _write_once(path, json.dumps({"token_key": secrets.token_hex(SECRET_BYTES)}))
        kept = json.loads(path.read_text(encoding="utf-8"))
        given = _listed(SecretStr(kept["token_key"]))
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


def _read(overrides: dict[str, Any]) -> Settings:
    try:
        return Settings(**overrides)
    except ValidationError as error:
        # Only where and why: the values may be secrets.
        faults = (
            f"DIANCHI_{(fault['loc'] or ('oidc_issuer',))[0]}".upper() + f": {fault['msg']}"
            for fault in error.errors()
        )
        raise SettingsError("; ".join(faults)) from None


def _kept_secrets(data_dir: Path) -> dict[str, str]:
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
