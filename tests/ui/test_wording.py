from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import boxoffice
from boxoffice import wording
from boxoffice.domain import errors
from boxoffice.domain.money import Money
from boxoffice.domain.person import Role
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import EntryState, OfferAtCounter
from boxoffice.formats import Formats
from boxoffice.language import load_sentences, speak, tr, trn
from tests.ui.fake_waitlist import an_entry, an_offer

SAMPLES: dict[str, object] = {
    "int": 3,
    "str": "Standard",
    "Money": Money(Decimal("28.50"), "EUR"),
    "NotSellable": NotSellable.SOLD_OUT,
    "tuple[str, ...]": ("Counter 1", "Counter 2"),
    "tuple[Role, ...]": (Role.CLERK, Role.MANAGER),
    "EntryState": EntryState.EXPIRED,
    "datetime": datetime(2026, 11, 22, 18, tzinfo=UTC),
    "OfferAtCounter | None": OfferAtCounter(
        an_offer(an_entry(1, "Lena Brandt", 2, "lena@example.org"), datetime(2026, 11, 22, 18, tzinfo=UTC)),
        "Improv Night",
        7,
        "Lena Brandt",
    ),
    "datetime | None": datetime(2026, 11, 22, 18, tzinfo=UTC),
}


def every_error() -> list[type[Exception]]:
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.Refused | errors.Unavailable)
    ]


def sample(kind: type[Exception]) -> Exception:
    fields = getattr(kind, "__dataclass_fields__", {})
    return kind(**{name: SAMPLES[str(field.type)] for name, field in fields.items()})


def sources() -> Iterator[tuple[str, str]]:
    """Every sentence that the screens hand to tr, trn or mark, with the file it stands in."""
    for file in sorted(Path(boxoffice.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                count = {"tr": 1, "mark": 1, "trn": 2}.get(node.func.id, 0)
                for argument in node.args[:count]:
                    if isinstance(argument, ast.Constant):
                        yield str(argument.value), file.name


@pytest.fixture
def german() -> Iterator[None]:
    speak("de")
    yield
    speak("en")


@pytest.mark.parametrize("kind", every_error())
def test_every_error_has_words_of_its_own_in_both_languages(
    kind: type[Exception], request: pytest.FixtureRequest
) -> None:
    assert kind in wording._WORDS
    error = sample(kind)
    english = wording.Wording(Formats("en")).sentence(error, "Europe/Berlin")
    request.getfixturevalue("german")
    in_german = wording.Wording(Formats("de")).sentence(error, "Europe/Berlin")
    assert english.endswith((".", "!"))
    assert in_german != english
    assert "{" not in english + in_german


@pytest.mark.parametrize("reason", list(NotSellable))
def test_every_reason_says_exactly_why(reason: NotSellable) -> None:
    at = datetime(2026, 11, 21, 17, tzinfo=UTC)
    words = wording.not_sellable_reason(reason, at, Formats("en"), "Europe/Berlin")
    assert words
    if reason is NotSellable.NOT_YET:
        assert words == "on sale from Sat 21 Nov, 18:00"
    if reason is NotSellable.ENDED:
        assert words == "on sale until Sat 21 Nov, 18:00"


def test_a_fault_is_called_a_fault() -> None:
    said = wording.Wording(Formats("en")).sentence(ZeroDivisionError())
    assert "program itself" in said


def test_every_sentence_of_the_screens_is_translated_and_nothing_else_is() -> None:
    shown = {source for source, _ in sources()}
    assert set(load_sentences("de")) == shown


def test_a_translation_keeps_the_fields_of_its_source() -> None:
    wrong = {
        source: sentence
        for source, sentence in load_sentences("de").items()
        if set(re.findall(r"{\w+}", source)) != set(re.findall(r"{\w+}", sentence))
    }
    assert wrong == {}


@pytest.mark.usefixtures("german")
def test_sentences_are_shown_in_german() -> None:
    assert tr("Next customer") == "Nächster Kunde"
    assert trn("{n} ticket", "{n} tickets", 2) == "2 Tickets"
    assert tr("not a sentence of ours") == "not a sentence of ours"
