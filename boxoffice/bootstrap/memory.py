"""What the running program remembers: the settings in force, written down when the clerk changes them."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from boxoffice import settings as settings_
from boxoffice.settings import PrintingSettings, Settings, Theme


class Memory:
    """Keeps the settings in force, and in the file too, if there is one: the demo leaves no trace."""

    def __init__(self, settings: Settings, file: Path | None) -> None:
        self._settings = settings
        self._file = file

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    def keep_printing(self, printing: PrintingSettings) -> None:
        """Let tickets go there from now on. Raises OSError when the file cannot be written."""
        self._keep(replace(self._settings, printing=printing))

    def keep_theme(self, theme: Theme) -> None:
        """Look so from now on. Raises OSError when the file cannot be written."""
        if theme is not self._settings.theme:
            self._keep(replace(self._settings, theme=theme))

    def _keep(self, settings: Settings) -> None:
        # In force first: a full disk must not keep tickets from the printer that the clerk chose.
        self._settings = settings
        if self._file is not None:
            settings_.save(settings, self._file)
