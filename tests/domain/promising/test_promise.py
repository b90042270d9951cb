"""What is promised, and why something is not: the rules alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.carriers.rules.lanes import LaneTerms
from sellier.domain.locations.rules.hours import EVERY_DAY, Calendar, Hours
from sellier.domain.promising.rules.promise import (
    Counter,
    Delivery,
    Place,
    Standing,
    Standings,
    Timetable,
    Why,
    counters,
    covering,
    deliveries,
)
from sellier.kernel.ids import LocationId, Sku, new_id
from sellier.kernel.money import Money
from tests.domain.carriers.make import lane

BAG, BELT = Sku("BAG-U"), Sku("BELT-85")
PARIS, LYON, LONDON = (LocationId(new_id()) for _ in range(3))
WEEK = dict.fromkeys(range(1, 7), (Hours(opens=time(10), closes=time(19)),))
WEDNESDAY = datetime(2026, 11, 25, 13, tzinfo=UTC)  # two in the afternoon in Paris


def place(location_id: LocationId, code: str, **changed: Any) -> Place:
    calendar: dict[str, Any] = {
        "time_zone": "Europe/Paris",
        "week": WEEK,
        "preparation": timedelta(hours=2),
        "prepares_on": EVERY_DAY,
    }
    calendar |= {name: changed.pop(name) for name in calendar if name in changed}
    return Place(
        location_id=location_id,
        code=code,
        country=changed.pop("country", "FR"),
        banner=None,
        latitude=45.76,
        longitude=4.83,
        is_boutique=True,
        calendar=Calendar(**calendar),
        daily_capacity=changed.pop("daily_capacity", 40),
    )


PLACES = (
    place(PARIS, "PAR"),
    place(LYON, "LYS"),
    place(LONDON, "LON", country="GB", time_zone="Europe/London"),
)


def timetable(
    places: Sequence[Place] = PLACES,
    lanes: Sequence[LaneTerms] = (lane(), lane(from_country="GB", days_min=2, days_max=4)),
    holidays: Mapping[str, frozenset[date]] | None = None,
) -> Timetable:
    return Timetable(
        places={one.location_id: one for one in places},
        lanes={
            (one.from_country, one.to_country): [
                other
                for other in lanes
                if (other.from_country, other.to_country) == (one.from_country, one.to_country)
            ]
            for one in lanes
        },
        holidays=holidays or {},
        rule_sets={},
    )


def has(*, in_hand: int = 0, collects: bool = True, holds: bool = True, **units: int) -> Standing:
    names = {"bag": BAG, "belt": BELT}
    return Standing(
        location_id=PARIS,
        units={names[name]: count for name, count in units.items()},
        ships=True,
        collects=collects,
        holds=holds,
        in_hand=in_hand,
    )


def sent(
    *senders: LocationId,
    known: Timetable | None = None,
    standings: Standings | None = None,
    currency: str = "EUR",
    moment: datetime = WEDNESDAY,
) -> Sequence[Delivery] | Why:
    return deliveries(
        known or timetable(),
        standings or dict.fromkeys(senders, has(bag=1)),
        senders=senders,
        country="FR",
        currency=currency,
        moment=moment,
    )


def at(
    standings: Standings, *, known: Timetable | None = None, moment: datetime = WEDNESDAY
) -> Sequence[Counter]:
    return counters(
        known or timetable(), standings, wanted={BAG: 1}, countries=("FR",), moment=moment
    )


def days(found: Sequence[Delivery] | Why) -> tuple[str, str, int]:
    assert not isinstance(found, Why), found
    return str(found[0].earliest), str(found[0].latest), found[0].parcels


def test_what_is_ready_before_the_carrier_comes_leaves_today() -> None:
    # Ready at four in the afternoon; the carrier comes at five.
    assert days(sent(PARIS)) == ("2026-11-26", "2026-11-27", 1)


def test_what_is_ready_too_late_leaves_tomorrow() -> None:
    later = WEDNESDAY + timedelta(hours=2)
    assert days(sent(PARIS, moment=later)) == ("2026-11-27", "2026-11-28", 1)


def test_a_basket_from_two_places_is_there_with_its_last_parcel() -> None:
    assert days(sent(PARIS, LONDON)) == ("2026-11-27", "2026-11-30", 2)


def test_a_place_with_its_day_full_of_work_begins_on_the_next() -> None:
    busy = {PARIS: has(bag=1, in_hand=40)}
    assert days(sent(PARIS, standings=busy)) == ("2026-11-27", "2026-11-28", 1)


def test_services_are_offered_where_every_parcel_has_them_the_free_one_first() -> None:
    express = lane(service="express", days_max=1, prices={"EUR": 1_500})
    known = timetable(lanes=(express, lane(), lane(from_country="GB")))
    both = sent(PARIS, known=known)
    assert not isinstance(both, Why)
    assert [(one.service, one.price) for one in both] == [
        ("standard", Money(0, "EUR")),
        ("express", Money(1_500, "EUR")),
    ]
    together = sent(PARIS, LONDON, known=known)
    assert not isinstance(together, Why)
    assert [one.service for one in together] == ["standard"]


@pytest.mark.parametrize(
    ("known", "currency", "why"),
    [
        (timetable(lanes=()), "EUR", Why.NO_LANE),
        (timetable(), "JPY", Why.NO_LANE),
        (timetable([place(PARIS, "PAR", week={})]), "EUR", Why.CLOSED),
        (timetable([place(PARIS, "PAR", daily_capacity=0)]), "EUR", Why.CLOSED),
        (timetable(lanes=(lane(pickup_days=()),)), "EUR", Why.NO_LANE),
    ],
)
def test_what_cannot_be_sent_says_why(known: Timetable, currency: str, why: Why) -> None:
    assert sent(PARIS, known=known, currency=currency) is why


def test_a_boutique_promises_from_when_and_until_when() -> None:
    (lyon,) = at({LYON: has(bag=1)})
    assert lyon.collect is not None
    # Ready in two hours, until the boutique closes; held until then, too.
    assert lyon.collect.start == WEDNESDAY + timedelta(hours=2)
    assert lyon.collect.end == datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert lyon.held_until == lyon.collect.end


def test_what_is_asked_for_in_the_evening_waits_for_the_morning() -> None:
    (lyon,) = at({LYON: has(bag=1)}, moment=datetime(2026, 11, 28, 17, 30, tzinfo=UTC))
    assert lyon.collect is not None
    # A Saturday at half past six: half an hour of work then, the rest on Monday morning.
    assert lyon.collect.start == datetime(2026, 11, 30, 10, 30, tzinfo=UTC)
    # Half an hour is too short to come: it is put aside until Monday evening.
    assert lyon.held_until == datetime(2026, 11, 30, 18, tzinfo=UTC)


def test_boutiques_come_soonest_first_and_only_where_all_of_it_is() -> None:
    standings = {
        PARIS: has(bag=1, in_hand=40),
        LYON: has(bag=1),
        LONDON: has(bag=1),  # in another country
    }
    assert [one.place.code for one in at(standings)] == ["LYS", "PAR"]
    assert at({PARIS: has(belt=3)}) == []


def test_a_boutique_gives_what_it_offers_and_says_why_not_the_rest() -> None:
    (lyon,) = at({LYON: has(bag=1, collects=False)})
    assert (lyon.collect, lyon.no_collect) == (None, Why.NOT_OFFERED)
    assert lyon.held_until is not None
    assert at({LYON: has(bag=1, collects=False, holds=False)}) == []


def test_one_promise_covers_several_sizes() -> None:
    first = sent(PARIS)
    second = sent(LONDON)
    assert not isinstance(first, Why)
    assert not isinstance(second, Why)
    wide = covering([first[0], second[0]])
    assert (wide.earliest, wide.latest) == (first[0].earliest, second[0].latest)


HOURS = st.builds(
    lambda opens, lasts: Hours(opens=time(opens), closes=time(opens + lasts)),
    st.integers(0, 12),
    st.integers(1, 11),
)


@given(
    st.dictionaries(st.integers(1, 7), HOURS.map(lambda one: (one,)), min_size=1),
    st.integers(0, 600),
    st.integers(0, 60 * 24 * 30),
    st.integers(0, 5_000),
    st.integers(0, 120),
)
def test_a_later_question_is_never_promised_sooner(
    week: dict[int, tuple[Hours, ...]], preparation: int, begins: int, more: int, in_hand: int
) -> None:
    one = place(PARIS, "PAR", week=week, preparation=timedelta(minutes=preparation))
    known = timetable([one])
    standings = {PARIS: has(bag=1, in_hand=in_hand)}
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=begins)
    later = moment + timedelta(minutes=more)
    first = sent(PARIS, known=known, standings=standings, moment=moment)
    second = sent(PARIS, known=known, standings=standings, moment=later)
    assert not isinstance(first, Why)
    assert not isinstance(second, Why)
    assert first[0].earliest <= second[0].earliest
    assert first[0].latest <= second[0].latest

    (sooner,), (after,) = (at(standings, known=known, moment=asked) for asked in (moment, later))
    assert sooner.collect is not None
    assert after.collect is not None
    assert moment <= sooner.collect.start <= after.collect.start
    assert sooner.collect.start < sooner.collect.end or preparation == 0
    assert sooner.held_until is not None
    assert sooner.held_until > moment


def test_a_holiday_of_the_country_reached_puts_it_off() -> None:
    known = replace(timetable(), holidays={"FR": frozenset({date(2026, 11, 26)})})
    assert days(sent(PARIS, known=known)) == ("2026-11-27", "2026-11-28", 1)
