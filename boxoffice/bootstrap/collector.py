"""When Python looks for garbage.

Never while the program loads: it would walk again and again through what was just loaded and finds nothing, a
quarter of the whole start. And never through the program itself afterwards: one full walk is a tenth of a
second in which the window stands still.
"""

from __future__ import annotations

import gc


def rest() -> None:
    """Look for no garbage until `wake` is called."""
    gc.disable()


def wake() -> None:
    """Look for garbage again, but not in what there is by now, which stays until the program ends."""
    gc.freeze()
    gc.enable()
