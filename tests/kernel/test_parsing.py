import contextlib
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.kernel import parsing
from sellier.kernel.money import Money
from sellier.kernel.parsing import Unreadable


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1250.00 EUR", 125000, "EUR"),
        ("9.9 EUR", 990, "EUR"),
        ("12 USD", 1200, "USD"),
        ("0.00 EUR", 0, "EUR"),
        ("1500 JPY", 1500, "JPY"),
        ("1.125 KWD", 1125, "KWD"),
    ],
)
def test_a_price_is_read_in_the_minor_units_of_its_currency(
    text: str, minor: int, currency: str
) -> None:
    assert parsing.price(text) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "NaN EUR",
        "1e30000000 EUR",
        "Infinity EUR",
        "-1.00 EUR",
        "1,250.00 EUR",
        "1.250,00 EUR",
        "12.345 EUR",
        "12.5 JPY",
        "12.00 eur",
        "12.00 ZZZ",
        "12.00",
        "EUR 12.00",
        "12.00  EUR",
        "10000000000.01 EUR",
        "١٢.00 EUR",
        "",
        "12.00 EUR\n",
        ".5 EUR",
    ],
)
def test_a_price_that_could_mean_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parsing.price(text)


@given(st.integers(0, parsing.PRICE_MINOR_MAX), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_a_price_written_with_its_decimals_comes_back_the_same(minor: int, currency: str) -> None:
    digits = parsing.exponent(currency)
    padded = str(minor).rjust(digits + 1, "0")
    text = padded[: len(padded) - digits] + ("." + padded[-digits:] if digits else "")
    assert parsing.price(f"{text} {currency}") == Money(minor, currency)


@pytest.mark.parametrize("text", ["", " 1", "1.0", "1e3", "1,000", "+1", "٣", "-", "9" * 400, "-1"])
def test_only_digits_make_a_whole_number(text: str) -> None:
    with pytest.raises(Unreadable):
        parsing.whole(text, low=0, high=10**9)


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("73513537", True),
        ("036000291452", True),
        ("10036000291459", True),
        ("400638133393", False),
        ("4006381333931 ", False),
        ("", False),
    ],
)
def test_a_gtin_carries_its_own_check(text: str, *, ok: bool) -> None:
    if ok:
        assert parsing.gtin(text) == text
    else:
        with pytest.raises(Unreadable):
            parsing.gtin(text)


@pytest.mark.parametrize(
    "text", ["=1+1", "@sum", "\tA1", " A1", "A1 ", "A\u200b1", "x" * 51, "", "A\x001"]
)
def test_a_code_is_short_visible_and_no_formula(text: str) -> None:
    with pytest.raises(Unreadable):
        parsing.code(text)


@pytest.mark.parametrize("text", ["-12", "+A", "8488", "É-1", "sac à main"])
def test_a_code_may_hold_signs_letters_and_spaces(text: str) -> None:
    assert parsing.code(text) == text


def test_times_dates_and_places_are_exact() -> None:
    assert parsing.clock("09:30").hour == 9
    assert parsing.day("2026-02-28").day == 28
    assert parsing.time_zone("Europe/Paris") == "Europe/Paris"
    assert parsing.country("FR") == "FR"
    assert parsing.coordinate("-0.1276", limit=180) == pytest.approx(-0.1276)
    assert parsing.yes_no("yes")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parsing.clock, "24:00"),
        (parsing.clock, "9:30"),
        (parsing.day, "2026-02-30"),
        (parsing.day, "28/02/2026"),
        (parsing.time_zone, "../../etc/passwd"),
        (parsing.time_zone, "Europe/Nowhere"),
        (parsing.time_zone, "Europe"),
        (parsing.country, "EU"),
        (parsing.country, "ZZ"),
        (parsing.country, "fr"),
        (partial(parsing.coordinate, limit=90), "91"),
        (partial(parsing.coordinate, limit=90), "nan"),
        (parsing.yes_no, "Yes"),
    ],
)
def test_what_is_not_a_time_date_or_place_is_refused(
    read: Callable[[str], object], text: str
) -> None:
    with pytest.raises(Unreadable):
        read(text)


def test_french_spaces_survive_and_runs_of_blanks_do_not() -> None:
    assert parsing.line(" Prêt\u202f!  \n Portez ", longest=30) == "Prêt\u202f! Portez"


READERS = (
    parsing.price,
    parsing.clock,
    parsing.day,
    parsing.time_zone,
    parsing.country,
    parsing.gtin,
    parsing.code,
    parsing.yes_no,
)


@given(st.text(max_size=60), st.sampled_from(READERS))
def test_no_text_makes_a_reader_fail_otherwise(text: str, read: Callable[[str], object]) -> None:
    with contextlib.suppress(Unreadable):
        read(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (1,)),
        ("mon-fri", (1, 2, 3, 4, 5)),
        ("sun mon-tue", (1, 2, 7)),
        ("daily", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_days_of_the_week_are_read(text: str, days: tuple[int, ...]) -> None:
    assert parsing.weekdays(text) == days


@pytest.mark.parametrize("text", ["monday", "fri-mon", "mon,tue", "1-5", "mon-", "-fri", "Mon"])
def test_what_are_no_days_of_the_week_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parsing.weekdays(text)
