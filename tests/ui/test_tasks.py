from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Event, current_thread, main_thread

import pytest
from PySide6.QtCore import QObject

from boxoffice.domain.errors import Busy, EmptyBasket
from boxoffice.ui.tasks import Tasks
from tests.ui.stage import wait

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close()
    made.deleteLater()


@pytest.fixture
def owner() -> QObject:
    return QObject()


def never(error: Exception) -> None:
    raise AssertionError from error


def test_changes_run_one_at_a_time_in_the_order_asked(tasks: Tasks, owner: QObject) -> None:
    running: list[int] = []
    most: list[int] = []
    order: list[int] = []

    def deed(number: int) -> int:
        running.append(number)
        most.append(len(running))
        running.remove(number)
        return number

    for number in range(20):
        tasks.change(owner, partial(deed, number), order.append, never)
    wait(lambda: len(order) == 20)
    assert order == list(range(20))
    assert max(most) == 1


def test_looks_run_beside_each_other_and_beside_a_change(tasks: Tasks, owner: QObject) -> None:
    gate = Event()
    done: list[str] = []
    tasks.change(owner, lambda: gate.wait(10), lambda _: done.append("change"), never)
    tasks.look(owner, "a", lambda: gate.wait(10), lambda _: done.append("slow"), never)
    tasks.look(owner, "b", lambda: "quick", done.append, never)
    wait(lambda: done == ["quick"])
    gate.set()
    wait(lambda: sorted(done) == ["change", "quick", "slow"])


def test_callbacks_run_on_the_gui_thread_and_deeds_do_not(tasks: Tasks, owner: QObject) -> None:
    seen: list[bool] = []
    tasks.look(
        owner,
        "where",
        lambda: current_thread() is main_thread(),
        lambda deed_there: seen.extend([deed_there, current_thread() is main_thread()]),
        never,
    )
    wait(lambda: len(seen) == 2)
    assert seen == [False, True]


def test_a_late_answer_to_a_question_asked_anew_is_dropped(tasks: Tasks, owner: QObject) -> None:
    gate = Event()
    answers: list[str] = []

    def slow() -> str:
        gate.wait(10)
        return "old"

    tasks.look(owner, "offer", slow, answers.append, never)
    tasks.look(owner, "offer", lambda: "new", answers.append, never)
    wait(lambda: answers == ["new"])
    gate.set()
    tasks.look(owner, "other", lambda: "end", answers.append, never)
    wait(lambda: "end" in answers)
    assert tasks.close()
    assert answers == ["new", "end"]


def test_two_owners_may_ask_the_same_question(tasks: Tasks, owner: QObject) -> None:
    other = QObject()
    answers: list[int] = []
    tasks.look(owner, "price", lambda: 1, answers.append, never)
    tasks.look(other, "price", lambda: 2, answers.append, never)
    wait(lambda: sorted(answers) == [1, 2])


def test_a_forgotten_question_is_not_answered(tasks: Tasks, owner: QObject) -> None:
    answers: list[str] = []
    tasks.look(owner, "price", lambda: "forgotten", answers.append, never)
    tasks.forget(owner, "price")
    tasks.look(owner, "end", lambda: "end", answers.append, never)
    wait(lambda: "end" in answers)
    assert tasks.close()
    assert answers == ["end"]


@pytest.mark.parametrize("error", [EmptyBasket(), Busy()])
def test_a_refusal_and_an_outage_reach_the_one_who_asked_and_are_no_fault(
    tasks: Tasks, owner: QObject, error: Exception
) -> None:
    failures: list[Exception] = []
    faults: list[Exception] = []
    tasks.faulted.connect(faults.append)

    def deed() -> None:
        raise error

    tasks.change(owner, deed, lambda _: None, failures.append)
    wait(lambda: failures == [error])
    assert faults == []


def test_a_fault_reaches_the_one_who_asked_and_is_reported(tasks: Tasks, owner: QObject) -> None:
    failures: list[Exception] = []
    faults: list[Exception] = []
    tasks.faulted.connect(faults.append)
    tasks.look(owner, "x", lambda: 1 // 0, lambda _: None, failures.append)
    wait(lambda: len(failures) == 1)
    assert isinstance(failures[0], ZeroDivisionError)
    assert faults == failures


def test_nobody_is_called_back_who_is_gone(tasks: Tasks, owner: QObject) -> None:
    gate = Event()
    called: list[str] = []

    def slow() -> str:
        gate.wait(10)
        return "late"

    mayfly = QObject(owner)
    tasks.change(mayfly, slow, called.append, never)
    mayfly.deleteLater()
    wait(lambda: owner.children() == [])
    gate.set()
    tasks.change(owner, lambda: "end", called.append, never)
    wait(lambda: bool(called))
    assert called == ["end"]


def test_closing_waits_for_the_change_at_work_and_starts_nothing_more(owner: QObject) -> None:
    tasks = Tasks()
    wrote: list[str] = []
    called: list[object] = []
    tasks.change(owner, lambda: wrote.append("sale"), called.append, never)
    assert tasks.close()
    tasks.change(owner, lambda: wrote.append("too late"), called.append, never)
    assert wrote == ["sale"]
    assert called == []
