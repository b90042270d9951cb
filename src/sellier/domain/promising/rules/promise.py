"""What can be promised: delivered by when and for how much, collected from when, held until when.

Sourcing says from where; calendars of places and lanes of carriers say the rest. Pure: the same
question gets the same answer, in whatever time zone it is asked.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import repeat
from operator import le
from typing import Final, NamedTuple

from sellier.domain.carriers.rules.lanes import Arrival, LaneTerms, arrival
from sellier.domain.locations.rules.hours import (
    DAYS_AHEAD,
    Calendar,
    Span,
    coming_spans,
    next_open,
    ready_at,
)
from sellier.domain.promising.rules.rule_set import RuleSet
from sellier.kernel.ids import ChannelId, LocationId, Sku
from sellier.kernel.money import Money

# Held until a closing that leaves the customer at least so long to come.
TIME_TO_COME: Final = timedelta(hours=2)
# Places share calendars: one question asks the same of a thousand of them.
_KEPT: Final = 4_096


class Why(StrEnum):
    """Why something cannot be promised."""

    SHORT = "short"  # there are too few units
    NO_LANE = "no_lane"  # no carrier goes there in this currency
    CLOSED = "closed"  # it does not prepare or open for a long time
    NOT_OFFERED = "not_offered"  # this place does not do it for this channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location with its calendar and how many orders it prepares in a day."""

    location_id: LocationId
    code: str
    country: str
    banner: str | None
    latitude: float
    longitude: float
    is_boutique: bool
    calendar: Calendar
    daily_capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What changes a few times a day: places, lanes, holidays, the rules of sourcing."""

    places: Mapping[LocationId, Place]
    lanes: Mapping[tuple[str, str], Sequence[LaneTerms]]
    holidays: Mapping[str, Collection[date]]
    rule_sets: Mapping[ChannelId, RuleSet]  # how sourcing decides; else the usual one


class Standing(NamedTuple):
    """What changes with every sale: what a place has of the SKUs asked for, and what it does.

    A tuple, as a thousand of them are read at every question.
    """

    location_id: LocationId
    units: Mapping[Sku, int]
    ships: bool
    collects: bool
    holds: bool
    in_hand: int  # orders that wait there to be prepared

    def has(self, wanted: Mapping[Sku, int]) -> bool:
        """Tell whether all that is wanted is here."""
        return all(map(le, wanted.values(), map(self.units.get, wanted, repeat(0))))


Standings = Mapping[LocationId, Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A way of having all of it sent: the first and last day on which the whole may be there."""

    service: str
    earliest: date
    latest: date
    price: Money
    parcels: int


class Counter(NamedTuple):
    """What one boutique promises: collecting from when, holding until when, or why not."""

    place: Place
    collect: Span | None = None  # from when it waits there, until the boutique closes that time
    no_collect: Why | None = None
    held_until: datetime | None = None
    no_hold: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """All that can be promised for a basket at a moment."""

    senders: Sequence[LocationId]
    deliveries: Sequence[Delivery]
    no_delivery: Why | None
    counters: Sequence[Counter]
    expected_at: datetime | None = None  # when what is short will be there


def deliveries(
    timetable: Timetable,
    standings: Standings,
    *,
    senders: Collection[LocationId],
    country: str,
    currency: str,
    moment: datetime,
) -> Sequence[Delivery] | Why:
    """Return the services that bring everything from its senders, the cheapest and soonest first.

    A service counts when a lane offers it from every sender, at a price in the currency; it is
    paid once, whatever the number of parcels.
    """
    offers: list[Mapping[str, tuple[Money, Arrival]]] = []
    for location_id in senders:
        place = timetable.places[location_id]
        full_days = _full_days(place, standings[location_id])
        ready = ready_at(place.calendar, moment, full_days=full_days)
        if ready is None:
            return Why.CLOSED
        offers.append(_offers(timetable, place, country=country, currency=currency, ready=ready))
    services = set(offers[0]).intersection(*offers[1:]) if offers else set()
    if not services:
        return Why.NO_LANE
    found = (_together(service, [offer[service] for offer in offers]) for service in services)
    return sorted(found, key=lambda one: (one.price.minor, one.latest, one.earliest, one.service))


def counters(
    timetable: Timetable,
    standings: Standings,
    *,
    wanted: Mapping[Sku, int],
    countries: Collection[str],
    moment: datetime,
) -> Sequence[Counter]:
    """Return the boutiques of some countries that have everything, the soonest ready first."""
    found = [
        _counter(place, standing, moment)
        for location_id, standing in standings.items()
        if (place := timetable.places.get(location_id)) is not None
        and place.is_boutique
        and place.country in countries
        and standing.has(wanted)
    ]
    able = [one for one in found if one.collect or one.held_until]
    return sorted(able, key=lambda one: (_soonest(one), one.place.code))


def counter(
    place: Place, standing: Standing | None, *, wanted: Mapping[Sku, int], moment: datetime
) -> Counter:
    """Return what one boutique promises, or why it does not."""
    if standing is None or not standing.has(wanted):
        return Counter(place=place, no_collect=Why.SHORT, no_hold=Why.SHORT)
    return _counter(place, standing, moment)


def _counter(place: Place, standing: Standing, moment: datetime) -> Counter:
    """Say what a boutique promises that has everything."""
    collect = _collected(place.calendar, moment, _full_days(place, standing))
    held_until = _held_until(place.calendar, moment)
    return Counter(
        place,
        collect if standing.collects else None,
        _why(collect, is_offered=standing.collects),
        held_until if standing.holds else None,
        _why(held_until, is_offered=standing.holds),
    )


def _why(found: object | None, *, is_offered: bool) -> Why | None:
    if not is_offered:
        return Why.NOT_OFFERED
    return Why.CLOSED if found is None else None


def covering(found: Sequence[Delivery]) -> Delivery:
    """Return one delivery wide enough for each of several: what is true whichever is chosen."""
    return Delivery(
        service=found[0].service,
        earliest=min(one.earliest for one in found),
        latest=max(one.latest for one in found),
        price=max((one.price for one in found), key=lambda price: price.minor),
        parcels=max(one.parcels for one in found),
    )


def _full_days(place: Place, standing: Standing) -> int:
    """Return how many days of work are in hand; where nothing is ever prepared, more than all."""
    capacity = place.daily_capacity
    return standing.in_hand // capacity if capacity else DAYS_AHEAD


@lru_cache(maxsize=_KEPT)
def _collected(calendar: Calendar, moment: datetime, full_days: int) -> Span | None:
    ready = ready_at(calendar, moment, full_days=full_days)
    return next_open(calendar, ready) if ready else None


@lru_cache(maxsize=_KEPT)
def _held_until(calendar: Calendar, moment: datetime) -> datetime | None:
    opens = next_open(calendar, moment)
    if opens is None:
        return None
    enough = (span.end for span in coming_spans(calendar, moment))
    return next((end for end in enough if end - opens.start >= TIME_TO_COME), None)


def _offers(
    timetable: Timetable, place: Place, *, country: str, currency: str, ready: datetime
) -> Mapping[str, tuple[Money, Arrival]]:
    """Return the best lane of each service: the lowest price, then the soonest."""
    best: dict[str, tuple[Money, Arrival]] = {}
    for lane, arrives in _arrivals(timetable, place, country=country, ready=ready):
        minor = lane.prices.get(currency)
        if minor is None:
            continue
        offer = Money(minor, currency), arrives
        known = best.get(lane.service)
        if known is None or _rank(offer) < _rank(known):
            best[lane.service] = offer
    return best


def _rank(offer: tuple[Money, Arrival]) -> tuple[int, date, date]:
    price, arrives = offer
    return price.minor, arrives.latest, arrives.earliest


def _arrivals(
    timetable: Timetable, place: Place, *, country: str, ready: datetime
) -> Iterator[tuple[LaneTerms, Arrival]]:
    for lane in timetable.lanes.get((place.country, country), ()):
        arrives = arrival(
            lane,
            ready=ready,
            time_zone=place.calendar.time_zone,
            closed_from=timetable.holidays.get(place.country, ()),
            closed_to=timetable.holidays.get(country, ()),
        )
        if arrives is not None:
            yield lane, arrives


def _together(service: str, offers: Sequence[tuple[Money, Arrival]]) -> Delivery:
    return Delivery(
        service=service,
        earliest=max(arrives.earliest for _, arrives in offers),
        latest=max(arrives.latest for _, arrives in offers),
        price=max((price for price, _ in offers), key=lambda price: price.minor),
        parcels=len(offers),
    )


def _soonest(one: Counter) -> datetime:
    ready = one.collect.start if one.collect else one.held_until
    assert ready is not None, "only counters that promise something are compared"
    return ready
