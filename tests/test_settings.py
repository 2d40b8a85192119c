from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from boxoffice.settings import (
    BrokenSettings,
    ConnectionSettings,
    Place,
    Secret,
    ServerSettings,
    Settings,
    Theme,
    folders,
    load,
    save,
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOXOFFICE_DATABASE_URL", "BOXOFFICE_TILL", "BOXOFFICE_THEME"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_file_nothing_is_decided(tmp_path: Path) -> None:
    loaded = load(tmp_path / "settings.toml")
    assert loaded.connection.place is Place.UNDECIDED
    assert loaded.database_url is None
    assert not list(tmp_path.iterdir())


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    server = ServerSettings(host="db.venue", user="ada", sslmode="verify-ca", root_cert=Path("/ca.pem"))
    saved = Settings(
        connection=ConnectionSettings(place=Place.SERVER, server=server),
        till='Kasse "Süd" \\ 2\n',
        theme=Theme.DARK,
    )
    save(saved, path)
    assert load(path) == saved
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(till=strategies.text(strategies.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_till_name_survives(tmp_path: Path, till: str) -> None:
    save(Settings(till=till), tmp_path / "settings.toml")
    assert load(tmp_path / "settings.toml").till == till


def test_the_environment_wins_and_its_database_is_never_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(till="Till 1"), path)
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", "postgresql://u:hush@h/d")
    monkeypatch.setenv("BOXOFFICE_TILL", "Till 9")
    loaded = load(path)
    assert loaded.till == "Till 9"
    assert loaded.database_url == Secret("postgresql://u:hush@h/d")
    assert "hush" not in repr(loaded)
    save(loaded, path)
    assert "hush" not in path.read_text()


def test_an_empty_database_variable_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", " ")
    assert load(tmp_path / "settings.toml").database_url is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"till = ", "Invalid value"),
        (b"\xff", "utf-8"),
        (b'theme = "pink"', "theme"),
        (b"[connection.server]\nport = 99999", "connection.server.port"),
        (b'colour = "red"', "colour"),
        (b'database_url = "postgresql://u:hush@h/d"', "BOXOFFICE_DATABASE_URL"),
        (b'[connection.server]\npassword = "hush"', "connection.server"),
    ],
)
def test_a_broken_file_is_explained(tmp_path: Path, text: bytes, problem: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text)
    with pytest.raises(BrokenSettings) as caught:
        load(path)
    assert problem in caught.value.problem
    assert "hush" not in str(caught.value)


def test_a_folder_in_its_place_is_explained(tmp_path: Path) -> None:
    with pytest.raises(BrokenSettings) as caught:
        load(tmp_path)
    assert caught.value.problem == "Is a directory"


def test_a_broken_variable_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_CONNECTION", "nonsense")
    with pytest.raises(BrokenSettings) as caught:
        load(tmp_path / "settings.toml")
    assert "connection" in caught.value.problem


def test_home_moves_every_folder(tmp_path: Path) -> None:
    moved = folders({"BOXOFFICE_HOME": str(tmp_path)})
    assert {moved.config.parent, moved.data.parent, moved.logs.parent} == {tmp_path}
    assert moved.server.is_relative_to(moved.data)
    assert not list(tmp_path.iterdir())


def test_without_home_the_platform_decides() -> None:
    usual = folders({})
    assert all("boxoffice" in str(folder) for folder in (usual.config, usual.data, usual.logs))
