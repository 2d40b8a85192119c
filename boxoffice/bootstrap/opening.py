"""From a choice at the start to an open desk: no Qt in here, it runs on a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from boxoffice.domain.errors import BadDatabaseUrl
from boxoffice.language import tr
from boxoffice.settings import Folders, Place, ServerSettings, Settings
from boxoffice.storage.connect import ServerAddress as StorageAddress
from boxoffice.ui.start.choice import StartChoice, StartWith
from boxoffice.usecases.desk import Desk
from boxoffice.usecases.office.addresses import DEMO_DATABASE, configured_address
from boxoffice.usecases.office.make_demo import make_demo
from boxoffice.usecases.office.open_desk import open_desk, take_place
from boxoffice.usecases.office.open_office import EmbeddedOffice, OfficeAddress, ServerOffice, open_office


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A desk, what must be given back when it closes, and what to remember for the next start."""

    desk: Desk
    resources: ExitStack
    settings: Settings
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens what is chosen, with this computer's settings."""

    settings: Settings
    folders: Folders

    def open(self, choice: StartChoice, say: Callable[[str], None]) -> OpenDesk:
        """Open the database of the choice and take the till's place in it; `say` tells of long steps.

        Raises:
            CannotConnect: one of its kinds.
        """
        address, settings = self._address(choice)
        with ExitStack() as stack:
            db = stack.enter_context(open_office(address))
            is_demo = choice.start_with is StartWith.DEMO
            if is_demo:
                say(tr("Preparing the demo…"))
                make_demo(db, datetime.now(UTC))
            office = tr("Demo") if is_demo else db.engine.url.database or ""
            at = take_place(db, office, settings.till)
            return OpenDesk(open_desk(db, at), stack.pop_all(), settings, is_demo)
        raise AssertionError("the stack swallows nothing")

    def _address(self, choice: StartChoice) -> tuple[OfficeAddress, Settings]:
        connection = self.settings.connection
        match choice:
            case StartChoice(StartWith.DEMO):
                demo_till = replace(self.settings, till="Counter 1")
                return EmbeddedOffice(self.folders.server, DEMO_DATABASE), demo_till
            case StartChoice(StartWith.AS_CONFIGURED):
                return configured_address(self.settings, self.folders), self.settings
            case StartChoice(StartWith.THIS_COMPUTER):
                here = replace(connection, place=Place.EMBEDDED)
                settings = replace(self.settings, connection=here)
                return EmbeddedOffice(self.folders.server, connection.embedded_database), settings
            case StartChoice(StartWith.SERVER, server) if server is not None:
                remembered = ServerSettings(
                    host=server.host,
                    port=server.port,
                    database=server.database,
                    user=server.user,
                    sslmode=server.encryption,
                )
                there = replace(connection, place=Place.SERVER, server=remembered)
                address = StorageAddress(
                    server.host, server.database, server.user, server.port, server.encryption
                )
                settings = replace(self.settings, connection=there)
                return ServerOffice(address.url(server.password)), settings
        raise BadDatabaseUrl(str(choice.start_with))
