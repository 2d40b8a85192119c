"""Qt's own words in the language of the program: buttons of system dialogs, names of keys."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from boxoffice.language import SOURCE, speak


def install_language(app: QCoreApplication, language: str) -> None:
    """Show everything built from now on in this language, Qt's own words included."""
    speak(language)
    QLocale.setDefault(QLocale(language))
    if language == SOURCE:
        return
    qt_words = QTranslator(app)
    if qt_words.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt_words)
