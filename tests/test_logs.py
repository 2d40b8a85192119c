from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from boxoffice.logs import configure, redact, reference


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield configure(tmp_path / "logs")
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_event_becomes_one_line_of_json(log: Path) -> None:
    structlog.get_logger("till").info("sold", order="2026-1", tickets=2, title="Fidelio «neu»")
    [entry] = entries(log)
    assert entry["event"] == "sold"
    assert entry["tickets"] == 2
    assert entry["title"] == "Fidelio «neu»"
    assert entry["level"] == "info"
    assert entry["logger"] == "till"
    assert entry["timestamp"].endswith("Z")


def test_libraries_log_there_too(log: Path) -> None:
    logging.getLogger("sqlalchemy").warning(
        "pool of %s", "postgresql://u:hush@h/d", extra={"password": "hush"}
    )
    [entry] = entries(log)
    assert entry["event"] == "pool of postgresql://u:***@h/d"
    assert "hush" not in log.read_text()


def test_secrets_are_struck_out_wherever_they_hide(log: Path) -> None:
    url = "postgresql+psycopg://clerk:hush@db:5432/boxoffice"
    logger = structlog.get_logger("x")
    logger.info("connecting", to=url, password="hush", nested={"api_token": "hush", "list": [url]})  # noqa: S106 - a password of the test
    try:
        int(f"{url} with password=hush")
    except ValueError:
        logger.exception("fault", reference=reference())
        logging.getLogger("y").exception("fault as well")
    assert "hush" not in log.read_text()
    first, second, third = entries(log)
    assert first["nested"] == {
        "api_token": "***",
        "list": ["postgresql+psycopg://clerk:***@db:5432/boxoffice"],
    }
    assert "ValueError: invalid literal" in second["exception"]
    assert "ValueError: invalid literal" in third["exception"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("postgresql://u:p@ss/w@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("host=h password='two words' user=u", "host=h password=*** user=u"),
        ("http://h:80/x", "http://h:80/x"),
        ('{"password": "x"}', '{"password": ***}'),
    ],
)
def test_redaction(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_configuring_twice_writes_once(log: Path) -> None:
    assert configure(log.parent) == log
    structlog.get_logger("x").info("once")
    assert len(entries(log)) == 1


@pytest.mark.usefixtures("log")
def test_a_folder_that_cannot_be_made_leaves_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    configure(tmp_path / "file" / "logs")
    assert "log file unavailable" in capsys.readouterr().err


def test_references_can_be_told_over_the_telephone() -> None:
    many = {reference() for _ in range(200)}
    assert len(many) == 200
    assert not {letter for each in many for letter in each} & set("01OIL")
