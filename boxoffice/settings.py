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
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import platformdirs

HOME_VARIABLE = "BOXOFFICE_HOME"
_APP = "boxoffice"
_FILE = "settings.toml"
_PREFIX = "BOXOFFICE_"
_SECRETS = frozenset({"database_url", "password", "mail_password", "card_token"})
"""Never read from the file and never written into it."""


@dataclass(eq=False)
class BrokenSettings(Exception):
    """The settings file or a BOXOFFICE_ variable cannot be used; `problem` is one line and has no secrets."""

    path: Path
    problem: str


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

    @property
    def keys(self) -> Path:
        """Return the folder of the office's keys, for computers without a keyring of their own."""
        return self.data / "keys"


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


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no log, traceback or repr shows."""

    text: str = field(repr=False)


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The venue's server, without a password. An empty `sslmode` means the default for its host."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 5432
    database: str = "boxoffice"
    user: str = ""
    sslmode: str = ""
    root_cert: Path | None = None


class ConnectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which database to open: our own, in the embedded server, or one on the venue's server."""

    place: Place = Place.UNDECIDED
    embedded_database: str = "boxoffice"
    server: ServerSettings = ServerSettings()


class MailSecurity(StrEnum):
    """How the way to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The mail server, without a password. Without a host or a sender e-mails stay queued."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    """0: the usual one, 587 with STARTTLS, 465 with TLS, 25 without encryption."""
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    sender: str = ""
    """The address that e-mails come from."""
    sender_name: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether e-mails can be sent with it."""
        return bool(self.host and self.sender)

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one."""
        usual = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
        return self.port or usual[self.security]


class CardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The card service, without its token. Without an address the terminal stands on its own."""

    url: str = ""
    """E.g. https://pay.example.org/v1 (see boxoffice/gateway.py for what it has to understand)."""
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "gateway"
    """Under which payments remember it: another name means another service."""
    patience_seconds: Annotated[int, msgspec.Meta(ge=5, le=600)] = 90
    """How long a customer may take at the terminal."""


class PrintingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where tickets and receipts go; an empty printer means none chosen yet."""

    ticket_printer: str = ""
    ticket_layout: str = "a4"
    receipt_printer: str = ""
    """Empty: receipts go where tickets go."""
    receipt_layout: str = "roll-80"
    receipt_with_every_sale: bool = False
    office_name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """As customers read it on receipts."""
    office_imprint: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """What the law wants below it: address, tax number."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything this computer remembers; `msgspec.structs.replace` makes another, `save` keeps it."""

    database_url: Secret | None = None
    """From the environment alone; never saved, for it may hold a password."""
    password: Secret | None = None
    """As above: for scripts that sell."""
    mail_password: Secret | None = None
    """As above: for the mail server, where it is not in this computer's keyring."""
    card_token: Secret | None = None
    """As above: for the card service, where it is not in this computer's keyring."""
    user: Annotated[str, msgspec.Meta(max_length=63)] = ""
    """Who signed in here last, or sells by script."""
    connection: ConnectionSettings = ConnectionSettings()
    till: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "Till 1"
    locale: Annotated[str, msgspec.Meta(min_length=2, max_length=20)] = "en"
    theme: Theme = Theme.SYSTEM
    printing: PrintingSettings = PrintingSettings()
    mail: MailSettings = MailSettings()
    card: CardSettings = CardSettings()
    lock_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 15
    """Without input until the screen locks; 0: never."""


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the file's settings under the environment's; defaults when there is no file.

    Raises BrokenSettings.
    """
    values = _stored(path)
    for name in _SECRETS & values.keys():
        raise BrokenSettings(path, f"{name} belongs into {_PREFIX}{name.upper()}, not into this file")
    _override(values, Settings, environment, _PREFIX)
    secrets = {name: Secret(values.pop(name)) for name in _SECRETS & values.keys()}
    try:
        # Not strict: a number in a variable is text.
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decoded)
    except msgspec.ValidationError as failure:
        # `from None`: the cause repeats a value, and one of them may be a password.
        raise BrokenSettings(path, str(failure)) from None
    return msgspec.structs.replace(settings, **secrets)


def _stored(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as failure:
        raise BrokenSettings(path, failure.strerror or str(failure)) from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise BrokenSettings(path, str(failure)) from failure


def _override(
    values: dict[str, Any], part: type[msgspec.Struct], environment: Mapping[str, str], prefix: str
) -> None:
    """Put the variables of known settings over the file's values; an empty variable counts as none."""
    for known in msgspec.structs.fields(part):
        name = prefix + known.name.upper()
        if environment.get(name, "").strip():
            values[known.name] = environment[name]
        elif isinstance(known.type, type) and issubclass(known.type, msgspec.Struct):
            below = values.setdefault(known.name, {})
            if isinstance(below, dict):
                _override(below, known.type, environment, f"{name}__")


def save(settings: Settings, path: Path) -> None:
    """Write the settings, all of them or none: a crash leaves the old file. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = msgspec.to_builtins(
        msgspec.structs.replace(settings, **dict.fromkeys(_SECRETS)), enc_hook=_encoded
    )
    text = _toml(values)
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


def _decoded(kind: type, value: str) -> object:
    return kind(value)


def _encoded(value: object) -> str:
    return str(value)


def _toml(values: Mapping[str, Any], table: str = "") -> str:
    """Return a TOML document of the strings and whole numbers: all that settings consist of."""
    plain = {
        name: value for name, value in values.items() if value is not None and not isinstance(value, Mapping)
    }
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
