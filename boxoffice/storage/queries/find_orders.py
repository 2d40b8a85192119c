"""The order list: newest first, pages by key, whatever was typed.

Every way of finding is asked first for the numbers it leads to (one statement); then a page is read by one
index. Names take one of two ways. Of a rare name the people are read, then their orders. A name that more
people bear than that is worth for is looked for the other way round: down the named orders, newest first,
until the page is full. Each is fast where the other is slow (docs/decisions/0010-finding-orders.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.money import Money
from boxoffice.domain.order_list import (
    Named,
    OrderChoices,
    OrderFilter,
    OrderKey,
    OrderListing,
    OrderPage,
    OrderState,
    Rank,
    state_of,
)
from boxoffice.domain.sale import OrderStatus
from boxoffice.domain.typed import Typed

PAGE_SIZE = 60
MOST_EXACT = 1_000
MOST_PEOPLE = 4_000
"""From more people of a name on, reading down the orders is the shorter way; measured on a million orders."""
MOST_CORRECTED = 5_000
"""From more corrected orders on, as above."""
AMOUNT_DAYS = 7
"""How far back an amount is looked for that comes without a day."""
MOST_EVENTS = 200

_NUMBERS = """
    SELECT o.id FROM orders o WHERE o.order_number = ANY (ARRAY(
        SELECT year || '-' || :serial
        FROM generate_series(
            (SELECT extract(year FROM min(created_at))::integer - 1 FROM orders),
            extract(year FROM now())::integer + 1) AS year))
"""
# An array, so that the planner knows them to be few.
_OF_PEOPLE = """
    SELECT o.id FROM orders o
    WHERE o.user_id = ANY (ARRAY(SELECT u.id FROM users u WHERE {which} LIMIT 100))
"""
_EXACT = {
    "number": "SELECT o.id FROM orders o WHERE o.order_number = :number",
    "serial": _NUMBERS,
    "code": "SELECT k.order_id FROM tickets k WHERE k.ticket_code = :code",
    "email": _OF_PEOPLE.format(which="lower(u.email) = :email"),
    "phones": _OF_PEOPLE.format(which="split_part(u.phone, ':', 3) = ANY (:phones) AND u.phone IS NOT NULL"),
    "references": """
        SELECT p.order_id FROM payment_transactions p
        WHERE p.reference <> '' AND split_part(p.reference, ':', 3) = ANY (:references)
    """,
}
_BY_NAME = "u.search_vector @@ (SELECT event_search(:name))"
# The function that the operator stands for: no index knows it, so that each person is asked on the way down.
_HAS_NAME = "ts_match_vq(u.search_vector, (SELECT event_search(:name)))"
_BY_EMAIL = "lower(u.email) LIKE :email_start"
_NEARLY = "u.search_vector @@ (SELECT names_like(:nearly))"
_IS_NEARLY = "ts_match_vq(u.search_vector, (SELECT names_like(:nearly)))"
_CORRECTED = text(
    "SELECT ARRAY(SELECT DISTINCT order_id FROM (SELECT order_id FROM corrections LIMIT :most) c)"
)

_LISTED = """
    SELECT f.id, f.created_at, o.order_number, o.status, o.currency, o.total_amount, o.due_at,
           u.first_name, u.last_name, u.email, u.phone, e.title, e.start_time, e.time_zone,
           (SELECT count(*) FROM tickets k WHERE k.order_id = f.id AND k.status <> 'superseded') AS tickets,
           EXISTS (SELECT 1 FROM corrections c WHERE c.order_id = f.id) AS corrected,
           EXISTS (SELECT 1 FROM event_cancellation_orders i
                   WHERE i.order_id = f.id AND i.state = 'to_collect') AS waits
    FROM ({found}) f
    JOIN orders o ON o.id = f.id
    JOIN events e ON e.id = o.event_id
    LEFT JOIN users u ON u.id = o.user_id
    ORDER BY f.created_at DESC, f.id DESC
"""
_CHOICES = {
    "tills": text("SELECT id, name FROM tills ORDER BY name"),
    "clerks": text("""
        SELECT id, trim(first_name || ' ' || last_name) AS name FROM users
        WHERE role IN ('clerk', 'manager') AND role <> 'customer' ORDER BY 2, 1
    """),
    "events": text("""
        SELECT id, title AS name, start_time, time_zone FROM events
        WHERE status <> 'draft' AND start_time > now() - interval '7 days'
        ORDER BY start_time, id LIMIT :most
    """),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed, and what sealing makes of it."""

    typed: Typed
    phones: Sequence[str] = ()
    references: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """Numbers that the ways of finding lead to: orders, and people."""

    exact: Sequence[int]
    people: Sequence[int]


@dataclass
class _Question:
    """Conditions on an order `o`, and what they are asked with."""

    source: str = "orders o"
    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters |= parameters

    def only(self, condition: str, **parameters: Any) -> None:
        """Begin with few orders. OFFSET 0: else an index of a filter would be walked down for them."""
        # Without a filter the index alone answers.
        columns = "*" if self.conditions else "id, created_at"
        self.source = f"(SELECT {columns} FROM orders WHERE {condition} OFFSET 0) o"
        self.parameters |= parameters

    def fresh(self) -> _Question:
        return replace(self, conditions=list(self.conditions), parameters=dict(self.parameters))


def find_orders(session: Session, wanted: OrderFilter, sought: Sought, after: OrderKey | None) -> OrderPage:
    """Return the page behind `after` of the orders that fit; contacts are sealed as they are stored."""
    narrowed = _narrowed(session, wanted)
    rows: list[OrderListing] = []
    for rank, question in _questions(session, narrowed, wanted, sought, after):
        behind = after if after is not None and after.rank is rank else None
        rows += _page(session, question, rank, behind, PAGE_SIZE + 1 - len(rows))
        if len(rows) > PAGE_SIZE:
            return OrderPage(tuple(rows[:PAGE_SIZE]), rows[PAGE_SIZE - 1].key)
    return OrderPage(tuple(rows), None)


def _questions(
    session: Session, narrowed: _Question, wanted: OrderFilter, sought: Sought, after: OrderKey | None
) -> Iterator[tuple[Rank, _Question]]:
    """Yield what to ask, best rank first, from the rank of `after` on."""
    typed = sought.typed
    if typed.amount is not None:
        yield Rank.EXACT, _of_amount(narrowed, wanted, typed)
        return
    if not (typed.words or typed.code):
        yield Rank.NAMED, narrowed
        return
    first = after.rank if after is not None else Rank.EXACT
    found = _find(session, sought)
    if found.exact and first == Rank.EXACT:
        exact = narrowed.fresh()
        exact.only("id = ANY (:exact)", exact=list(found.exact))
        yield Rank.EXACT, exact
    if found.people and first <= Rank.NAMED:
        named = _of_people(narrowed, found.people, *_name_conditions(typed, _HAS_NAME))
        _leave_out(named, found.exact)
        yield Rank.NAMED, named
    if typed.names:
        named_already, asked = _name_conditions(typed, _BY_NAME)
        others = f"{_NEARLY} AND ({' OR '.join(named_already)}) IS NOT TRUE"
        asked["nearly"] = typed.names
        alike = session.scalar(text(f"SELECT {_people(others)}"), asked)
        if alike:
            passing = f"{_IS_NEARLY} AND ({' OR '.join(_name_conditions(typed, _HAS_NAME)[0])}) IS NOT TRUE"
            question = _of_people(narrowed, alike, [passing], asked)
            _leave_out(question, found.exact)
            yield Rank.ALIKE, question


def _of_amount(narrowed: _Question, wanted: OrderFilter, typed: Typed) -> _Question:
    question = narrowed.fresh()
    question.add("o.total_amount = :amount", amount=typed.amount)
    if typed.day is not None:
        _between(question, typed.day, typed.day)
    elif wanted.from_date is None and wanted.to_date is None:
        _between(question, wanted.today - timedelta(days=AMOUNT_DAYS), wanted.today)
    return question


def _of_people(
    narrowed: _Question, people: Sequence[int], conditions: Sequence[str], parameters: dict[str, Any]
) -> _Question:
    """Ask for the orders of these people; of too many, for orders of whoever the conditions fit."""
    question = narrowed.fresh()
    if len(people) <= MOST_PEOPLE:
        question.only("user_id = ANY (:people)", people=list(people))
    else:
        question.source = "orders o JOIN users u ON u.id = o.user_id"
        question.add(f"o.user_id IS NOT NULL AND ({' OR '.join(conditions)})", **parameters)
    return question


def _people(condition: str) -> str:
    """Return SQL for the numbers of people of whom this is true, one more than is worth reading at most."""
    return f"ARRAY(SELECT u.id FROM users u WHERE {condition} LIMIT {MOST_PEOPLE + 1})"


def _leave_out(question: _Question, exact: Sequence[int]) -> None:
    if exact:
        question.add("o.id <> ALL (:exact)", exact=list(exact))


def _name_conditions(typed: Typed, has_name: str) -> tuple[list[str], dict[str, Any]]:
    """Return conditions on a person `u`, any of which is enough."""
    conditions, parameters = [], {}
    if typed.names:
        conditions.append(has_name)
        parameters["name"] = typed.names
    start = typed.email or (typed.words.lower() if " " not in typed.words else "")
    if start:
        conditions.append(_BY_EMAIL)
        parameters["email_start"] = f"{_letters(start)}%"
    return conditions, parameters


def _letters(typed: str) -> str:
    """Return the text for LIKE: its own % and _ are letters like any other."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _find(session: Session, sought: Sought) -> _Found:
    """Ask every way that fits what was typed, in one statement."""
    typed = sought.typed
    given: dict[str, Any] = {
        "number": typed.number,
        "serial": typed.serial,
        "code": typed.code,
        "email": typed.email,
        "phones": list(sought.phones),
        "references": list(sought.references),
    }
    parameters = {name: value for name, value in given.items() if value}
    ways = " UNION ".join(f"({_EXACT[name]})" for name in parameters)
    exact = f"ARRAY(SELECT id FROM ({ways}) way (id) LIMIT {MOST_EXACT})" if ways else "'{}'::bigint[]"
    conditions, asked = _name_conditions(typed, _BY_NAME) if typed.words else ([], {})
    people = "'{}'::bigint[]"
    if conditions:
        each = " UNION ".join(
            f"(SELECT u.id FROM users u WHERE {condition} LIMIT {MOST_PEOPLE + 1})"
            for condition in conditions
        )
        people = f"ARRAY(SELECT id FROM ({each}) named LIMIT {MOST_PEOPLE + 1})"
    row = session.execute(text(f"SELECT {exact} AS exact, {people} AS people"), parameters | asked).one()
    return _Found(row.exact, row.people)


def _narrowed(session: Session, wanted: OrderFilter) -> _Question:
    question = _Question()
    _between(question, wanted.from_date, wanted.to_date)
    if wanted.event_id is not None:
        question.add("o.event_id = :event_id", event_id=wanted.event_id)
    if wanted.till_id is not None:
        question.add("o.till_id = :till_id", till_id=wanted.till_id)
    if wanted.clerk_id is not None:
        question.add("o.clerk_id = :clerk_id", clerk_id=wanted.clerk_id)
    if wanted.tender is not None:
        question.add(
            "EXISTS (SELECT 1 FROM payment_transactions p"
            " WHERE p.order_id = o.id AND p.kind = 'payment' AND p.tender = :tender)",
            tender=wanted.tender,
        )
    if wanted.waits_at_counter:
        # An array, so that the planner knows them to be few.
        question.add(
            "o.id = ANY (ARRAY(SELECT i.order_id FROM event_cancellation_orders i"
            " WHERE i.state = 'to_collect'))"
        )
    if wanted.state is OrderState.PARTLY_REFUNDED:
        # OFFSET 0: asked of each order on the way down.
        question.add(
            "o.status = 'paid' AND EXISTS (SELECT 1 FROM corrections c WHERE c.order_id = o.id OFFSET 0)"
        )
        corrected = session.scalar(_CORRECTED, {"most": MOST_CORRECTED + 1})
        if len(corrected) <= MOST_CORRECTED:
            question.only("id = ANY (:corrected)", corrected=corrected)
    elif wanted.state is OrderState.PAID:
        question.add(
            "o.status = 'paid' AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.order_id = o.id OFFSET 0)"
        )
    elif wanted.state is not None:
        # Written out, so that the index of what is not paid is known to fit.
        question.add(f"o.status = '{OrderStatus(wanted.state.value)}'")
    return question


def _between(question: _Question, first: date | None, last: date | None) -> None:
    """Both days included, as this computer's clock has them."""
    if first is not None:
        question.add("o.created_at >= :from_at", from_at=_midnight(first))
    if last is not None:
        question.add("o.created_at < :to_at", to_at=_midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone(UTC)


def _page(
    session: Session, question: _Question, rank: Rank, after: OrderKey | None, size: int
) -> Iterator[OrderListing]:
    asked = question.fresh()
    asked.parameters["size"] = size
    if after is not None:
        asked.add("(o.created_at, o.id) < (:after_at, :after_id)", after_at=after.at, after_id=after.id)
    where = f"WHERE {' AND '.join(asked.conditions)}" if asked.conditions else ""
    found = (
        f"SELECT o.id, o.created_at FROM {asked.source} {where}"
        " ORDER BY o.created_at DESC, o.id DESC LIMIT :size"
    )
    rows = session.execute(text(_LISTED.format(found=found)), asked.parameters)
    return (_listing(row, rank) for row in rows)


def _listing(row: Row[*tuple[Any, ...]], rank: Rank) -> OrderListing:
    return OrderListing(
        id=row.id,
        number=row.order_number,
        at=row.created_at.astimezone(UTC),
        customer=f"{row.first_name or ''} {row.last_name or ''}".strip(),
        contact=row.email or row.phone or "",
        event_title=row.title,
        starts_at=row.start_time.astimezone(UTC),
        time_zone=row.time_zone,
        tickets=row.tickets,
        total=Money(row.total_amount, row.currency),
        state=state_of(OrderStatus(row.status), corrected=row.corrected),
        due_at=row.due_at and row.due_at.astimezone(UTC),
        rank=rank,
        waits_at_counter=row.waits,
    )


def order_choices(session: Session) -> OrderChoices:
    """Return what the list can be narrowed to: tills, who sells, and events from last week on."""
    found: Mapping[str, tuple[Named, ...]] = {
        name: tuple(_named(row) for row in session.execute(statement, _bounds(name)))
        for name, statement in _CHOICES.items()
    }
    return OrderChoices(found["events"], found["tills"], found["clerks"])


def _bounds(name: str) -> dict[str, int]:
    return {"most": MOST_EVENTS} if name == "events" else {}


def _named(row: Row[*tuple[Any, ...]]) -> Named:
    starts: datetime | None = getattr(row, "start_time", None)
    return Named(row.id, row.name, starts and starts.astimezone(UTC), getattr(row, "time_zone", "UTC"))
