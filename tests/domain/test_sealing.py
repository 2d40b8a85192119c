"""Sealed words: they open again, match exactly, and never elsewhere or with another key."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from boxoffice.sealing import Key, Kind, Tampered, is_token, key_of, plainest

KEY = Key.new()
WORDS = strategies.text(strategies.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)
KINDS = strategies.sampled_from(list(Kind))


@given(kind=KINDS, words=WORDS)
def test_words_open_again_as_they_were(kind: Kind, words: str) -> None:
    token = KEY.seal(kind, words)
    assert is_token(token)
    assert key_of(token) == KEY.id
    assert KEY.open(kind, token) == words


@given(words=WORDS)
def test_no_two_tokens_are_equal_and_equal_words_are_found(words: str) -> None:
    one, other = KEY.seal(Kind.PHONE, words), KEY.seal(Kind.PHONE, words)
    assert one != other
    assert one.split(":")[2] == other.split(":")[2] == KEY.fingerprint(Kind.PHONE, words)


@given(words=WORDS)
def test_another_kind_and_another_key_neither_open_nor_match(words: str) -> None:
    token = KEY.seal(Kind.PHONE, words)
    with pytest.raises(Tampered):
        KEY.open(Kind.NOTES, token)
    other = Key.new()
    with pytest.raises(Tampered):
        other.open(Kind.PHONE, token)
    assert KEY.fingerprint(Kind.NOTES, words) != KEY.fingerprint(Kind.PHONE, words)
    assert other.fingerprint(Kind.PHONE, words) != KEY.fingerprint(Kind.PHONE, words)


@given(words=WORDS, place=strategies.integers(0, 10_000))
def test_a_changed_box_does_not_open(words: str, place: int) -> None:
    head, _, box = KEY.seal(Kind.NOTES, words).rpartition(":")
    # Not the last letter: of its six bits some carry nothing.
    place %= len(box) - 1
    changed = "A" if box[place] != "A" else "B"
    with pytest.raises(Tampered):
        KEY.open(Kind.NOTES, f"{head}:{box[:place]}{changed}{box[place + 1 :]}")


@pytest.mark.parametrize("letters", range(38, 46))
def test_a_box_of_any_length_that_nobody_sealed_is_tampered_with(letters: int) -> None:
    with pytest.raises(Tampered):
        KEY.open(Kind.NOTES, f"bo1:{KEY.id}:{'A' * 22}:{'A' * letters}")


@pytest.mark.parametrize(
    "words",
    [
        "+49 30 2312-5017",
        "0049 30 23125017",
        "+49 (30) 2312.5017",
        "+49/30/23125017",
        "+49\N{EN DASH}30 23125017",
    ],
)
def test_a_phone_number_is_one_however_it_is_written(words: str) -> None:
    assert plainest(Kind.PHONE, words) == "+493023125017"


def test_words_match_without_case_and_double_spaces() -> None:
    assert plainest(Kind.ADDRESS, " Kanalstraße  14 ") == plainest(Kind.ADDRESS, "KANALSTRASSE 14")
    assert plainest(Kind.REFERENCE, "A-47/11") != plainest(Kind.REFERENCE, "A4711")


def test_a_key_tells_nothing_of_itself() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert KEY.id not in KEY.secret.hex()
    assert Key(KEY.secret).id == KEY.id
    with pytest.raises(ValueError, match="32 bytes"):
        Key(b"short")


@pytest.mark.parametrize("stored", ["", "+49301", "bo1:", "bo1:0:1:2", "bo2:" + "0" * 16 + ":x:y"])
def test_what_is_no_token(stored: str) -> None:
    assert not is_token(stored)
    with pytest.raises(Tampered):
        key_of(stored)
