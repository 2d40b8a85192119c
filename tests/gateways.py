"""Starts the simulated card gateway, and asks it what it has really done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

from boxoffice.gateway import HttpGateway
from tests.gateway_simulator import TOKEN

PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Simulator:
    """A gateway that runs as a program of its own."""

    port: int

    def gateway(self, patience_s: float = PATIENCE_S) -> HttpGateway:
        """Return the product's own way to it."""
        return HttpGateway("simulator", f"http://127.0.0.1:{self.port}/v1", TOKEN, patience_s, PATIENCE_S * 5)

    def ledger(self) -> dict[str, Any]:
        """Return what it has done."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", "/v1/ledger")
        told: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return told

    def charged(self) -> list[Decimal]:
        """Return all amounts that were really charged."""
        return [Decimal(one["amount"]) for one in self.ledger()["charged"]]

    def refunded(self) -> list[Decimal]:
        """Return all amounts that were really given back."""
        return [Decimal(one["amount"]) for one in self.ledger()["refunded"]]


@contextmanager
def simulator() -> Iterator[Simulator]:
    """Run one for a while."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.gateway_simulator"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        yield Simulator(int(program.stdout.readline()))
        assert program.stdin is not None
        program.stdin.close()
        program.wait(10)
