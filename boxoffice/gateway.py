"""A card gateway over HTTP: charges, looks up and refunds, with every answer read as what it proves.

It speaks JSON below one address, each request with `Authorization: Bearer TOKEN`:

    POST charges              {"amount": "57.00", "currency": "EUR"}, header Idempotency-Key
    GET  charges/KEY          what became of it; 404 when the key was never heard of
    POST charges/KEY/void     from now on this key charges nothing; 409 when it has charged
    POST refunds              {"charge": REFERENCE, "amount": ..., "currency": ...}, header Idempotency-Key

and answers {"state": "approved" | "declined", "reference": "...", "detail": "..."}. Whatever else comes, or
nothing at all, means that nobody knows.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from boxoffice.domain.card_payment import CardAnswer, CardState
from boxoffice.domain.money import Money, minor_digits

_LOG = logging.getLogger(__name__)
_OK, _BAD_REQUEST, _NOT_FOUND, _CONFLICT, _SERVER = 200, 400, 404, 409, 500
_PERHAPS_DONE = frozenset({408, _CONFLICT, 425, 429})
"""Refusals after which the charge may be under way all the same."""
_LARGEST_BYTES = 100_000
_STATES = {"approved": CardState.APPROVED, "declined": CardState.DECLINED}
NOT_HEARD_OF = "never heard of"


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """domain.card_payment.Gateway by HTTP. One connection for each question; any thread may ask."""

    name: str
    url: str
    """E.g. https://pay.example.org/v1; plain http only makes sense on this computer."""
    token: str = field(repr=False, default="")
    patience_s: float = 90
    """How long a customer may take at the terminal."""
    look_up_s: float = 10
    """How long a question without a customer may take."""

    def charge(self, key: UUID, amount: Money) -> CardAnswer:
        """Charge this amount: APPROVED, DECLINED or UNKNOWN. Asked again with its key it charges once."""
        return self._said(*self._ask("POST", "charges", self.patience_s, _sum(amount), key))

    def look_up(self, key: UUID) -> CardAnswer:
        """Say what became of a charge: APPROVED, DECLINED or UNKNOWN.

        A key that was never heard of is made void first: a charge that is still on its way would else
        arrive after everybody believes that there is none.
        """
        status, body = self._ask("GET", f"charges/{key}", self.look_up_s)
        if status != _NOT_FOUND:
            return self._said(status, body)
        status, body = self._ask("POST", f"charges/{key}/void", self.look_up_s, {})
        if status == _OK:
            return CardAnswer(CardState.DECLINED, detail=NOT_HEARD_OF)
        return CardAnswer(CardState.UNKNOWN, detail=_detail(status, body))

    def refund(self, key: UUID, reference: str, amount: Money) -> CardAnswer:
        """Give this amount of an earlier charge back, once per key: APPROVED, DECLINED or UNKNOWN."""
        wish = {"charge": reference} | _sum(amount)
        return self._said(*self._ask("POST", "refunds", self.patience_s, wish, key))

    def _said(self, status: int, body: dict[str, Any]) -> CardAnswer:
        state = _STATES.get(str(body.get("state")))
        if _OK <= status < _BAD_REQUEST and state is not None:
            return CardAnswer(
                state, str(body.get("reference") or "")[:100], str(body.get("detail") or "")[:500]
            )
        refused = _BAD_REQUEST <= status < _SERVER and status not in _PERHAPS_DONE
        return CardAnswer(CardState.DECLINED if refused else CardState.UNKNOWN, detail=_detail(status, body))

    def _ask(
        self,
        method: str,
        path: str,
        seconds: float,
        wish: dict[str, str] | None = None,
        key: UUID | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Return the status (0: no answer) and what came with it."""
        where = urlsplit(self.url)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        document = None
        if wish is not None:
            document = json.dumps(wish).encode()
            headers["Content-Type"] = "application/json"
        try:
            connection = kind(where.hostname or "", where.port, timeout=seconds)
            try:
                connection.request(method, f"{where.path.rstrip('/')}/{path}", document, headers)
                answer = connection.getresponse()
                body = json.loads(answer.read(_LARGEST_BYTES) or b"{}")
            finally:
                connection.close()
        except (OSError, HTTPException, ValueError) as failure:
            _LOG.warning("the gateway %s gave no answer: %s", self.name, type(failure).__name__)
            return 0, {"detail": type(failure).__name__}
        return answer.status, body if isinstance(body, dict) else {}


def _sum(amount: Money) -> dict[str, str]:
    digits = minor_digits(amount.currency)
    return {"amount": f"{amount.amount:.{digits}f}", "currency": amount.currency}


def _detail(status: int, body: dict[str, Any]) -> str:
    said = str(body.get("detail") or "")
    return f"{status or 'no answer'} {said}".strip()[:500]
