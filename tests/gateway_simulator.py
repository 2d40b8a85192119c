"""A card gateway to test against, as a program of its own: python -m tests.gateway_simulator.

Prints its port, then serves until its input ends. What an amount ends in says how it behaves:
.01 declines, .02 charges and never answers, .03 charges and hangs up, .04 hangs up before it charges,
.05 answers twice, .06 says nonsense with a status of 500; everything else is approved. The second try of a
key is always answered from the ledger, as an idempotent service does. GET ledger shows what it has done.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

TOKEN = "let-me-charge"  # noqa: S105 - of a service that lives as long as a test


class Ledger:
    """What was charged, given back and made void."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.closing = Event()
        self.charges: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.void: set[str] = set()
        self.asked = 0

    def enter(self, book: dict[str, dict[str, Any]], key: str, wish: dict[str, Any]) -> tuple[bool, Any]:
        """Write this wish once; return whether it is new, and the entry."""
        with self.lock:
            self.asked += 1
            if key in book:
                return False, book[key]
            declined = key in self.void or wish["amount"].endswith(".01")
            state = "declined" if declined else "approved"
            entry = {"state": state, "reference": "" if declined else f"R{len(book) + 1}", **wish}
            book[key] = entry
            return True, entry


class Handler(BaseHTTPRequestHandler):
    """One request."""

    ledger: Ledger
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ledger = self.ledger
        if self.path == "/v1/ledger":
            with ledger.lock:
                charged = [one for one in ledger.charges.values() if one["state"] == "approved"]
                back = [one for one in ledger.refunds.values() if one["state"] == "approved"]
                self._answer(200, {"charged": charged, "refunded": back, "asked": ledger.asked})
        elif self._may():
            entry = ledger.charges.get(self.path.removeprefix("/v1/charges/"))
            self._answer(200 if entry else 404, entry or {"detail": "no such charge"})

    def do_POST(self) -> None:
        wish = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if not self._may():
            return
        ledger, key = self.ledger, self.headers.get("Idempotency-Key", "")
        if self.path.endswith("/void"):
            voided = self.path.split("/")[-2]
            with ledger.lock:
                taken = voided in ledger.charges
                ledger.void.add(voided)
            self._answer(409 if taken else 200, {"state": "approved" if taken else "declined"})
            return
        if self.path == "/v1/charges" and wish["amount"].endswith(".04") and ledger.asked == 0:
            ledger.asked += 1
            self._hang_up()
            return
        book = ledger.charges if self.path == "/v1/charges" else ledger.refunds
        is_new, entry = ledger.enter(book, key, wish)
        self._behave(wish["amount"][-3:] if is_new else "", entry)

    def _behave(self, how: str, entry: dict[str, Any]) -> None:
        if how == ".02":
            self.ledger.closing.wait()
            self._hang_up()
        elif how == ".03":
            self._hang_up()
        elif how == ".06":
            self._answer(500, {"detail": "try later"})
        else:
            self._answer(200, entry)
            if how == ".05":
                self._answer(200, entry)

    def _may(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self._answer(401, {"detail": "who are you?"})
        return False

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        document = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)

    def finish(self) -> None:
        """End quietly when we hung up ourselves."""
        if not self.close_connection or not self.wfile.closed:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    def log_message(self, *_: object) -> None:
        """Say nothing: standard output is the test's."""


def main() -> None:
    """Serve until standard input ends."""
    ledger = Ledger()
    Handler.ledger = ledger
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    ledger.closing.set()
    server.shutdown()


if __name__ == "__main__":
    main()
