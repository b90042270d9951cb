from datetime import time
from pathlib import Path

from sqlalchemy import text

from sellier.commands.import_files import Desk, import_lanes
from sellier.domain.carriers.queries.lanes import lanes
from sellier.kernel.money import Money
from tests.commands import make

ROW = {
    "carrier": "velora",
    "service": "standard",
    "from_country": "FR",
    "to_country": "GB",
    "days_min": "2",
    "days_max": "4",
    "cut_off": "16:00",
    "pickup_days": "mon-fri",
    "delivery_days": "mon-sat",
    "prices": "0.00 EUR, 12.50 GBP",
    "cost": "8.40 EUR",
}


async def test_lanes_come_in_and_are_read_by_country(desk: Desk, tmp_path: Path) -> None:
    report = await import_lanes(desk, make.write(tmp_path, [ROW, {**ROW, "service": "express"}]))
    assert report.exit_code == 0, report.problems
    assert report.counts["lanes added"] == 2

    async with desk.sessions() as db:
        express, standard = (await lanes(db))["FR", "GB"]
    assert (express.service, standard.service) == ("express", "standard")
    assert (standard.days_min, standard.days_max, standard.cut_off) == (2, 4, time(16))
    assert standard.pickup_days == {1, 2, 3, 4, 5}
    assert standard.prices == {"EUR": 0, "GBP": 1250}
    assert standard.cost == Money(840, "EUR")


async def test_the_same_lanes_again_change_nothing(desk: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [ROW])
    await import_lanes(desk, path)
    assert not any((await import_lanes(desk, path)).counts.values())
    changed = await import_lanes(desk, make.write(tmp_path, [{**ROW, "days_max": "5"}]))
    assert changed.counts == {"lanes added": 0, "lanes changed": 1}


WRONG = [
    ("carrier", ""),
    ("from_country", "UK"),
    ("days_min", "5"),
    ("days_max", "61"),
    ("cut_off", "4pm"),
    ("pickup_days", "weekdays"),
    ("prices", "1,50 EUR"),
    ("prices", "1.00 EUR, 2.00 EUR"),
    ("prices", ""),
    ("cost", "-1.00 EUR"),
]


async def test_one_wrong_value_refuses_all_lanes(desk: Desk, tmp_path: Path) -> None:
    for column, value in WRONG:
        rows = [ROW, {**ROW, "service": "express", column: value}]
        report = await import_lanes(desk, make.write(tmp_path, rows))
        assert {line for line, _ in make.whys(report)} == {3}, (column, value)
    twice = await import_lanes(desk, make.write(tmp_path, [ROW, ROW]))
    assert make.whys(twice) == [(3, "carrier")]
    async with desk.sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM lane")) == 0
