"""Where the files lie that ship with the program: fonts, icons, theme, SQL revisions, demo data, help."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent
"""An installed wheel carries the files inside the package; a checkout has them beside it."""


def resource(*names: str) -> Path:
    """Return a path below resources/, for example of "icons", "ticket.svg"."""
    return _ROOT.joinpath("resources", *names)


def migrations() -> Path:
    """Return the folder of the Alembic revisions."""
    return _ROOT / "migrations"
