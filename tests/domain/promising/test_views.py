"""When what is short is expected."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.promising.rules.promise import Standing
from sellier.domain.promising.rules.views import Coming, expected_at
from sellier.kernel.ids import LocationId, Sku, new_id

BAG = Sku("BAG-U")
PLACE = LocationId(new_id())
START = datetime(2026, 11, 25, tzinfo=UTC)


def here(units: int, *, ships: bool = True) -> dict[LocationId, Standing]:
    standing = Standing(
        location_id=PLACE, units={BAG: units}, ships=ships, collects=True, holds=True, in_hand=0
    )
    return {PLACE: standing}


def coming(quantity: int, days: int | None) -> Coming:
    at = None if days is None else START + timedelta(days=days)
    return Coming(sku=BAG, quantity=quantity, expected_at=at)


def test_all_of_it_is_there_with_the_last_that_is_needed() -> None:
    on_the_way = [coming(5, 9), coming(1, 3), coming(1, 6)]
    assert expected_at({BAG: 3}, here(1), on_the_way) == START + timedelta(days=6)


def test_what_nobody_dates_or_what_is_too_little_is_not_expected() -> None:
    assert expected_at({BAG: 3}, here(1), [coming(9, None)]) is None
    assert expected_at({BAG: 3}, here(1), [coming(1, 1)]) is None
    assert expected_at({BAG: 3}, {}, []) is None


def test_what_a_place_does_not_send_is_not_counted() -> None:
    assert expected_at({BAG: 1}, here(4, ships=False), [coming(1, 2)]) is not None


@given(
    st.integers(1, 20),
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 30)), max_size=8),
)
def test_by_then_there_is_enough_and_not_before(
    wanted: int, units: int, told: list[tuple[int, int]]
) -> None:
    on_the_way = [coming(quantity, days) for quantity, days in told]
    found = expected_at({BAG: wanted}, here(units), on_the_way)
    if found is None:
        assert units >= wanted or units + sum(quantity for quantity, _ in told) < wanted
        return
    days = (found - START).days
    assert units + sum(quantity for quantity, day in told if day <= days) >= wanted
    assert units + sum(quantity for quantity, day in told if day < days) < wanted
