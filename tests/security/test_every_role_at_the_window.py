"""What the window asks for at its start works for every role; what is refused is not offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxoffice.domain import errors
from boxoffice.domain.event import EventFilter
from boxoffice.keystore import Keystore
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.open_desk import open_desk
from tests.security.conftest import House


@pytest.mark.parametrize("role", ["clerk", "promoter", "manager", "door"])
def test_the_list_and_the_tiers_are_there_for_every_role(house: House, role: str, tmp_path: Path) -> None:
    db = house.database(role)
    at = house.place(db)
    desk = open_desk(db, at, Attempts(tmp_path / "attempts.json"), Keystore(tmp_path / "keys"))
    shown = {row.id for row in desk.browse_events(EventFilter(), None).rows}
    assert shown == ({house.event} if role == "promoter" else {house.event, house.rival_event})
    assert desk.browse_events(EventFilter(text="event"), None).rows
    assert desk.browse_events(EventFilter(available_only=True, venue="Jazz Cellar"), None).rows
    assert desk.filter_choices().venues == ("Jazz Cellar",)
    assert len(desk.event_offer(house.event).tiers) == 1
    if role == "promoter":
        with pytest.raises(errors.UnknownEvent):
            desk.event_offer(house.rival_event)
    assert at.may_sell == (role in {"clerk", "manager"})
    assert (desk.administration is not None) == (role == "manager")
