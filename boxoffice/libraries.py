"""System libraries that Qt needs and a bare Linux lacks: which are missing, and how to get them."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library and the Debian package that brings it."""

    name: str
    package: str


ALWAYS = (
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
)
WINDOW = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libX11-xcb.so.1", "libx11-xcb1"),
)
PRINTING = (Library("libcups.so.2", "libcups2"),)


def missing(*, window: bool, platform: str = sys.platform) -> tuple[Library, ...]:
    """Return what Qt could not load here; `window` adds what a window on X11 needs."""
    if not platform.startswith("linux"):
        return ()
    wanted = (*ALWAYS, *PRINTING, *(WINDOW if window else ()))
    return tuple(library for library in wanted if not _loads(library.name))


def display_opens(platform: str = sys.platform) -> bool:
    """Return whether the X server named by DISPLAY lets us in; True where another system shows windows.

    Qt would abort the process without a word of its own.
    """
    if not platform.startswith("linux") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    opens = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return opens


def sentence(libraries: Sequence[Library]) -> str:
    """Return which libraries are missing and the command that brings them on Debian and its kin."""
    names = ", ".join(library.name for library in libraries)
    packages = " ".join(library.package for library in libraries)
    return (
        f"System libraries are missing: {names}.\n"
        f"On Debian or Ubuntu: sudo apt-get install {packages}\n"
        "On other systems, install the packages that bring these libraries."
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
