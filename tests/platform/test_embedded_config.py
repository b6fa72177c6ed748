"""Settings: what is read, what is refused, what is derived."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from amtsweg.config import Config
from amtsweg.console import PlainError


def load(home: Path, **settings: str) -> Config:
    return Config.load({"AMTSWEG_HOME": str(home), **settings})


def test_the_master_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = load(tmp_path / "home").master_key
    assert len(first) == 32
    assert load(tmp_path / "home").master_key == first
    assert stat.S_IMODE((tmp_path / "home" / "master.key").stat().st_mode) == 0o600


def test_each_role_has_its_own_password_that_follows_the_master_key(tmp_path: Path) -> None:
    config = load(tmp_path / "a")
    passwords = {
        config.database_parameters(role)["password"] for role in ("owner", "web", "worker", "admin")
    }
    assert len(passwords) == 4
    other = load(tmp_path / "b")
    assert other.database_parameters("web")["password"] not in passwords


def test_a_given_master_key_is_used_and_never_written(tmp_path: Path) -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    config = load(tmp_path / "home", AMTSWEG_MASTER_KEY=key)
    assert config.master_key == bytes(range(32))
    assert not (tmp_path / "home").exists()


def test_a_servers_url_keeps_its_options_and_gets_our_logins(tmp_path: Path) -> None:
    url = "postgresql://postgres:p%40ss@[::1]:5433/town?sslmode=require"
    config = load(tmp_path, DATABASE_URL=url)
    assert config.database_parameters("admin") == {
        "host": "::1",
        "port": "5433",
        "dbname": "town",
        "user": "postgres",
        "password": "p@ss",
        "sslmode": "require",
    }
    web = conninfo_to_dict(config.database_url("web"))
    assert (web["user"], web["host"], web["sslmode"]) == ("amtsweg_web", "::1", "require")


@pytest.mark.parametrize("path", ["", "/", "/postgres"])
def test_the_servers_own_database_is_never_ours(tmp_path: Path, path: str) -> None:
    config = load(tmp_path, DATABASE_URL=f"postgresql://postgres@host{path}")
    assert config.database_parameters("admin")["dbname"] == "amtsweg"


def test_a_socket_fits_into_its_address_however_long_the_home_is(tmp_path: Path) -> None:
    config = load(tmp_path / ("very-long-name/" * 10))
    assert len(str(config.socket_folder / ".s.PGSQL.5432.lock")) < 107


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("PORT", "http", "PORT"),
        ("PORT", "70000", "PORT"),
        ("AMTSWEG_DEMO", "perhaps", "AMTSWEG_DEMO"),
        ("DATABASE_URL", "mysql://root:geheim@host/x", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://root:geheim@host/x?mode=fast", "DATABASE_URL"),
        ("AMTSWEG_MASTER_KEY", "c2hvcnQ=", "AMTSWEG_MASTER_KEY"),
        ("AMTSWEG_IDP_ISSUER", "https://login.example", "AMTSWEG_IDP_CLIENT_ID"),
        ("AMTSWEG_TRUSTED_PROXIES", "10.0.0.1/8", "AMTSWEG_TRUSTED_PROXIES"),
    ],
)
def test_a_wrong_setting_is_refused_with_one_sentence_that_names_it(
    tmp_path: Path, name: str, value: str, word: str
) -> None:
    with pytest.raises(PlainError) as refusal:
        load(tmp_path, **{name: value})
    sentence = str(refusal.value)
    assert word in sentence
    assert "\n" not in sentence
    assert "geheim" not in sentence


def test_sentences_are_german_where_the_locale_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    with pytest.raises(PlainError, match="muss eine Zahl"):
        load(tmp_path, PORT="x")
    monkeypatch.setenv("LANG", "C.UTF-8")
    with pytest.raises(PlainError, match="must be a number"):
        load(tmp_path, PORT="x")


def test_a_real_identity_provider_ends_the_demo(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        AMTSWEG_IDP_ISSUER="https://login.example/",
        AMTSWEG_IDP_CLIENT_ID="portal",
        AMTSWEG_IDP_CLIENT_SECRET="s",
    )
    assert not config.demo
    assert not config.embedded_provider
    assert config.idp_issuer == "https://login.example"
