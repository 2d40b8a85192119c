"""The drawer from its float to its sign-off: whose it is, what goes into it, when nothing more does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from boxoffice.domain import errors
from boxoffice.domain.cash import Count, CountDrawer, MoveCash, Movement, OpenDrawer
from boxoffice.domain.money import Money
from boxoffice.storage import people
from boxoffice.storage.database import Database
from boxoffice.usecases.cash.deeds import drawer_deeds
from boxoffice.usecases.desk import DeskIdentity, DrawerDeeds
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.open_desk import take_place
from tests.office import Office, Person
from tests.takings import ring_up, without_drawer


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def pieces(*counted: tuple[str, int]) -> Count:
    return Count("EUR", tuple((Decimal(piece), number) for piece, number in counted))


def opening(amount: str = "100", *, shared: bool = False) -> OpenDrawer:
    return OpenDrawer(Count("EUR"), euro(amount), shared)


@dataclass
class Counter:
    """A till, with people who stand at it."""

    office: Office
    stack: ExitStack
    manager: DrawerDeeds
    clerk: DrawerDeeds
    other: DrawerDeeds
    manager_db: Database
    ids: dict[str, int]

    def allow(self, refused: errors.NeedsOverride, whom: str) -> None:
        """Give a manager's leave, as the manager's own connection does it."""
        with self.manager_db.write() as session:
            people.grant_override(session, refused, self.ids[whom], "")

    def at_till(self, till: str, person: Person) -> tuple[Database, DeskIdentity]:
        db = Database(person.url)
        self.stack.callback(db.close)
        return db, take_place(db, "Test", till)


@pytest.fixture
def counter(office: Office) -> Iterator[Counter]:
    without_drawer(office)
    with ExitStack() as stack:
        staff = {
            "manager": office.person("manager", first_name="Mara"),
            "clerk": Person(office.at.clerk_id, office.let_in(office.at.clerk_id, "clerk")),
            "other": office.person("clerk", first_name="Otto"),
        }
        deeds: dict[str, DrawerDeeds] = {}
        databases: dict[str, Database] = {}
        for name, person in staff.items():
            databases[name] = db = Database(person.url)
            stack.callback(db.close)
            deeds[name] = drawer_deeds(db, take_place(db, "Test", office.at.till))
        yield Counter(
            office, stack, **deeds, manager_db=databases["manager"],
            ids={name: person.id for name, person in staff.items()},
        )  # fmt: skip


def test_a_drawer_is_opened_once_and_its_float_is_in_it(counter: Counter) -> None:
    wanted = OpenDrawer(pieces(("50", 2), ("0.20", 5)), euro("101"))
    drawer = counter.clerk.open(wanted).value
    assert counter.clerk.open(wanted).value == drawer
    with pytest.raises(errors.DrawerOpen) as refused:
        counter.other.open(opening())
    assert refused.value.opened_by == "Anna Weber"
    state = counter.manager.state().drawer
    assert state is not None
    assert (state.opening_float, state.expected, state.opened_by) == (euro("101"), euro("101"), "Anna Weber")


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000"])
def test_no_float_that_coins_cannot_make(counter: Counter, amount: str) -> None:
    with pytest.raises(errors.BadAmount):
        counter.clerk.open(opening(amount))


def test_cash_in_and_out_and_into_the_safe(counter: Counter) -> None:
    drawer = counter.clerk.open(opening()).value
    change = MoveCash(drawer, Movement.PAID_IN, euro("50"), "change from the bank")
    counter.clerk.move(change)
    counter.clerk.move(change)
    counter.clerk.move(MoveCash(drawer, Movement.SAFE_DROP, euro("30"), "evening"))
    taxi = MoveCash(drawer, Movement.PAID_OUT, euro("12.50"), "taxi")
    with pytest.raises(errors.NeedsOverride) as refused:
        counter.clerk.move(taxi)
    counter.allow(refused.value, "clerk")
    counter.clerk.move(taxi)
    state = counter.manager.state().drawer
    assert state is not None
    assert state.expected == euro("107.50")
    assert [one.amount for one in state.movements] == [euro("50"), euro("-30"), euro("-12.50")]
    actions = counter.office.connection.execute(
        "SELECT action, reason, detail ? 'override' FROM audit_logs"
        " WHERE entity = 'drawer' AND till_id IS NOT NULL ORDER BY id"
    ).fetchall()
    assert actions == [
        ("drawer_opened", "", False),
        ("paid_in", "change from the bank", False),
        ("safe_drop", "evening", False),
        ("paid_out", "taxi", True),
    ]


def test_a_movement_says_why_and_how_much(counter: Counter) -> None:
    drawer = counter.clerk.open(opening()).value
    wanted = MoveCash(drawer, Movement.PAID_IN, euro("5"), "change")
    for wrong, error in (
        (replace(wanted, reason=" - "), errors.ReasonMissing),
        (replace(wanted, amount=euro("0")), errors.BadAmount),
        (replace(wanted, amount=euro("-5")), errors.BadAmount),
        (replace(wanted, amount=euro("5.005")), errors.BadAmount),
        (replace(wanted, drawer_id=drawer + 1), errors.DrawerClosed),
    ):
        with pytest.raises(error):
            counter.clerk.move(wrong)


def test_a_drawer_is_its_openers_unless_it_is_shared_or_a_manager_lets_one_in(counter: Counter) -> None:
    drawer = counter.clerk.open(opening()).value
    wanted = MoveCash(drawer, Movement.PAID_IN, euro("5"), "change")
    with pytest.raises(errors.DrawerNotYours) as not_yours:
        counter.other.move(wanted)
    assert not_yours.value.opened_by == "Anna Weber"
    with pytest.raises(errors.NeedsOverride) as refused:
        counter.other.join(drawer)
    counter.allow(refused.value, "other")
    counter.other.join(drawer)
    counter.other.join(drawer)
    counter.other.move(wanted)
    counter.manager.move(replace(wanted, kind=Movement.PAID_OUT, key=opening().key))
    state = counter.other.state().drawer
    assert state is not None
    assert state.may_use


def test_a_shared_drawer_is_everybodys(counter: Counter) -> None:
    drawer = counter.clerk.open(opening(shared=True)).value
    counter.other.move(MoveCash(drawer, Movement.PAID_IN, euro("5"), "change"))
    counter.other.count(CountDrawer(drawer, pieces(("5", 21))))


def test_a_count_is_blind_and_closes_the_drawer_to_cash(counter: Counter) -> None:
    event = counter.office.event()
    counter.office.tier(event)
    drawer = counter.clerk.open(opening()).value
    ring_up(counter.office.connection, counter.office, event, "20")
    before = counter.clerk.state()
    assert before.is_blind
    assert before.drawer is not None
    assert (before.drawer.expected, before.drawer.sales, before.taken) == (None, None, ())
    assert counter.clerk.x_report()["drawer"]["expected"] is None
    counted = CountDrawer(drawer, pieces(("50", 2), ("10", 1), ("5", 1)))
    counter.clerk.count(counted)
    counter.clerk.count(counted)
    after = counter.clerk.state().drawer
    assert after is not None
    assert (after.expected, after.counted, after.variance) == (euro("120"), euro("115"), euro("-5"))
    assert after.counts == 1
    with pytest.raises(errors.DrawerCounted):
        counter.clerk.move(MoveCash(drawer, Movement.PAID_IN, euro("5"), "found it"))
    counter.clerk.count(CountDrawer(drawer, pieces(("50", 2), ("20", 1))))
    again = counter.clerk.state().drawer
    assert again is not None
    assert (again.variance, again.counts) == (euro("0"), 2)


def test_only_a_manager_signs_off_and_only_what_was_counted(counter: Counter) -> None:
    drawer = counter.clerk.open(opening()).value
    with pytest.raises(errors.DrawerNotCounted):
        counter.manager.sign_off(drawer)
    counter.clerk.count(CountDrawer(drawer, pieces(("50", 2))))
    with pytest.raises(errors.NeedsOverride) as refused:
        counter.clerk.sign_off(drawer)
    assert refused.value.deed == "close drawer"
    counter.allow(refused.value, "clerk")
    closing = counter.clerk.sign_off(drawer).value
    assert counter.clerk.sign_off(drawer).value == closing
    assert counter.manager.sign_off(drawer).value == closing
    state = counter.clerk.state()
    assert state.drawer is None
    [listed] = state.closings
    assert (listed.number, listed.closed_by, listed.variance) == (1, "Mara", euro("0"))
    with pytest.raises(errors.DrawerClosed):
        counter.clerk.count(CountDrawer(drawer, pieces(("50", 2))))
    assert counter.clerk.open(opening()).value != drawer


def test_a_manager_sees_and_signs_off_the_drawers_of_other_tills(counter: Counter) -> None:
    counter.office.insert("tills", name="Counter 9")
    clerk = counter.office.person("clerk", first_name="Nina")
    db, at = counter.at_till("Counter 9", clerk)
    nina = drawer_deeds(db, at)
    drawer = nina.open(opening("80")).value
    with pytest.raises(errors.DrawerClosed):
        counter.clerk.count(CountDrawer(drawer, pieces(("50", 2))))
    nina.count(CountDrawer(drawer, pieces(("50", 1), ("20", 1))))
    [elsewhere] = counter.manager.state().elsewhere
    assert (elsewhere.till, elsewhere.expected, elsewhere.counted) == ("Counter 9", euro("80"), euro("70"))
    assert counter.clerk.state().elsewhere == ()
    counter.manager.sign_off(drawer)
    assert counter.manager.state().elsewhere == ()
    assert nina.state().closings[0].number == 1


def test_what_was_done_leaves_a_sound_database(counter: Counter, db: Database) -> None:
    test_cash_in_and_out_and_into_the_safe(counter)
    drawer = counter.manager.state().drawer
    assert drawer is not None
    counter.clerk.count(CountDrawer(drawer.id, pieces(("50", 2), ("5", 1))))
    counter.manager.sign_off(drawer.id)
    assert [finding for finding in check_database(db) if finding.broken] == []
