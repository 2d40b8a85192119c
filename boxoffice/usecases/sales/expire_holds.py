"""End holds that are over: any program does, for all tills."""

from __future__ import annotations

from collections.abc import Callable

from boxoffice.domain.errors import SoldOut
from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import holds
from boxoffice.storage.database import Database


def expire_holds(db: Database) -> Done[int]:
    """End holds and unpaid orders that are over, of any till; return how many tickets came free."""

    def once() -> int:
        with db.write() as session:
            return holds.expire(session)

    freed = db.repeat(once, keyed=True)
    return Done(freed, frozenset({Notice(Topic.AVAILABILITY)} if freed else ()))


def with_what_is_over[T](db: Database, take: Callable[[], T]) -> T:
    """Take tickets; where holds that are over stand in the way, end them and take again.

    Raises:
        SoldOut: nothing was in the way that could be ended.
    """
    try:
        return take()
    except SoldOut as refused:
        if not refused.held or not expire_holds(db).value:
            raise
    return take()
