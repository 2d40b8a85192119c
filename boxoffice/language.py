"""The language that people are spoken to. All visible text passes `tr` or `trn`; English is the source.

A translation is a flat JSON file, source sentence to sentence, in resources/translations. A test holds that
every sentence of the program is in it, and nothing else. One language is spoken in the whole process.
"""

from __future__ import annotations

import json

from boxoffice.assets import resource

LANGUAGES = ("en", "de")
SOURCE = "en"

_spoken: dict[str, str] = {}
"""The sentences of the language in force; empty for the source language."""


def tr(source: str, /, **fields: object) -> str:
    """Return the sentence in the language in force, its {fields} filled in."""
    text = _spoken.get(source, source)
    return text.format(**fields) if fields else text


def trn(one: str, other: str, count: int, /, **fields: object) -> str:
    """Return the sentence for one or for several, with {n} as the count."""
    return tr(one if count == 1 else other, **{"n": count, **fields})


def speak(language: str) -> None:
    """Use this language from now on; one that is not shipped is English."""
    sentences = load_sentences(language) if language in LANGUAGES else {}
    _spoken.clear()
    _spoken.update(sentences)


def load_sentences(language: str) -> dict[str, str]:
    """Return the sentences of a shipped language; none for English, the source."""
    if language == SOURCE:
        return {}
    text = resource("translations", f"{language}.json").read_text(encoding="utf-8")
    return {str(source): str(sentence) for source, sentence in json.loads(text).items()}
