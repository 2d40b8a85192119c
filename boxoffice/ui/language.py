"""The language of the screens. All visible text passes `tr` or `trn`; English is the source.

A translation is a flat JSON file, source sentence to sentence, in resources/translations. A test holds that
every sentence of the screens is in it, and nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, override

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from boxoffice.assets import resource

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

CONTEXT = "boxoffice"
LANGUAGES = ("en", "de")


def tr(source: str, /, **fields: object) -> str:
    """Return the sentence in the language of the screens, its {fields} filled in."""
    text = QCoreApplication.translate(CONTEXT, source)
    return text.format(**fields) if fields else text


def trn(one: str, other: str, count: int, /, **fields: object) -> str:
    """Return the sentence for one or for several, with {n} as the count."""
    return tr(one if count == 1 else other, **{"n": count, **fields})


class Catalogue(QTranslator):
    """The sentences of one language, asked by Qt itself so that nothing has to be passed around."""

    def __init__(self, sentences: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sentences = sentences

    @override
    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:
        # None reaches Qt as a null string, "not mine, ask the next"; the stub does not know.
        return self._sentences.get(sourceText) if context == CONTEXT else None  # type: ignore[return-value]

    @override
    def isEmpty(self) -> bool:
        return not self._sentences


def load_sentences(language: str) -> dict[str, str]:
    """Return the sentences of a shipped language; none for English, the source."""
    if language == "en":
        return {}
    text = resource("translations", f"{language}.json").read_text(encoding="utf-8")
    return {str(source): str(sentence) for source, sentence in json.loads(text).items()}


def install_language(app: QCoreApplication, language: str) -> None:
    """Show everything built from now on in this language, Qt's own words included."""
    QLocale.setDefault(QLocale(language))
    sentences = load_sentences(language)
    if not sentences:
        return
    qt_words = QTranslator(app)
    if qt_words.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt_words)
    app.installTranslator(Catalogue(sentences, app))


def system_language() -> str:
    """Return the shipped language that fits the desktop best."""
    wanted = QLocale.system().name().partition("_")[0]
    return wanted if wanted in LANGUAGES else "en"
