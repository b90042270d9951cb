from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.locations.rules.hours import (
    EVERY_DAY,
    Calendar,
    Hours,
    Span,
    next_open,
    open_spans,
    ready_at,
)

PARIS = ZoneInfo("Europe/Paris")
WEEK = tuple(range(1, 7))  # closed on Sundays


def hours(*told: str) -> tuple[Hours, ...]:
    """Read `10:00-19:00`."""
    spans = (one.split("-") for one in told)
    return tuple(Hours(opens=time.fromisoformat(a), closes=time.fromisoformat(b)) for a, b in spans)


def calendar(
    *told: str,
    zone: str = "Europe/Paris",
    days: Sequence[int] = WEEK,
    special: dict[date, tuple[Hours, ...]] | None = None,
    minutes: int = 60,
    cut_off: str | None = None,
    prepares_on: Sequence[int] = tuple(EVERY_DAY),
) -> Calendar:
    return Calendar(
        time_zone=zone,
        week=dict.fromkeys(days, hours(*(told or ("10:00-19:00",)))),
        special=special or {},
        preparation=timedelta(minutes=minutes),
        cut_off=time.fromisoformat(cut_off) if cut_off else None,
        prepares_on=frozenset(prepares_on),
    )


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# 2026-11-25 is a Wednesday.


def test_a_day_may_have_several_spans() -> None:
    spans = open_spans(calendar("10:00-13:00", "14:30-19:00"), date(2026, 11, 25))
    assert [(s.start, s.end) for s in spans] == [
        (at("2026-11-25 10:00"), at("2026-11-25 13:00")),
        (at("2026-11-25 14:30"), at("2026-11-25 19:00")),
    ]


def test_a_special_day_goes_before_the_week() -> None:
    one = calendar(special={date(2026, 12, 25): (), date(2026, 12, 20): hours("12:00-18:00")})
    assert open_spans(one, date(2026, 12, 25)) == ()
    (sunday,) = open_spans(one, date(2026, 12, 20))
    assert sunday.start == at("2026-12-20 12:00")


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-25 09:00", "2026-11-25 10:00"),
        ("2026-11-25 10:00", "2026-11-25 10:00"),
        ("2026-11-25 15:20", "2026-11-25 15:20"),
        ("2026-11-25 19:00", "2026-11-26 10:00"),  # what closes at seven is closed at seven
        ("2026-11-28 20:00", "2026-11-30 10:00"),  # over a Sunday
    ],
)
def test_the_next_opening_is_now_or_the_first_to_come(asked: str, opens: str) -> None:
    span = next_open(calendar(), at(asked))
    assert span is not None
    assert span.start == at(opens)


def test_a_night_that_began_yesterday_is_still_open() -> None:
    span = next_open(calendar("18:00-02:00"), at("2026-11-29 01:30"))  # a Sunday, closed itself
    assert span == Span(start=at("2026-11-29 01:30"), end=at("2026-11-29 02:00"))


def test_a_place_open_around_the_clock_closes_at_no_midnight() -> None:
    one = calendar("00:00-00:00", days=tuple(EVERY_DAY), minutes=300)
    assert ready_at(one, at("2026-11-25 22:00")) == at("2026-11-26 03:00")


def test_a_place_that_never_opens_is_never_ready() -> None:
    assert next_open(calendar(days=()), at("2026-11-25 12:00")) is None
    assert ready_at(calendar(days=()), at("2026-11-25 12:00")) is None


@pytest.mark.parametrize(
    ("asked", "minutes", "ready"),
    [
        ("2026-11-25 12:00", 60, "2026-11-25 13:00"),
        ("2026-11-25 08:00", 60, "2026-11-25 11:00"),
        ("2026-11-25 18:00", 60, "2026-11-25 19:00"),
        ("2026-11-25 18:30", 60, "2026-11-26 10:30"),  # half before closing, half the next day
        ("2026-11-28 18:30", 60, "2026-11-30 10:30"),
        ("2026-11-25 12:00", 0, "2026-11-25 12:00"),
        ("2026-11-25 12:00", 9 * 60, "2026-11-26 12:00"),
    ],
)
def test_preparing_takes_opening_hours(asked: str, minutes: int, ready: str) -> None:
    assert ready_at(calendar(minutes=minutes), at(asked)) == at(ready)


@pytest.mark.parametrize(
    ("asked", "ready"),
    [
        ("2026-11-25 16:00", "2026-11-25 17:00"),  # the last moment is still in time
        ("2026-11-25 16:01", "2026-11-26 11:00"),
        ("2026-11-28 16:01", "2026-11-30 11:00"),
    ],
)
def test_what_comes_after_the_cut_off_waits_for_the_next_day(asked: str, ready: str) -> None:
    assert ready_at(calendar(cut_off="16:00"), at(asked)) == at(ready)


def test_a_place_prepares_on_its_days_only() -> None:
    one = calendar(days=tuple(EVERY_DAY), prepares_on=(1, 3))
    assert ready_at(one, at("2026-11-25 18:30")) == at("2026-11-30 10:30")


def test_full_days_push_work_back() -> None:
    assert ready_at(calendar(), at("2026-11-25 12:00"), full_days=1) == at("2026-11-26 11:00")
    assert ready_at(calendar(), at("2026-11-27 12:00"), full_days=2) == at("2026-11-30 11:00")


def test_the_hour_that_the_clock_skips_is_no_hour() -> None:
    one = calendar("01:00-04:00", days=tuple(EVERY_DAY), minutes=120)
    # At two the clock shows three: the night is two hours long.
    assert ready_at(one, at("2026-03-29 00:30")) == at("2026-03-29 04:00")
    (span,) = open_spans(one, date(2026, 3, 29))
    assert span.end - span.start == timedelta(hours=2)
    assert open_spans(calendar("02:00-03:00", days=(7,)), date(2026, 3, 29)) == ()


def test_the_hour_that_the_clock_shows_twice_counts_twice() -> None:
    one = calendar("01:00-04:00", days=tuple(EVERY_DAY))
    (span,) = open_spans(one, date(2026, 10, 25))
    assert span.end - span.start == timedelta(hours=4)


def test_a_leap_day_is_a_day() -> None:
    one = calendar(days=tuple(EVERY_DAY))
    span = next_open(one, at("2028-02-28 19:00"))
    assert span is not None
    assert span.start == at("2028-02-29 10:00")
    assert ready_at(one, at("2028-02-29 18:30")) == at("2028-03-01 10:30")


def test_the_same_moment_is_another_day_elsewhere() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    tokyo = calendar(zone="Asia/Tokyo")  # nine in the evening there
    new_york = calendar(zone="America/New_York")  # seven in the morning there
    assert ready_at(tokyo, noon) == at("2026-11-26 11:00", ZoneInfo("Asia/Tokyo"))
    assert ready_at(new_york, noon) == at("2026-11-25 11:00", ZoneInfo("America/New_York"))


CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
HOURS = st.lists(st.builds(Hours, opens=CLOCKS, closes=CLOCKS), max_size=3).map(tuple)
CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(
        ["Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    week=st.dictionaries(st.integers(1, 7), HOURS),
    special=st.dictionaries(st.dates(date(2027, 10, 1), date(2028, 4, 30)), HOURS, max_size=5),
    preparation=st.integers(0, 3_000).map(lambda minutes: timedelta(minutes=minutes)),
    cut_off=st.none() | CLOCKS,
    prepares_on=st.frozensets(st.integers(1, 7)),
)
# A winter and a spring with their changes of clock, and a leap day.
AUTUMN = datetime(2027, 10, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 7 * 30 * 24 * 60).map(lambda n: AUTUMN + timedelta(minutes=n))


@given(CALENDARS, st.dates(date(2027, 10, 1), date(2028, 4, 30)))
def test_spans_of_a_day_are_apart_and_in_order(one: Calendar, day: date) -> None:
    spans = open_spans(one, day)
    assert all(span.start < span.end for span in spans)
    assert all(before.end < after.start for before, after in pairwise(spans))


@given(CALENDARS, MOMENTS)
def test_the_next_opening_lies_in_the_hours_of_a_day(one: Calendar, moment: datetime) -> None:
    span = next_open(one, moment)
    if span is None:
        return
    assert moment <= span.start < span.end
    day = span.start.astimezone(ZoneInfo(one.time_zone)).date()
    around = (*open_spans(one, day - timedelta(days=1)), *open_spans(one, day))
    assert any(s.start <= span.start and span.end == s.end for s in around)


@given(CALENDARS, MOMENTS, st.integers(0, 3_000))
def test_asking_later_never_gives_an_earlier_answer(
    one: Calendar, moment: datetime, minutes: int
) -> None:
    sooner = ready_at(one, moment)
    later = ready_at(one, moment + timedelta(minutes=minutes))
    if sooner is not None and later is not None:
        assert moment <= sooner <= later


@given(CALENDARS, MOMENTS, st.integers(0, 5))
def test_more_work_ahead_never_makes_it_sooner(one: Calendar, moment: datetime, days: int) -> None:
    free = ready_at(one, moment)
    busy = ready_at(one, moment, full_days=days)
    if free is not None and busy is not None:
        assert free <= busy
