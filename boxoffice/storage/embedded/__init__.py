"""The program's own PostgreSQL: found, made, started, shared by programs and stopped by the last one."""

from boxoffice.storage.embedded.binaries import Binaries, find_binaries
from boxoffice.storage.embedded.server import EmbeddedServer, ServerLease

__all__ = ["Binaries", "EmbeddedServer", "ServerLease", "find_binaries"]
