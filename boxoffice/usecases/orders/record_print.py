"""Note how far tickets have come on their way to paper."""

from __future__ import annotations

from boxoffice.domain.notice import Done, Notice, Topic
from boxoffice.storage import records
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity, PrintReport


def record_print(db: Database, at: DeskIdentity, report: PrintReport) -> Done[None]:
    """Add one step for each ticket of the report; the newest step is the ticket's state."""
    step = records.PrintStep(report.state, report.printer, report.detail, at.till_id)

    def once() -> None:
        with db.write() as session:
            records.add_print_steps(session, report.ticket_ids, step)

    db.repeat(once, keyed=False)
    return Done(None, frozenset({Notice(Topic.PRINTS)}))
