"""Which database this computer means, from its settings."""

from __future__ import annotations

from boxoffice.settings import Folders, Place, Settings
from boxoffice.storage.connect import ServerAddress
from boxoffice.usecases.office.open_office import Credentials, EmbeddedOffice, OfficeAddress, ServerOffice

DEMO_DATABASE = "boxoffice_demo"
TRAINING_DATABASE = "boxoffice_training"
"""In the program's own server, beside the demo and never the real one."""


def configured_address(settings: Settings, folders: Folders, who: Credentials | None = None) -> OfficeAddress:
    """Return BOXOFFICE_DATABASE_URL if it is set, else what the settings file names, else our own server."""
    if settings.database_url is not None:
        return ServerOffice(settings.database_url.text)
    if settings.connection.place is Place.SERVER:
        server = settings.connection.server
        address = ServerAddress(
            host=server.host,
            port=server.port,
            database=server.database,
            user=who.name if who else server.user,
            sslmode=server.sslmode,
            root_cert=server.root_cert,
        )
        return ServerOffice(address.url(who.password if who else None))
    return EmbeddedOffice(folders.server, settings.connection.embedded_database)
