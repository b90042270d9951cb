"""When the demo group's places open and prepare, and what carriers take where."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from sellier.demo.group import LOCATIONS, MARKETS
from sellier.demo.places import Location, Tier

Row = Mapping[str, object]
HOURS_COLUMNS: Final = ("location", "days", "opens", "closes")
SPECIAL_DAY_COLUMNS: Final = ("location", "country", "day", "opens", "closes", "name")
LANE_COLUMNS: Final = (
    "carrier",
    "service",
    "from_country",
    "to_country",
    "days_min",
    "days_max",
    "cut_off",
    "pickup_days",
    "delivery_days",
    "prices",
    "cost",
)
YEARS: Final = range(2026, 2030)

# Countries where shops rest on Sundays; a flagship or a department store opens late all the same.
_RESTS: Final = frozenset({"FR", "BE", "CH"})
_MINUTES: Final = {Tier.WAREHOUSE: 120, Tier.FLAGSHIP: 60, Tier.BOUTIQUE: 90, Tier.CORNER: 120}
# Days with the same date every year; None for those that follow Easter, by how many days.
_FIXED: Final[Mapping[str, Sequence[tuple[int, int, str]]]] = {
    "FR": (
        (1, 1, "Jour de l'an"),
        (5, 1, "Fête du Travail"),
        (5, 8, "Victoire 1945"),
        (7, 14, "Fête nationale"),
        (8, 15, "Assomption"),
        (11, 1, "Toussaint"),
        (11, 11, "Armistice 1918"),
        (12, 25, "Noël"),
    ),
    "BE": (
        (1, 1, "Jour de l'an"),
        (5, 1, "Fête du Travail"),
        (7, 21, "Fête nationale"),
        (12, 25, "Noël"),
    ),
    "CH": ((1, 1, "Jour de l'an"), (8, 1, "Fête nationale"), (12, 25, "Noël")),
    "GB": ((1, 1, "New Year's Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day")),
    "IT": ((1, 1, "Capodanno"), (8, 15, "Ferragosto"), (12, 25, "Natale"), (12, 26, "S. Stefano")),
    "US": ((1, 1, "New Year's Day"), (7, 4, "Independence Day"), (12, 25, "Christmas Day")),
    "JP": ((1, 1, "元日"),),
}
_AFTER_EASTER: Final[Mapping[str, Sequence[tuple[int, str]]]] = {
    "FR": ((1, "Lundi de Pâques"), (39, "Ascension")),
    "BE": ((1, "Lundi de Pâques"), (39, "Ascension")),
    "CH": ((-2, "Vendredi saint"), (1, "Lundi de Pâques"), (39, "Ascension")),
    "GB": ((-2, "Good Friday"), (1, "Easter Monday")),
    "IT": ((1, "Lunedì dell'Angelo"),),
}
_THANKSGIVING: Final = "Thanksgiving"

# Where senders are, and how far the markets lie from them.
_NEAR: Final = frozenset({"FR", "BE", "CH", "IT"})
_CARRIER: Final = "velora"


def files() -> Iterator[tuple[str, Sequence[str], Iterator[Row]]]:
    """Give each file's name, its columns and its rows."""
    yield "hours.csv", HOURS_COLUMNS, _hours()
    yield "special-days.csv", SPECIAL_DAY_COLUMNS, _special_days()
    yield "lanes.csv", LANE_COLUMNS, _lanes()


def preparing(place: Location) -> Row:
    """Say how long a place prepares, and until when on the same day."""
    is_warehouse = place.tier is Tier.WAREHOUSE
    return {
        "preparation_minutes": _MINUTES[place.tier],
        "cut_off": "15:00" if is_warehouse else "",
        "prepares_on": "mon-sat" if is_warehouse else "",
    }


def _hours() -> Iterator[Row]:
    for place in LOCATIONS:
        for days, opens, closes in _week(place):
            yield {"location": place.code, "days": days, "opens": opens, "closes": closes}


def _week(place: Location) -> Iterator[tuple[str, str, str]]:
    if place.tier is Tier.WAREHOUSE:
        yield "mon-sat", place.opens, place.closes
        return
    if place.country in _RESTS and place.tier is Tier.CORNER:
        # One person's shop: closed on Monday morning, and over lunch.
        yield "mon", "14:00", place.closes
        yield "tue-sat", place.opens, "13:00"
        yield "tue-sat", "14:00", place.closes
        return
    yield "mon-sat", place.opens, place.closes
    if place.tier is Tier.FLAGSHIP or place.country not in _RESTS:
        yield "sun", "12:00", "18:00"


def _special_days() -> Iterator[Row]:
    closed = dict.fromkeys(("location", "opens", "closes"), "")
    for country in sorted({place.country for place in LOCATIONS}):
        for year in YEARS:
            for day, name in _holidays(country, year):
                yield {**closed, "country": country, "day": day.isoformat(), "name": name}
    for place in LOCATIONS:
        if place.tier is Tier.FLAGSHIP and place.country == "FR":
            for year in YEARS:  # the last evening before Christmas
                yield {
                    "location": place.code,
                    "country": "",
                    "day": f"{year}-12-24",
                    "opens": "10:00",
                    "closes": "17:00",
                    "name": "Veille de Noël",
                }


def _holidays(country: str, year: int) -> Iterator[tuple[date, str]]:
    for month, day, name in _FIXED.get(country, ()):
        yield date(year, month, day), name
    for days, name in _AFTER_EASTER.get(country, ()):
        yield easter(year) + timedelta(days=days), name
    if country == "US":
        first = date(year, 11, 1)
        # The fourth Thursday of November.
        yield first + timedelta(days=(4 - first.isoweekday()) % 7 + 21), _THANKSGIVING


def easter(year: int) -> date:
    """Return Easter Sunday, by the reckoning of the Gregorian calendar."""
    golden, century = year % 19, year // 100
    skipped = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + skipped + 15) % 30
    epact -= epact // 28 * (1 - 29 // (epact + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    day = epact - weekday
    month = 3 + (day + 40) // 44
    return date(year, month, day + 28 - 31 * (month // 4))


def _lanes() -> Iterator[Row]:
    for start in sorted({place.country for place in LOCATIONS if place.ships}):
        for market in MARKETS:
            first, last, cost = _far(start, market.code)
            yield _lane("standard", start, market.code, days=(first, last), price=0, cost=cost)
            yield _lane(
                "express",
                start,
                market.code,
                days=(max(1, first - 1), max(1, last - 2)),
                price=15 if start == market.code else 35,
                cost=cost * 2,
            )


def _lane(
    service: str, start: str, to: str, *, days: tuple[int, int], price: int, cost: int
) -> Row:
    return {
        "carrier": _CARRIER,
        "service": service,
        "from_country": start,
        "to_country": to,
        "days_min": days[0],
        "days_max": days[1],
        "cut_off": "17:00",
        "pickup_days": "mon-fri",
        "delivery_days": "mon-fri" if to == "US" else "mon-sat",
        "prices": ", ".join(f"{price}.00 {market.currency}" for market in MARKETS),
        "cost": f"{cost}.00 EUR",
    }


def _far(start: str, to: str) -> tuple[int, int, int]:
    """Return the first and last day of delivery, and what it costs in euros."""
    if start == to:
        return (2, 4, 11) if to == "US" else (1, 2, 8)
    if start in _NEAR and to in {"FR", "GB"}:
        return 2, 4, 14
    return 3, 6, 32
