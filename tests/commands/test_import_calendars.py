from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import text

from sellier.commands.import_files import (
    Desk,
    import_hours,
    import_locations,
    import_special_days,
)
from sellier.domain.locations import queries
from sellier.domain.locations.rules.hours import Calendar, Hours
from tests.commands import make

WEEK = {"location": "PAR1", "days": "mon-sat", "opens": "10:00", "closes": "19:00"}
CHRISTMAS = {
    "location": "",
    "country": "FR",
    "day": "2026-12-25",
    "opens": "",
    "closes": "",
    "name": "Noël",
}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    rows = [make.location(), make.location(code="LON1", country="GB", time_zone="Europe/London")]
    report = await import_locations(desk, make.write(tmp_path, rows))
    assert report.exit_code == 0
    return desk


async def calendars(desk: Desk) -> dict[str, Calendar]:
    async with desk.sessions() as db:
        places = await queries.ids_by_code(db)
        found = await queries.calendars(db, now=datetime(2026, 11, 25, tzinfo=UTC))
    return {code: found[place] for code, place in places.items()}


async def test_a_place_without_hours_of_its_own_opens_every_day(shop: Desk) -> None:
    paris = (await calendars(shop))["PAR1"]
    assert set(paris.week) == {1, 2, 3, 4, 5, 6, 7}
    assert paris.week[7] == (Hours(opens=time(10), closes=time(19)),)


async def test_a_week_comes_in_and_replaces_what_was(shop: Desk, tmp_path: Path) -> None:
    morning = {**WEEK, "days": "sun", "closes": "13:00"}
    first = await import_hours(shop, make.write(tmp_path, [WEEK, morning]))
    assert first.counts == {"spans of hours added": 7, "spans of hours changed": 0}
    second = await import_hours(shop, make.write(tmp_path, [{**WEEK, "days": "tue-sat"}]))
    assert second.counts == {"spans of hours added": 0, "spans of hours changed": 2}

    found = await calendars(shop)
    assert set(found["PAR1"].week) == {2, 3, 4, 5, 6}
    assert set(found["LON1"].week) == {1, 2, 3, 4, 5, 6, 7}


async def test_the_same_files_again_change_nothing(shop: Desk, tmp_path: Path) -> None:
    hours = make.write(tmp_path, [WEEK], "hours.csv")
    days = make.write(tmp_path, [CHRISTMAS], "days.csv")
    for _ in range(2):
        reports = [await import_hours(shop, hours), await import_special_days(shop, days)]
    assert not any(count for report in reports for count in report.counts.values())


async def test_a_places_own_day_goes_before_its_countrys(shop: Desk, tmp_path: Path) -> None:
    own = {**CHRISTMAS, "location": "PAR1", "country": "", "opens": "12:00", "closes": "16:00"}
    report = await import_special_days(shop, make.write(tmp_path, [CHRISTMAS, own]))

    assert report.exit_code == 0, report.problems
    found = await calendars(shop)
    assert found["PAR1"].special == {date(2026, 12, 25): (Hours(opens=time(12), closes=time(16)),)}
    assert found["LON1"].special == {}


async def test_a_place_says_how_long_it_prepares(shop: Desk, tmp_path: Path) -> None:
    said = {"preparation_minutes": "90", "cut_off": "16:30", "prepares_on": "mon-fri"}
    await import_locations(shop, make.write(tmp_path, [make.location(**said)]))
    # A file that says nothing of it leaves it as it is.
    await import_locations(shop, make.write(tmp_path, [make.location(name="Rive droite")]))

    paris = (await calendars(shop))["PAR1"]
    assert paris.preparation.total_seconds() == 90 * 60
    assert paris.cut_off == time(16, 30)
    assert paris.prepares_on == {1, 2, 3, 4, 5}


WRONG_HOURS = [
    ("location", "MOON"),
    ("location", ""),
    ("days", "monday"),
    ("days", "fri-mon"),
    ("days", ""),
    ("opens", "9"),
    ("closes", "24:00"),
    ("opens", "18:00"),  # before the other ends
]
WRONG_DAYS = [
    ("location", "PAR1"),
    ("country", ""),
    ("country", "ZZ"),
    ("day", "2026-02-29"),
    ("day", "25/12/2026"),
    ("opens", "10:00"),
    ("name", "x" * 101),
]


async def test_one_wrong_value_refuses_the_whole_week(shop: Desk, tmp_path: Path) -> None:
    for column, value in WRONG_HOURS:
        other = {**WEEK, "opens": "20:00", "closes": "22:00", column: value}
        report = await import_hours(shop, make.write(tmp_path, [WEEK, other]))
        assert (3, column) in make.whys(report), (column, value)
    async with shop.sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM opening")) == 0


async def test_one_wrong_value_refuses_all_days(shop: Desk, tmp_path: Path) -> None:
    for column, value in WRONG_DAYS:
        other = {**CHRISTMAS, "day": "2026-12-26", column: value}
        report = await import_special_days(shop, make.write(tmp_path, [CHRISTMAS, other]))
        assert report.exit_code == 1, (column, value)
        assert {line for line, _ in make.whys(report)} == {3}
    async with shop.sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM special_day")) == 0


async def test_a_day_cannot_be_closed_and_open(shop: Desk, tmp_path: Path) -> None:
    other = {**CHRISTMAS, "opens": "10:00", "closes": "12:00"}
    report = await import_special_days(shop, make.write(tmp_path, [CHRISTMAS, other]))
    assert make.whys(report) == [(3, "opens")]
