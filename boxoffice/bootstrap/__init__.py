"""The only place that sees every layer: settings, then database, then desk, then window.

Nothing of Qt is imported before it is known that this computer has the libraries for it, so that a missing
one is a sentence and not a stack trace; and nothing large before Python's collector rests.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from boxoffice.bootstrap import collector

MISUSED = 2
INTERRUPTED = 130
_INVISIBLE = ("offscreen", "minimal")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program: a command of the command line, or the window. Return the exit code."""
    collector.rest()
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal of another encoding shows what it can; a title must not end the program.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _command_or_window(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our answer has gone; Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED


def _command_or_window(given: Sequence[str]) -> int:
    from boxoffice import cli  # noqa: PLC0415 - the collector rests

    if given and given[0] in cli.COMMANDS:
        collector.wake()
        return cli.main(given)
    return _window(_parser(cli.COMMANDS).parse_args(given))


def _window(chosen: argparse.Namespace) -> int:
    from boxoffice import libraries, logs  # noqa: PLC0415 - as above
    from boxoffice import settings as settings_  # noqa: PLC0415

    folders = settings_.folders()
    try:
        settings = settings_.load(folders.settings_file)
    except settings_.BrokenSettings as broken:
        return _say(f"The settings cannot be used: {broken.path}: {broken.problem}")
    logs.configure(folders.logs, console=chosen.verbose)
    shown = _has_display()
    if not shown and not chosen.demo:
        return _say(
            "There is no display to open the window on. Start it in a desktop session, run the demo with"
            " --demo, or use the command line (boxoffice --help)."
        )
    if not shown:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    missing = libraries.missing(window=shown)
    if missing:
        return _say(libraries.sentence(missing))
    if shown and not libraries.display_opens():
        return _say(
            f"The display {os.environ.get('DISPLAY', '')} cannot be opened. Is it running, and yours?"
        )

    from boxoffice.bootstrap.program import Program  # noqa: PLC0415 - Qt only from here on

    program = Program(settings, folders)
    if shown:
        return program.run_window(demo=chosen.demo, practise=chosen.practise)
    return program.run_journey(chosen.out or folders.data / "demo")


def _parser(commands: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="boxoffice",
        description="Sell tickets at the counter and print them.",
        epilog=f"Commands without a window: {', '.join(commands)}. Each has --help.",
    )
    parser.add_argument("--demo", action="store_true", help="open the demo box office, made on first use")
    parser.add_argument(
        "--practise", action="store_true", help="open a box office to practise on; nothing in it is real"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where a demo without display puts its pictures"
    )
    parser.add_argument("--verbose", action="store_true", help="write the log to this terminal too")
    return parser


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM") in _INVISIBLE:
        return False
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _say(sentence: str) -> int:
    sys.stderr.write(f"boxoffice: {sentence}\n")
    return MISUSED
