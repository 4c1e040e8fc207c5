"""Every setting as one frozen class, and how each is read."""

import os
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dianchi.webhooks.targets import Reach, networks

SECRETS = ("vin_key", "key_pepper")
SECRET_BYTES = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    most_connections: int = Field(default=4000, ge=50)
    """How many connections are held at once; when one more comes, the one that has owed the rest of
    its request for longest is closed."""
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
    sandbox: bool = True
    """Whether firms may make sandboxes; with a database of your own `DIANCHI_SANDBOX_URL`, too."""
    sandbox_url: str = ""
    """A server for sandboxes, better not that of the record, by a login that may make databases on
    it; the embedded server keeps them beside its own."""
    webhook_ports: str = "443,8443"
    """Ports that webhooks may name, with commas."""
    webhook_closed: str = ""
    """Networks that webhooks never reach, besides all that are not of the open Internet, with
    commas: your own public ones, for instance."""
    webhook_loopback: bool = False
    """For developers: webhooks may name this machine (`localhost`), over http as well."""
    national_plain: str = ""
    """`name:port` of national platforms that offer no https, with commas: only these are spoken
    to over http, and whoever listens on the way has the token."""
    map_file: Path | None = None
    """GeoJSON of the prefectures that an authority approved for publication, each with its code as
    `adcode`; only with `map_approval`. Empty: the console draws tiles without borders."""
    map_approval: str = Field(default="", max_length=80, validate_default=True)
    """The approval number (审图号) of `map_file`, which the console prints beside the map."""
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
        return networks(self.trusted_proxies)

    @property
    def webhook_reach(self) -> Reach:
        """How far webhooks reach."""
        ports = frozenset(map(int, self.webhook_ports.split(",")))
        return Reach(ports, self.webhook_loopback, networks(self.webhook_closed))

    @property
    def national_reach(self) -> Reach:
        """How far connections to the national platform reach."""
        told = (each.strip().lower() for each in self.national_plain.split(","))
        return replace(self.webhook_reach, plain=frozenset(filter(None, told)))

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
            lengths = {len(bytes.fromhex(seed)) for seed in listed(value)}
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

    @field_validator("webhook_ports")
    @classmethod
    def _ports(cls, value: str) -> str:
        told = [each.strip() for each in value.split(",")]
        if not all(each.isascii() and each.isdigit() and 0 < int(each) < 2**16 for each in told):
            msg = "must be ports such as 443,8443"
            raise ValueError(msg)
        return value

    @field_validator("trusted_proxies", "webhook_closed")
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

    @field_validator("map_approval")
    @classmethod
    def _beside_the_map(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("map_file") and not value.strip():
            msg = "must hold the approval number (审图号) of DIANCHI_MAP_FILE"
            raise ValueError(msg)
        return value.strip()

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


def listed(keys: SecretStr) -> list[str]:
    """The keys that are told with commas between."""
    return [seed for seed in keys.get_secret_value().split(",") if seed]
