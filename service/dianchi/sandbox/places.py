"""Where the databases of sandboxes lie, and with which secrets they are opened."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Final, NamedTuple

from pydantic import SecretStr

from dianchi.access.sandboxes import Sandbox
from dianchi.api.practice import address_of
from dianchi.settings import Settings

PREFIX: Final = "sandbox_"
"""Of the name of every database here: what has it may be deleted."""
TEMPLATE: Final = f"{PREFIX}template_"
_ALL: Final = ("vin_key", "key_pepper", "personal_key")
"""Secrets that all sandboxes share with their template, which is copied with what they sealed."""
_EACH: Final = ("log_key", "token_key")


class Addresses(NamedTuple):
    """A database by the login that owns it, by the service's and by the worker's."""

    owner: str
    service: str
    worker: str


class Place(NamedTuple):
    """A server for sandboxes.

    Attributes:
        owner: address of a database on it, by a login that may make others.
        at: the addresses of a database by its name.
    """

    owner: str
    at: Callable[[str], Addresses]


def settings_of(settings: Settings, database: str, dsn: str, host: str) -> Settings:
    """The settings of a sandbox: secrets that follow from ours and open nothing of ours.

    Args:
        settings: of the true service.
        database: that holds it.
        dsn: of that database, by the service's login.
        host: by which it is reached, with its path.
    """
    pepper = settings.key_pepper.get_secret_value()
    shared = {name: _derived(pepper, name) for name in _ALL}
    own = {name: _derived(pepper, f"{name} {database}") for name in _EACH}
    return settings.model_copy(
        update={
            **shared,
            **own,
            "database_url": dsn,
            "worker_url": "",
            "migration_url": "",
            "data_dir": settings.data_dir / "sandboxes" / database,
            "public_host": host,
            "log_origin": f"{settings.public_host}/{database}/log",
            "log_policy": None,
            "oidc_issuer": "",
            "sandbox": False,
        }
    )


def host_of(settings: Settings, sandbox: Sandbox) -> str:
    """By what a sandbox is reached, without `https://`."""
    return address_of(sandbox, settings.public_address).partition("//")[2]


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process for a sandbox is told: secrets too, so never as arguments."""
    secret = {name: getattr(settings, name).get_secret_value() for name in (*_ALL, *_EACH)}
    told = secret | {
        "database_url": settings.database_url,
        "worker_url": "",
        "migration_url": "",
        "public_host": settings.public_host,
        "log_origin": settings.log_origin,
        "log_policy": "",
        "oidc_issuer": "",
        "sandbox": "false",
    }
    return {f"DIANCHI_{name.upper()}": value for name, value in told.items()}


def mark_of(settings: Settings) -> str:
    """What the template's name ends with: another pepper could not read it."""
    return sha256(_derived_text(settings.key_pepper.get_secret_value(), "mark")).hexdigest()[:8]


def _derived(pepper: str, purpose: str) -> SecretStr:
    return SecretStr(_derived_text(pepper, purpose).hex())


def _derived_text(pepper: str, purpose: str) -> bytes:
    return hmac.digest(bytes.fromhex(pepper), f"dianchi sandbox {purpose}".encode(), "sha256")
