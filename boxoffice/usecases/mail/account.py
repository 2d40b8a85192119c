"""The office's account at its mail server: from the settings, its password from the keyring or a variable."""

from __future__ import annotations

from boxoffice.domain.mail import MailServer
from boxoffice.keystore import Keystore
from boxoffice.settings import MailSettings, Secret


def mail_server(settings: MailSettings, password: Secret | None, store: Keystore) -> MailServer:
    """Return where e-mails are handed in; without a password where none is kept here."""
    kept = password.text if password else store.find_password(account(settings)) if settings.user else None
    return MailServer(
        host=settings.host,
        port=settings.effective_port,
        security=settings.security.value,
        user=settings.user,
        password=kept or "",
        sender=settings.sender,
        sender_name=settings.sender_name,
    )


def account(settings: MailSettings) -> str:
    """Return under which name the password is kept."""
    return f"mail {settings.user} at {settings.host}"
