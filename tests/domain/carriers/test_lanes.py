from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.carriers.rules.lanes import Arrival, LaneTerms, arrival
from tests.domain.carriers.make import lane


def arrives(
    ready: str,
    one: LaneTerms | None = None,
    *,
    closed_from: tuple[date, ...] = (),
    closed_to: tuple[date, ...] = (),
) -> tuple[str, str, str] | None:
    """Ask for a parcel ready in Paris at a moment, said in UTC."""
    found = arrival(
        one or lane(),
        ready=datetime.fromisoformat(ready).replace(tzinfo=UTC),
        time_zone="Europe/Paris",
        closed_from=closed_from,
        closed_to=closed_to,
    )
    if found is None:
        return None
    return str(found.picked_up), str(found.earliest), str(found.latest)


# 2026-11-25 is a Wednesday.


def test_a_parcel_ready_before_the_cut_off_leaves_that_day() -> None:
    assert arrives("2026-11-25 15:00") == ("2026-11-25", "2026-11-26", "2026-11-27")


def test_the_cut_off_is_in_local_time() -> None:
    # The cut-off is 17:00 in Paris, 16:00 in UTC.
    assert arrives("2026-11-25 16:00") == ("2026-11-25", "2026-11-26", "2026-11-27")
    assert arrives("2026-11-25 16:01") == ("2026-11-26", "2026-11-27", "2026-11-28")


def test_nothing_is_picked_up_or_delivered_on_the_days_that_are_not_said() -> None:
    # Picked up from Monday to Friday, delivered from Monday to Saturday.
    assert arrives("2026-11-27 17:00") == ("2026-11-30", "2026-12-01", "2026-12-02")
    assert arrives("2026-11-27 15:00") == ("2026-11-27", "2026-11-28", "2026-11-30")


def test_holidays_of_both_countries_count() -> None:
    friday = date(2026, 11, 27)
    assert arrives("2026-11-26 15:00", closed_to=(friday,)) == (
        "2026-11-26",
        "2026-11-28",
        "2026-11-30",
    )
    assert arrives("2026-11-27 10:00", closed_from=(friday,)) == (
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
    )


def test_a_courier_delivers_the_same_day() -> None:
    courier = replace(lane(), days_min=0, days_max=0)
    assert arrives("2026-11-25 10:00", courier) == ("2026-11-25", "2026-11-25", "2026-11-25")
    # Picked up on Friday evening and delivered on Monday, as it delivers on no weekend.
    weekdays = replace(courier, pickup_days=(6,), delivery_days=(1, 2, 3, 4, 5))
    assert arrives("2026-11-25 10:00", weekdays) == ("2026-11-28", "2026-11-30", "2026-11-30")


@pytest.mark.parametrize("never", ["pickup_days", "delivery_days"])
def test_a_carrier_that_never_comes_promises_nothing(never: str) -> None:
    assert arrives("2026-11-25 10:00", replace(lane(), **{never: ()})) is None  # type: ignore[arg-type]


DAYS = st.frozensets(st.integers(1, 7), min_size=1)
LANES = st.builds(
    LaneTerms,
    carrier=st.just("velora"),
    service=st.just("standard"),
    from_country=st.just("FR"),
    to_country=st.just("GB"),
    days_min=st.integers(0, 3),
    days_max=st.integers(3, 9),
    cut_off=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    pickup_days=DAYS,
    delivery_days=DAYS,
    prices=st.just({}),
    cost=st.none(),
)
HOLIDAYS = st.frozensets(st.dates(date(2028, 2, 1), date(2028, 4, 30)), max_size=9)
START = datetime(2028, 2, 1, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 60)


@given(LANES, HOLIDAYS, HOLIDAYS, MINUTES)
def test_days_promised_are_days_that_carriers_work(
    one: LaneTerms, closed_from: frozenset[date], closed_to: frozenset[date], minutes: int
) -> None:
    found = at(one, minutes, closed_from, closed_to)
    assert found.picked_up <= found.earliest <= found.latest
    assert found.picked_up.isoweekday() in one.pickup_days
    assert found.picked_up not in closed_from
    for day in (found.earliest, found.latest):
        assert day.isoweekday() in one.delivery_days
        assert day not in closed_to
    assert found.latest - found.picked_up >= timedelta(days=one.days_max)


@given(LANES, HOLIDAYS, MINUTES, st.integers(0, 10_000))
def test_what_is_ready_later_never_arrives_earlier(
    one: LaneTerms, closed: frozenset[date], minutes: int, more: int
) -> None:
    sooner, later = at(one, minutes, closed, closed), at(one, minutes + more, closed, closed)
    assert sooner.earliest <= later.earliest
    assert sooner.latest <= later.latest


def at(
    one: LaneTerms, minutes: int, closed_from: frozenset[date], closed_to: frozenset[date]
) -> Arrival:
    found = arrival(
        one,
        ready=START + timedelta(minutes=minutes),
        time_zone="America/New_York",
        closed_from=closed_from,
        closed_to=closed_to,
    )
    assert found is not None
    return found
