"""Where a computer keeps the office's keys: the keyring, else a file of its owner's alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
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

    @override
    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
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
    store, key = Keystore(tmp_path / "keys.json"), Key.new()
    store.keep(key)
    assert store.find(key.id) == key
    assert list(drawer.kept) == [("Box Office", key.id)]
    assert not store.file.exists()


@pytest.mark.parametrize("trouble", ["is_locked", "is_leaky"])
def test_a_keyring_that_takes_nothing_is_passed_by(drawer: Drawer, tmp_path: Path, trouble: str) -> None:
    setattr(drawer, trouble, True)
    store, key = Keystore(tmp_path / "keys.json"), Key.new()
    store.keep(key)
    assert store.find(key.id) == key
    assert key.id in store.file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_keyring")
def test_the_file_is_its_owners_alone_and_keeps_older_keys(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Keystore(tmp_path / "new" / "keys.json")
        old, new = Key.new(), Key.new()
        store.keep(old)
        store.keep(new)
    finally:
        os.umask(before)
    assert (store.find(old.id), store.find(new.id)) == (old, new)
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.file.parent.stat().st_mode) == 0o700
    assert list(store.file.parent.iterdir()) == [store.file]


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("damage", ["", "{", '["x"]', '{"%s": "AAAA"}', '{"%s": 7}', '{"%s": "\\u00e9"}'])
def test_a_damaged_file_holds_no_key_and_takes_new_ones(tmp_path: Path, damage: str) -> None:
    store, key = Keystore(tmp_path / "keys.json"), Key.new()
    store.file.write_text(damage.replace("%s", key.id), encoding="utf-8")
    assert store.find(key.id) is None
    store.keep(key)
    assert store.find(key.id) == key


@pytest.mark.usefixtures("no_keyring")
def test_a_key_under_anothers_name_is_not_found(tmp_path: Path) -> None:
    store, key, other = Keystore(tmp_path / "keys.json"), Key.new(), Key.new()
    store.keep(key)
    kept = json.loads(store.file.read_text(encoding="utf-8"))
    store.file.write_text(json.dumps({other.id: kept[key.id]}), encoding="utf-8")
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
