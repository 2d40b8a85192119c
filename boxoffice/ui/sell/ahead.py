"""Keys pressed ahead of the screen: a clerk types on while an event is being fetched or a sale is being made.

What was meant for the next thing must never fall on the one before it, and must not get lost either.
"""

from __future__ import annotations

from collections.abc import Callable

type Press = Callable[[], None]
type Fits = Callable[[], bool]


def _never() -> bool:
    return False


class TypedAhead:
    """Presses that wait, in order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Press, Fits]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def hold(self, press: Press, follows_refusal: Fits = _never) -> None:
        """Keep a press for later; `follows_refusal`: whether it is meant though one before was refused."""
        self._waiting.append((press, follows_refusal))

    def drop(self) -> None:
        """Forget all presses: what they were meant for did not come."""
        self._waiting.clear()

    def replay(self, may_go_on: Fits) -> None:
        """Make the presses as long as `may_go_on`, or they are meant all the same; the rest waits on."""
        while self._waiting:
            press, follows_refusal = self._waiting[0]
            if not (may_go_on() or follows_refusal()):
                return
            self._waiting.pop(0)
            press()
