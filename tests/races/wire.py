"""A wire between till and server that can be cut at the worst moment: after the work, before the answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

BUFFER_BYTES = 65_536


class Wire:
    """Forwards one port to another; `swallow_answer_to` cuts every line whose answer it would be."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._marker: bytes | None = None
        self._cuts_left = 0
        self.cut = Event()
        self._flowing = Event()
        self._flowing.set()
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def swallow_answer_to(self, marker: bytes, times: int = 1) -> None:
        """Cut the next `times` lines that carry this text, once the server has answered."""
        self._marker, self._cuts_left = marker, times

    def stall(self) -> None:
        """Let nothing through, as a server that is busy with itself, until `resume`."""
        self._flowing.clear()

    def resume(self) -> None:
        """Let everything through again."""
        self._flowing.set()

    def close(self) -> None:
        """Take the wire down."""
        self.resume()
        with suppress(OSError):
            # A closed socket does not wake the thread that waits in accept(); a shut-down one does.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                till, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                doomed = Event()
                for source, target, outward in ((till, server, True), (server, till, False)):
                    Thread(target=self._forward, args=(source, target, doomed, outward), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, doomed: Event, outward: bool) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(BUFFER_BYTES):
                if outward and self._cuts_left and self._marker is not None and self._marker in data:
                    self._cuts_left -= 1
                    doomed.set()
                elif not outward and doomed.is_set():
                    for end in (source, target):
                        end.shutdown(socket.SHUT_RDWR)
                    self.cut.set()
                    return
                self._flowing.wait()
                target.sendall(data)


@contextmanager
def wire_to(server_port: int) -> Iterator[Wire]:
    """Lay a wire to the server's port."""
    wire = Wire(server_port)
    try:
        yield wire
    finally:
        wire.close()
