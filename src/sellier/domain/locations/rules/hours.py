"""When a place is open and when it has prepared something: its own time, said in UTC.

Hours are kept as people say them, local and by day; what is asked and answered are instants. A day
is worked out from its own date, so that a day of 23 or 25 hours, a leap day and midnight are days
like any other. An hour that the clock skips begins when the clock has jumped; one that it shows
twice is the first of the two.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# A place that does not open within a year is closed for good.
DAYS_AHEAD: Final = 370
EVERY_DAY: Final = frozenset(range(1, 8))

_DAY: Final = timedelta(days=1)
_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From one local time to another; to the next day when it does not end after it begins."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one instant until another, which is not part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """When one place is open and prepares. Known by identity, as what follows from it is kept."""

    time_zone: str
    week: Mapping[int, Sequence[Hours]]  # 1 is Monday
    special: Mapping[date, Sequence[Hours]] = field(default_factory=dict)  # none: closed that day
    preparation: timedelta = _NONE  # counted in opening hours
    cut_off: time | None = None  # what comes later waits for the next day that prepares
    prepares_on: Collection[int] = EVERY_DAY


@lru_cache(maxsize=100_000)
def open_spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """Return the spans that begin on a local day, in order and apart from each other."""
    hours = calendar.special.get(day)
    if hours is None:
        hours = calendar.week.get(day.isoweekday(), ())
    spans: list[Span] = []
    for one in sorted(hours, key=lambda one: one.opens):
        ends_on = day if one.closes > one.opens else day + _DAY
        start = _instant(calendar, day, one.opens)
        end = _instant(calendar, ends_on, one.closes)
        if spans and start <= spans[-1].end:
            start, end = spans[-1].start, max(end, spans.pop().end)
        if start < end:  # an hour that the clock skips is no hour
            spans.append(Span(start=start, end=end))
    return tuple(spans)


def local_day(calendar: Calendar, moment: datetime) -> date:
    """Return the day that a place writes at a moment."""
    return moment.astimezone(ZoneInfo(calendar.time_zone)).date()


def next_open(calendar: Calendar, moment: datetime) -> Span | None:
    """Return what is left of the span open at a moment, else the next one to come."""
    return next(coming_spans(calendar, moment), None)


def coming_spans(calendar: Calendar, moment: datetime) -> Iterator[Span]:
    """Give what is left of the span open at a moment, then those of the year to come, in order."""
    # The night before may still be open.
    day = local_day(calendar, moment) - _DAY
    for _ in range(DAYS_AHEAD):
        for span in open_spans(calendar, day):
            if span.end > moment:
                yield Span(start=max(span.start, moment), end=span.end)
                moment = span.end
        day += _DAY


def ready_at(calendar: Calendar, moment: datetime, *, full_days: int = 0) -> datetime | None:
    """Return when a place has prepared what it is asked for at a moment; None for never.

    Preparing takes opening hours of days that prepare, and begins on the first of them whose
    cut-off is not past, after `full_days` that are taken up by other work.
    """
    left = calendar.preparation
    for span in _spans_preparing(calendar, moment, full_days=full_days):
        if left <= span.end - span.start:
            return span.start + left
        left -= span.end - span.start
    return None


def _spans_preparing(calendar: Calendar, moment: datetime, *, full_days: int) -> Iterator[Span]:
    day, since = local_day(calendar, moment) - _DAY, moment
    for _ in range(DAYS_AHEAD):
        if day.isoweekday() in calendar.prepares_on and not _is_past(calendar, day, moment):
            left = [span for span in open_spans(calendar, day) if span.end > since]
            if left and full_days > 0:
                full_days -= 1
                left = []
            for span in left:  # a night may reach into hours of the next day: counted once
                yield Span(start=max(span.start, since), end=span.end)
                since = span.end
        day += _DAY


def _is_past(calendar: Calendar, day: date, moment: datetime) -> bool:
    return calendar.cut_off is not None and moment > _instant(calendar, day, calendar.cut_off)


def _instant(calendar: Calendar, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(calendar.time_zone)).astimezone(UTC)
