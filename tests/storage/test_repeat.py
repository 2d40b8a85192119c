"""A deed that is asked for again: what its tries together say of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from boxoffice.domain.errors import AnswerLost, Busy, DatabaseGone, Unavailable
from boxoffice.storage.database import ATTEMPTS, Database
from boxoffice.storage.faults import TryAgain


def tries(*outcomes: Unavailable | str) -> Callable[[], str]:
    """Return a deed that ends in one of these after the other."""
    left = list(outcomes)

    def deed() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome

    return deed


def repeat(deed: Callable[[], str], *, keyed: bool = True) -> str:
    with closing(Database("postgresql://nobody@127.0.0.1/nowhere")) as db:
        return db.repeat(deed, keyed=keyed)


def test_a_fresh_try_and_a_lost_answer_are_asked_again() -> None:
    assert repeat(tries(TryAgain(), AnswerLost(), TryAgain(), "sold")) == "sold"


def test_without_a_key_a_lost_answer_is_never_asked_again() -> None:
    with pytest.raises(AnswerLost):
        repeat(tries(AnswerLost(), "sold twice"), keyed=False)


@pytest.mark.parametrize("second", [Busy(), DatabaseGone(), AnswerLost()])
def test_what_a_second_try_says_of_itself_is_not_said_of_the_first(second: Unavailable) -> None:
    """The first may have gone through: "nothing was sold" would be a lie."""
    with pytest.raises(AnswerLost):
        repeat(tries(AnswerLost(), second, "never reached"))


def test_losing_every_time_is_busy_unless_an_answer_was_lost_among_them() -> None:
    with pytest.raises(Busy):
        repeat(tries(*[TryAgain() for _ in range(ATTEMPTS)]))
    with pytest.raises(AnswerLost):
        repeat(tries(AnswerLost(), *[TryAgain() for _ in range(ATTEMPTS)]))
