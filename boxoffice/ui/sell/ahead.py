"""Keys pressed ahead of the screen: a clerk types on while an event is being fetched or a sale is being made.

What was meant for the next thing must never fall on the one before it, and must not get lost either.
"""

from __future__ import annotations

from collections.abc import Callable

type Press = Callable[[], None]


class TypedAhead:
    """Presses that wait, in order."""

    def __init__(self) -> None:
        self._waiting: list[Press] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def hold(self, press: Press) -> None:
        """Keep a press for later."""
        self._waiting.append(press)

    def drop(self) -> None:
        """Forget all presses: what they were meant for did not come."""
        self._waiting.clear()

    def replay(self, may_go_on: Callable[[], bool]) -> None:
        """Make the presses as long as `may_go_on`; the rest waits on."""
        while self._waiting and may_go_on():
            self._waiting.pop(0)()
