"""Where a computer keeps the office's keys: the keyring, else a files of their owner's alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, override

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from boxoffice.keystore import BadKeyFile, Keystore, read_copy, write_copy
from boxoffice.sealing import Key


class Drawer(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1.0
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    is_locked = False
    is_leaky = False
    is_broken = False

    @override
    def get_password(self, service: str, username: str) -> str | None:
        if self.is_broken:
            raise RuntimeError("the bus is gone")
        if self.is_locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_broken:
            raise RuntimeError("the bus is gone")
        if self.is_locked:
            raise KeyringLocked
        if not self.is_leaky:
            self.kept[service, username] = password


new_keyring: Any = Drawer
"""The library's own constructor has no types."""


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    made: Drawer = new_keyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    made.kept.clear()


@pytest.fixture
def no_keyring(drawer: Drawer) -> None:
    """Nobody has unlocked it."""
    drawer.is_locked = True


def test_the_systems_keyring_comes_first(drawer: Drawer, tmp_path: Path) -> None:
    store, key = Keystore(tmp_path / "keys"), Key.new()
    store.keep(key)
    assert store.find(key.id) == key
    assert list(drawer.kept) == [("Box Office", key.id)]
    assert not store.folder.exists()


@pytest.mark.parametrize("trouble", ["is_locked", "is_leaky"])
def test_a_keyring_that_takes_nothing_is_passed_by(drawer: Drawer, tmp_path: Path, trouble: str) -> None:
    setattr(drawer, trouble, True)
    store, key = Keystore(tmp_path / "keys"), Key.new()
    store.keep(key)
    assert store.find(key.id) == key
    assert [file.name for file in store.folder.iterdir()] == [f"{key.id}.key"]


@pytest.mark.usefixtures("no_keyring")
def test_the_file_is_its_owners_alone_and_keeps_older_keys(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Keystore(tmp_path / "new" / "keys")
        old, new = Key.new(), Key.new()
        store.keep(old)
        store.keep(new)
    finally:
        os.umask(before)
    assert (store.find(old.id), store.find(new.id)) == (old, new)
    files = sorted(store.folder.iterdir())
    assert [file.name for file in files] == sorted(f"{key.id}.key" for key in (old, new))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("damage", [b"", b"{", b"a b", b"\x89PNG\xff", "0123456789abcdef \u00e9".encode()])
def test_a_damaged_file_holds_no_key_and_takes_the_right_one(tmp_path: Path, damage: bytes) -> None:
    store, key = Keystore(tmp_path / "keys"), Key.new()
    store.folder.mkdir()
    (store.folder / f"{key.id}.key").write_bytes(damage)
    assert store.find(key.id) is None
    store.keep(key)
    assert store.find(key.id) == key


@pytest.mark.usefixtures("no_keyring")
def test_programs_that_keep_keys_at_once_lose_none(tmp_path: Path) -> None:
    keys = [Key.new() for _ in range(32)]
    with ThreadPoolExecutor(8) as programs:
        list(programs.map(lambda key: Keystore(tmp_path / "keys").keep(key), keys))
    assert [Keystore(tmp_path / "keys").find(key.id) for key in keys] == keys


def test_a_keyring_that_breaks_is_no_keyring(drawer: Drawer, tmp_path: Path) -> None:
    store, key = Keystore(tmp_path / "keys"), Key.new()
    drawer.kept["Box Office", key.id] = "damaged"
    assert store.find(key.id) is None
    drawer.is_broken = True
    assert store.find(key.id) is None
    store.keep(key)
    assert store.find(key.id) == key


@pytest.mark.usefixtures("no_keyring")
def test_a_key_under_anothers_name_is_not_found(tmp_path: Path) -> None:
    store, key, other = Keystore(tmp_path / "keys"), Key.new(), Key.new()
    store.keep(key)
    (store.folder / f"{key.id}.key").rename(store.folder / f"{other.id}.key")
    assert store.find(other.id) is None


def test_a_copy_is_written_once_and_read_again(tmp_path: Path) -> None:
    key, path = Key.new(), tmp_path / "copy.key"
    write_copy(key, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_copy(path) == key
    with pytest.raises(FileExistsError):
        write_copy(key, path)


@pytest.mark.parametrize("words", ["", "x", "a b", "0123456789abcdef AAAA"])
def test_a_file_without_a_key_is_none(tmp_path: Path, words: str) -> None:
    path = tmp_path / "copy.key"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(BadKeyFile):
        read_copy(path)


def test_a_picture_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "copy.key"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(BadKeyFile):
        read_copy(path)
