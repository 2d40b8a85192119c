"""What this computer remembers about its box office, and where: one small TOML file and no passwords.

Every value can be overridden by a variable BOXOFFICE_<NAME>, nested ones with two underscores.
BOXOFFICE_DATABASE_URL names the database, whatever the file says; BOXOFFICE_HOME moves all folders.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

HOME_VARIABLE = "BOXOFFICE_HOME"
_APP = "boxoffice"
_FILE = "settings.toml"


@dataclass(eq=False)
class BrokenSettings(Exception):
    """The settings file or a BOXOFFICE_ variable cannot be used; `problems` has one line for each fault."""

    path: Path
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folders:
    """Where this user's files lie. None of them is made before something is written there."""

    config: Path
    data: Path
    logs: Path

    @property
    def settings_file(self) -> Path:
        """Return the path of the settings file."""
        return self.config / _FILE

    @property
    def server(self) -> Path:
        """Return the folder of the embedded server."""
        return self.data / "server"


def folders(environment: Mapping[str, str] = os.environ) -> Folders:
    """Return the platform's folders for this user, or those below BOXOFFICE_HOME."""
    home = environment.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Folders(root / "config", root / "data", root / "logs")
    dirs = platformdirs.PlatformDirs(_APP, appauthor=False)
    return Folders(dirs.user_config_path, dirs.user_data_path, dirs.user_log_path)


class Place(StrEnum):
    """Where the database lies."""

    UNDECIDED = "undecided"
    """Nobody has chosen yet: the first start asks."""
    EMBEDDED = "embedded"
    SERVER = "server"


class Theme(StrEnum):
    """How the window looks; SYSTEM follows the desktop."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(_Part):
    """The venue's server, without a password. An empty `sslmode` means the default for its host."""

    host: str = ""
    port: int = Field(default=5432, ge=1, le=65535)
    database: str = "boxoffice"
    user: str = ""
    sslmode: str = ""
    root_cert: Path | None = None


class ConnectionSettings(_Part):
    """Which database to open: our own, in the embedded server, or one on the venue's server."""

    place: Place = Place.UNDECIDED
    embedded_database: str = "boxoffice"
    server: ServerSettings = ServerSettings()


class PrintingSettings(_Part):
    """Where tickets go; an empty printer means none chosen yet."""

    ticket_printer: str = ""
    ticket_layout: str = "a4"


class Settings(BaseSettings):
    """Everything this computer remembers; frozen: change it with `model_copy(update=...)` and `save`."""

    model_config = SettingsConfigDict(
        env_prefix="BOXOFFICE_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    database_url: SecretStr | None = Field(default=None, exclude=True)
    """From the environment alone; never saved, for it may hold a password."""
    connection: ConnectionSettings = ConnectionSettings()
    till: str = Field(default="Till 1", min_length=1, max_length=60)
    locale: str = Field(default="en", min_length=2, max_length=20)
    theme: Theme = Theme.SYSTEM
    printing: PrintingSettings = PrintingSettings()

    @field_validator("database_url")
    @classmethod
    def _empty_is_unset(cls, url: SecretStr | None) -> SecretStr | None:
        return url if url is not None and url.get_secret_value().strip() else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings calls it by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the values handed in, which come from the file."""
        return env_settings, init_settings


def load(path: Path) -> Settings:
    """Return the file's settings under the environment's; defaults when there is no file.

    Raises BrokenSettings naming every fault.
    """
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stored = {}
    except OSError as failure:
        raise BrokenSettings(path, (failure.strerror or str(failure),)) from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise BrokenSettings(path, (str(failure),)) from failure
    if "database_url" in stored:
        raise BrokenSettings(path, ("database_url belongs into BOXOFFICE_DATABASE_URL, not into this file",))
    try:
        return Settings(**stored)
    except ValidationError as failure:
        # `from None`: pydantic's own text repeats the values, and one of them may be a password.
        raise BrokenSettings(path, tuple(_faults(failure))) from None
    except SettingsError as failure:
        raise BrokenSettings(path, (str(failure),)) from failure


def save(settings: Settings, path: Path) -> None:
    """Write the settings, all of them or none: a crash leaves the old file. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = _toml(settings.model_dump(mode="json", exclude_none=True))
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.name}.", encoding="utf-8", delete=False
    ) as draft:
        try:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
            draft.close()
            Path(draft.name).replace(path)
        except OSError:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _faults(failure: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
        for fault in failure.errors(include_input=False, include_url=False)
    ]


def _toml(values: Mapping[str, Any], table: str = "") -> str:
    """Return a TOML document of strings and whole numbers in nested tables: all that settings consist of."""
    plain = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    # A JSON string is a TOML string too, but for surrogate pairs (so no escaped letters) and DEL.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", r"\u007f")
        for name, value in plain.items()
    ]
    parts = ["\n".join([f"[{table}]", *lines] if table else lines)]
    for name, value in values.items():
        if isinstance(value, Mapping):
            parts.append(_toml(value, f"{table}.{name}" if table else name))
    return "\n\n".join(part for part in parts if part).rstrip() + "\n"
