"""The program's log: JSON lines in a rotating file, and readable lines on the console on request.

No password reaches it: addresses lose theirs and values named like secrets are struck out, in tracebacks too.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FILE = "boxoffice.log"
STRUCK_OUT = "***"
_FILE_BYTES = 2_000_000
_OLD_FILES = 5
_REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for others when read over the telephone."""
_IN_ADDRESS = re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://[^\s/:@]*:)\S+(?=@)", re.IGNORECASE)
_IN_PHRASE = re.compile(
    r"(?P<head>\b(?:password|passwd|pwd|secret|token)['\"]?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;&)}]+)",
    re.IGNORECASE,
)
_VERIFIER = re.compile(r"(?:SCRAM-SHA-256|\$argon2id)\$[^\s'\",)]+")
"""What is kept of a password; whoever has it can try passwords at leisure."""
_SECRET_NAME = re.compile(r"password|passwd|pwd|secret|token|(?:^|_)pin$", re.IGNORECASE)


def reference() -> str:
    """Return a new reference for one fault, e.g. "K7Q-4XN": short enough to tell, rare enough to find."""
    letters = [secrets.choice(_REFERENCE_LETTERS) for _ in range(6)]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def redact(text: str) -> str:
    """Return the text without passwords (in addresses, in "password=..." phrases) and their hashes."""
    text = _VERIFIER.sub(STRUCK_OUT, text)
    return _IN_PHRASE.sub(rf"\g<head>{STRUCK_OUT}", _IN_ADDRESS.sub(rf"\g<head>{STRUCK_OUT}", text))


def configure(folder: Path, *, console: bool = False, level: int = logging.INFO) -> Path:
    """Send this program's and its libraries' log to a file in the folder, and to stderr too if asked.

    Returns the file. A folder that cannot be written to leaves the console alone, and says so there.
    """
    path = folder / FILE
    handlers: list[logging.Handler] = []
    trouble = ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = RotatingFileHandler(
            path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as failure:
        trouble = failure.strerror or str(failure)
    else:
        file.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False)))
        handlers.append(file)
    if console or trouble:
        stderr = logging.StreamHandler(sys.stderr)
        stderr.setFormatter(_formatter(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())))
        handlers.append(stderr)
    _replace_handlers(handlers, level)
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    if trouble:
        structlog.get_logger(__name__).warning("log file unavailable", path=str(path), reason=trouble)
    return path


def _replace_handlers(handlers: list[logging.Handler], level: int) -> None:
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if getattr(handler, "boxoffice", False)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.boxoffice = True  # type: ignore[attr-defined]  # tells ours from others' when called again
        root.addHandler(handler)
    root.setLevel(level)


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]


def _formatter(renderer: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_common(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact_event,
            renderer,
        ],
    )


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return STRUCK_OUT
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), content) for inner, content in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
