"""This computer's card service: from the settings, its token from the keyring or a variable."""

from __future__ import annotations

from boxoffice.domain.card_payment import BY_HAND, Gateway
from boxoffice.gateway import HttpGateway
from boxoffice.keystore import Keystore
from boxoffice.settings import CardSettings, Secret


def card_gateway(settings: CardSettings, token: Secret | None, store: Keystore) -> Gateway | None:
    """Return the way to the card service; None where the terminal stands on its own."""
    if not settings.url or settings.name == BY_HAND:
        return None
    kept = token.text if token else store.find_password(card_account(settings))
    return HttpGateway(settings.name, settings.url, kept or "", settings.patience_seconds)


def card_account(settings: CardSettings) -> str:
    """Return under which name the token is kept."""
    return f"card {settings.name} at {settings.url}"
