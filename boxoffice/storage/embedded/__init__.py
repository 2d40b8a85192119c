"""The program's own PostgreSQL: found, made, started, shared by programs and stopped by the last one."""

from boxoffice.storage.embedded.binaries import Binaries, find_binaries

__all__ = ["Binaries", "find_binaries"]
