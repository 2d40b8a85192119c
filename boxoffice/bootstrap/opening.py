"""From a choice at the start to an open desk: no Qt in here, it runs on a worker thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import make_url

from boxoffice.domain.errors import BadDatabaseUrl, SignInFailed
from boxoffice.domain.sale import Sale
from boxoffice.domain.ticket_code import TRAINING_PREFIX
from boxoffice.keystore import Keystore
from boxoffice.language import tr
from boxoffice.settings import Folders, Place, ServerSettings, Settings
from boxoffice.storage.connect import ServerAddress as StorageAddress
from boxoffice.storage.database import Database
from boxoffice.ui.start.choice import SignsIn, StartChoice, StartWith, Wanted
from boxoffice.usecases.desk import Desk
from boxoffice.usecases.office.addresses import DEMO_DATABASE, TRAINING_DATABASE, configured_address
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.keys import make_own_key, seal_with
from boxoffice.usecases.office.make_demo import demo_credentials, make_demo
from boxoffice.usecases.office.open_desk import open_desk, take_place
from boxoffice.usecases.office.open_office import (
    Credentials,
    EmbeddedOffice,
    OfficeAddress,
    ServerOffice,
    open_as,
    open_office,
)
from boxoffice.usecases.office.people import make_first_manager, needs_first_manager, sign_in_names
from boxoffice.usecases.office.unlock import renew_hash
from boxoffice.usecases.payments.account import card_gateway

DEMO_TILL = "Counter 1"


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A desk, what must be given back when it closes, and what to remember for the next start."""

    desk: Desk
    db: Database
    resources: ExitStack
    settings: Settings
    is_demo: bool
    is_training: bool = False

    @property
    def is_made_up(self) -> bool:
        """Whether nobody in it is real: nothing of it is remembered, and nobody is written to."""
        return self.is_demo or self.is_training


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens what is chosen, with this computer's settings."""

    settings: Settings
    folders: Folders

    @property
    def attempts(self) -> Attempts:
        """The wrong passwords at this computer."""
        return Attempts(self.folders.data / "attempts.json")

    @property
    def keystore(self) -> Keystore:
        """Where this computer keeps the office's keys."""
        return Keystore(self.folders.keys)

    def open(self, choice: StartChoice, say: Callable[[str], None]) -> OpenDesk | Wanted:
        """Open the database of the choice and take the till's place in it; `say` tells of long steps.

        Returns what is still wanted (somebody's password, a first manager) when that is not in the choice.

        Raises:
            CannotConnect: one of its kinds.
            TooManyAttempts: after many wrong passwords, for a while.
            UnknownTill: this computer's till is none of the office's.
        """
        if choice.start_with is StartWith.DEMO:
            return self.open_demo(say, choice.signs_in)
        if choice.start_with is StartWith.PRACTISE:
            return self.open_training(say, choice.signs_in)
        if choice.start_with is StartWith.AS_CONFIGURED and choice.signs_in is None and self._is_on_a_server:
            return Wanted(choice, name=self.settings.user)
        address, settings = self._address(choice)
        with ExitStack() as stack, self._counted(_name_in(address, choice)):
            db = stack.enter_context(open_office(address))
            office = db.engine.url.database or ""
            if isinstance(address, EmbeddedOffice):
                who = self._who(choice, db)
                if isinstance(who, Wanted):
                    return who
                make_own_key(db, self.keystore)
                db = stack.enter_context(open_as(db, who))
            at = take_place(db, office, settings.till)
            if choice.signs_in is not None:
                renew_hash(db, at, choice.signs_in.password)
            settings = replace(settings, user=at.sign_in_name)
            seal_with(db, self.keystore)
            gateway = card_gateway(settings.card, settings.card_token, self.keystore)
            desk = open_desk(db, at, self.attempts, self.keystore, gateway)
            return OpenDesk(desk, db, stack.pop_all(), settings, is_demo=False)
        raise AssertionError("the stack swallows nothing")

    @property
    def _is_on_a_server(self) -> bool:
        return self.settings.database_url is None and self.settings.connection.place is Place.SERVER

    @contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        """Let somebody try a password, and count it when it is wrong."""
        self.attempts.require(name)
        try:
            yield
        except SignInFailed:
            self.attempts.failed(name)
            raise
        self.attempts.forgive(name)

    def open_demo(self, say: Callable[[str], None], signs_in: SignsIn | None = None) -> OpenDesk:
        """Open the demo, made when it is missing, as its clerk or as somebody else of its people."""
        say_what = partial(say, tr("Preparing the demo…"))
        return self._open_made_up(DEMO_DATABASE, tr("Demo"), say_what, signs_in)

    def open_training(self, say: Callable[[str], None], signs_in: SignsIn | None = None) -> OpenDesk:
        """Open the box office to practise on: the demo's people and events in a database of its own."""
        say_what = partial(say, tr("Preparing the training…"))
        return self._open_made_up(TRAINING_DATABASE, tr("Training"), say_what, signs_in)

    def _open_made_up(
        self, database: str, office: str, say_what: Callable[[], None], signs_in: SignsIn | None
    ) -> OpenDesk:
        with ExitStack() as stack:
            keeper = stack.enter_context(open_office(EmbeddedOffice(self.folders.server, database)))
            say_what()
            make_own_key(keeper, self.keystore)
            make_demo(keeper, datetime.now(UTC))
            who = _credentials(signs_in) if signs_in else demo_credentials()
            with self._counted(who.name):
                db = stack.enter_context(open_as(keeper, who))
            settings = replace(self.settings, till=DEMO_TILL)
            at = take_place(db, office, settings.till)
            seal_with(db, self.keystore)
            desk = open_desk(db, at, self.attempts, self.keystore)
            is_training = database == TRAINING_DATABASE
            if is_training:
                desk = dataclasses.replace(desk, find_order=_reading_training(desk.find_order))
            return OpenDesk(desk, db, stack.pop_all(), settings, not is_training, is_training)
        raise AssertionError("the stack swallows nothing")

    def _who(self, choice: StartChoice, keeper: Database) -> Credentials | Wanted:
        """Return who signs in to our own server's database."""
        if choice.first_manager is not None and needs_first_manager(keeper):
            person = choice.first_manager
            make_first_manager(keeper, person)
            return Credentials(person.sign_in_name, person.password)
        if choice.signs_in is not None:
            return _credentials(choice.signs_in)
        if needs_first_manager(keeper):
            return Wanted(choice, first_manager=True)
        return Wanted(choice, names=sign_in_names(keeper), name=self.settings.user)

    def _address(self, choice: StartChoice) -> tuple[OfficeAddress, Settings]:
        connection = self.settings.connection
        match choice:
            case StartChoice(StartWith.AS_CONFIGURED):
                who = _credentials(choice.signs_in) if choice.signs_in else None
                return configured_address(self.settings, self.folders, who), self.settings
            case StartChoice(StartWith.THIS_COMPUTER):
                here = replace(connection, place=Place.EMBEDDED)
                settings = replace(self.settings, connection=here)
                return EmbeddedOffice(self.folders.server, connection.embedded_database), settings
            case StartChoice(StartWith.SERVER, server) if server is not None:
                root_cert = Path(server.root_cert).expanduser() if server.root_cert else None
                remembered = ServerSettings(
                    host=server.host,
                    port=server.port,
                    database=server.database,
                    user=server.user,
                    sslmode=server.encryption,
                    root_cert=root_cert,
                )
                there = replace(connection, place=Place.SERVER, server=remembered)
                address = StorageAddress(
                    server.host, server.database, server.user, server.port, server.encryption, root_cert
                )
                settings = replace(self.settings, connection=there)
                return ServerOffice(address.url(server.password)), settings
        raise BadDatabaseUrl(str(choice.start_with))


def _reading_training(find_order: Callable[[str], Sale]) -> Callable[[str], Sale]:
    """Read the QR of practice, too: whoever practises scans what they printed."""
    return lambda typed: find_order(typed.strip().removeprefix(TRAINING_PREFIX))


def _credentials(who: SignsIn) -> Credentials:
    return Credentials(who.name, who.password)


def _name_in(address: OfficeAddress, choice: StartChoice) -> str:
    """Return whose password is tried."""
    if choice.signs_in is not None:
        return choice.signs_in.name
    return make_url(address.url).username or "" if isinstance(address, ServerOffice) else ""
