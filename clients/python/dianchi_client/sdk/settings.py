"""Where the service is and how one proves oneself: from the environment or a file of one's own."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dianchi_client.sdk.failures import NotConfigured

URL: Final = "DIANCHI_URL"
KEY: Final = "DIANCHI_KEY"
CLIENT_ID: Final = "DIANCHI_CLIENT_ID"
FILE: Final = "DIANCHI_CONFIG"
_MODE: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MEMBERS: Final = ("url", "key", "client_id")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service is and how one proves oneself."""

    url: str | None = None
    key: str | None = field(default=None, repr=False)
    client_id: str | None = None


def file_of(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of settings: `DIANCHI_CONFIG`, else `dianchi/client.toml` where such files are."""
    if environment.get(FILE):
        return Path(environment[FILE])
    folder = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "dianchi" / "client.toml"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """What the environment says, and the file where it does not.

    Raises:
        NotConfigured: the file is open to others, or is no such file.
    """
    kept = _read(file_of(environment))
    told = {"url": environment.get(URL), "key": environment.get(KEY)}
    told["client_id"] = environment.get(CLIENT_ID)
    if told["key"]:
        # A key of the environment is not the one that the file's id belongs to.
        kept.pop("client_id", None)
    return Settings(**{name: told[name] or kept.get(name) for name in _MEMBERS})


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise _open_to_others(path)
            told = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    if not all(name in _MEMBERS and isinstance(value, str) for name, value in told.items()):
        raise _unreadable(path, f"only {', '.join(_MEMBERS)}, as texts")
    return told


def write_settings(settings: Settings, path: Path) -> None:
    """Writes the file anew, for its owner alone.

    Raises:
        ValueError: a value holds what cannot stand in it.
    """
    lines = []
    for name in _MEMBERS:
        value = getattr(settings, name)
        if value is not None:
            if not value.isprintable() or '"' in value or "\\" in value:
                raise ValueError(f"{name} holds a quote, a backslash or something invisible")
            lines.append(f'{name} = "{value}"\n')
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
    draft.replace(path)


def _open_to_others(path: Path) -> NotConfigured:
    return NotConfigured(
        f"{path} 里有密钥，但别人也能读：请执行 chmod 600 {path}",
        f"{path} holds a key and is open to others: chmod 600 {path}",
    )


def _unreadable(path: Path, why: str) -> NotConfigured:
    return NotConfigured(f"{path} 无法读取：{why}", f"{path} cannot be read: {why}")
