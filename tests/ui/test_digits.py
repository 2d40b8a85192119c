from __future__ import annotations

from dataclasses import replace

import pytest

from boxoffice.domain.errors import OverLimit, SoldOut, TierNotSellable, UnderMinimum
from boxoffice.domain.tier import NotSellable, TierOffer
from boxoffice.ui.sell.basket import Basket, allowed
from boxoffice.ui.sell.digits import DigitEntry, Pressed
from tests.ui.demo_data import demo_world
from tests.ui.fake_event import euro

OFFER = demo_world().event(2).offer()
STANDARD, REDUCED, BALCONY, SUPPORTER = OFFER.tiers


def wide(tier: TierOffer) -> TierOffer:
    return replace(tier, available=80, max_purchase=40)


def pressed(digits: str, tiers: tuple[TierOffer, ...] = OFFER.tiers) -> list[Pressed | None]:
    entry = DigitEntry()
    return [entry.press(int(digit), tiers) for digit in digits]


def test_a_digit_chooses_the_tier_and_the_next_one_how_many() -> None:
    assert pressed("12") == [Pressed(STANDARD.id, None), Pressed(STANDARD.id, 2)]


def test_two_tiers_follow_each_other_without_a_key_between_them() -> None:
    assert pressed("1221")[2:] == [Pressed(REDUCED.id, None), Pressed(REDUCED.id, 1)]


def test_a_number_of_two_digits_is_typed_where_so_many_can_be_sold() -> None:
    tiers = (wide(STANDARD), REDUCED)
    assert pressed("112", tiers)[-1] == Pressed(STANDARD.id, 12)


def test_a_digit_that_exceeds_what_can_be_sold_chooses_a_tier_again() -> None:
    tiers = (replace(wide(STANDARD), max_purchase=11), REDUCED)
    assert pressed("112", tiers)[-1] == Pressed(REDUCED.id, None)


def test_a_digit_without_a_tier_means_nothing() -> None:
    assert pressed("9") == [None]
    assert pressed("0") == [None]


def test_a_tier_that_is_not_on_sale_is_chosen_but_not_counted() -> None:
    assert pressed("41") == [Pressed(SUPPORTER.id, None), Pressed(STANDARD.id, None)]


def test_of_a_tier_that_is_gone_it_is_counted_how_many_would_wait() -> None:
    assert pressed("34") == [Pressed(BALCONY.id, None), Pressed(BALCONY.id, 4)]
    assert pressed("314")[-1] == Pressed(BALCONY.id, 14)
    assert pressed("3201")[-2:] == [Pressed(BALCONY.id, 20), Pressed(STANDARD.id, None)]


def test_finishing_lets_the_next_digit_choose_a_tier() -> None:
    entry = DigitEntry()
    entry.press(1, OFFER.tiers)
    entry.finish()
    assert entry.press(2, OFFER.tiers) == Pressed(REDUCED.id, None)


@pytest.mark.parametrize(
    ("tier", "asked", "fitting", "why"),
    [
        (STANDARD, 2, 2, type(None)),
        (STANDARD, 0, 0, type(None)),
        (STANDARD, -3, 0, type(None)),
        (STANDARD, 99, 6, OverLimit),
        (REDUCED, 5, 3, SoldOut),
        (BALCONY, 1, 0, TierNotSellable),
        (SUPPORTER, 1, 0, TierNotSellable),
        (replace(STANDARD, min_purchase=4), 1, 4, UnderMinimum),
        (replace(STANDARD, min_purchase=10, available=6, max_purchase=20), 12, 0, SoldOut),
        (replace(STANDARD, available=0, not_sellable=NotSellable.HELD), 1, 0, TierNotSellable),
    ],
)
def test_a_quantity_is_taken_as_far_as_it_may_be(
    tier: TierOffer, asked: int, fitting: int, why: type[object]
) -> None:
    quantity, refusal = allowed(tier, asked)
    assert quantity == fitting
    assert isinstance(refusal, why)


def test_a_basket_keeps_its_key_while_it_changes_and_a_new_one_has_another() -> None:
    basket = Basket.born()
    changed = basket.with_quantity(OFFER, STANDARD.id, 2).with_quantity(OFFER, REDUCED.id, 1)
    assert changed.key == basket.key
    assert changed.count == 3
    assert [line.unit_price for line in changed.lines()] == [euro("28"), euro("18")]
    assert changed.with_quantity(OFFER, STANDARD.id, 0).with_quantity(OFFER, REDUCED.id, 0).offer is None
    assert Basket.born().key != basket.key
