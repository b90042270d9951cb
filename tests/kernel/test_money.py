from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.kernel.money import Money, exponent, total


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_split_never_gains_or_loses_a_minor_unit(minor: int, weights: list[int]) -> None:
    shares = Money(minor, "EUR").split(weights)
    assert sum(share.minor for share in shares) == minor
    assert all(share.minor >= 0 for share in shares)


@given(st.lists(st.integers(-(10**12), 10**12), max_size=20))
def test_a_total_is_the_sum_and_nothing_adds_up_to_zero(minors: list[int]) -> None:
    amounts = [Money(minor, "GBP") for minor in minors]
    assert total(amounts, currency="GBP") == Money(sum(minors), "GBP")


@pytest.mark.parametrize(
    ("currency", "decimals", "amount"),
    [("EUR", 2, "1234.56"), ("JPY", 0, "123456"), ("KWD", 3, "123.456"), ("UYW", 4, "12.3456")],
)
def test_each_currency_has_its_own_decimals(currency: str, decimals: int, amount: str) -> None:
    assert exponent(currency) == decimals
    assert Money(123_456, currency).decimal == Decimal(amount)


def test_two_currencies_never_add_up() -> None:
    with pytest.raises(AssertionError):
        Money(1, "EUR") + Money(1, "USD")
