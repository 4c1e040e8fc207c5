"""What the surroundings decide, and which secrets are made."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from dianchi.settings import SettingsError, load, token_seeds
from dianchi.webhooks.targets import Reach

KEY = "5e" * 32


@pytest.fixture(autouse=True)
def _folder(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_DATA_DIR", str(data_dir))


def test_secrets_are_made_once_in_a_folder_of_our_own(data_dir: Path) -> None:
    first = load()
    assert len(bytes.fromhex(first.vin_key.get_secret_value())) == 32
    assert first.vin_key != first.key_pepper
    assert load() == first
    assert (data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["secrets.json"]


def test_a_given_secret_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIANCHI_VIN_KEY", KEY)
    assert load().vin_key.get_secret_value() == KEY


def test_a_database_of_ones_own_needs_secrets_of_ones_own(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIANCHI_DATABASE_URL", "postgresql://somewhere/dianchi")
    monkeypatch.setenv("DIANCHI_VIN_KEY", KEY)
    with pytest.raises(SettingsError, match=r"^DIANCHI_KEY_PEPPER must be set"):
        load()
    assert list(data_dir.iterdir()) == []
    monkeypatch.setenv("DIANCHI_KEY_PEPPER", KEY)
    assert not load().embedded


@pytest.mark.parametrize("weak", ["5e" * 31, "not hexadecimal"])
def test_a_weak_secret_is_refused_and_not_repeated(
    weak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIANCHI_VIN_KEY", weak)
    with pytest.raises(SettingsError, match="DIANCHI_VIN_KEY") as refused:
        load()
    assert weak not in str(refused.value)


def test_lost_secrets_are_not_replaced(data_dir: Path) -> None:
    (data_dir / "secrets.json").write_text(json.dumps({"vin_key": KEY}))
    with pytest.raises(SettingsError, match="restore it from a backup"):
        load()


def test_the_key_of_tokens_is_made_once_and_may_be_followed_by_another(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = token_seeds(load())
    assert token_seeds(load()) == made
    file = data_dir / "token-key.json"
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("DIANCHI_TOKEN_KEY", f"{KEY},{made[0].hex()}")
    assert token_seeds(load()) == (bytes.fromhex(KEY), *made)


def test_a_database_of_ones_own_has_tokens_only_with_a_key_of_ones_own(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "VIN_KEY", "KEY_PEPPER"):
        monkeypatch.setenv(f"DIANCHI_{name}", "postgresql://x/y" if name == "DATABASE_URL" else KEY)
    assert token_seeds(load()) == ()
    assert list(data_dir.iterdir()) == []


def test_settings_do_not_change() -> None:
    settings = load()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # what mypy refuses, pydantic must too


def test_links_name_the_public_host_or_else_where_we_listen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load(port=8123).public_host == "127.0.0.1:8123"
    monkeypatch.setenv("DIANCHI_PUBLIC_HOST", "dianchi.example")
    assert load().public_host == "dianchi.example"


def test_secrets_are_not_shown() -> None:
    settings = load()
    assert settings.vin_key.get_secret_value() not in repr(settings)


@pytest.mark.parametrize(
    ("name", "told"),
    [("WEBHOOK_PORTS", "443,https"), ("WEBHOOK_PORTS", "0"), ("WEBHOOK_CLOSED", "10.0.0.0/99")],
)
def test_how_far_webhooks_reach_is_read_or_refused(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path, name: str, told: str
) -> None:
    monkeypatch.setenv(f"DIANCHI_{name}", told)
    with pytest.raises(SettingsError, match=name):
        load(data_dir=data_dir)
    monkeypatch.setenv(f"DIANCHI_{name}", "")
    assert load(data_dir=data_dir).webhook_reach == Reach()
