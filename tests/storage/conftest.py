"""A box office to ask about."""

from __future__ import annotations

from tests.usecases.conftest import office

__all__ = ["office"]
