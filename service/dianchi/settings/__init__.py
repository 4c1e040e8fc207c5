"""What the surroundings decide: read from `DIANCHI_...` variables, or kept in the data folder."""

from typing import Any

from pydantic import SecretStr, ValidationError

from dianchi.settings.kept import (
    LOG_KEY_FILE,
    LOG_STORE,
    PERSONAL_KEY_FILE,
    TOKEN_KEY_FILE,
    LogIdentity,
    kept_secrets,
    log_identity,
    personal_keys,
    token_seeds,
)
from dianchi.settings.told import SECRET_BYTES, SECRETS, Settings, SettingsError

__all__ = [
    "LOG_KEY_FILE",
    "LOG_STORE",
    "PERSONAL_KEY_FILE",
    "SECRETS",
    "SECRET_BYTES",
    "TOKEN_KEY_FILE",
    "LogIdentity",
    "Settings",
    "SettingsError",
    "load",
    "log_identity",
    "personal_keys",
    "token_seeds",
]


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
    kept = kept_secrets(settings.data_dir)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


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
