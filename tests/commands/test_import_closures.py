import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from sellier.commands.import_files import Desk, import_closures, import_locations
from sellier.domain.closures import queries
from sellier.domain.closures.models import Closure, ClosureLocation
from tests.commands import make

ROW = {"location": "PAR1", "starts_on": "now", "reopens_on": "2026-09-01", "reason": "Works"}
LYON = {**ROW, "location": "LYS1"}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    await make.group(desk.sessions)
    places = [
        make.location(),
        make.location(code="LYS1", city="Lyon"),
        make.location(code="NYC1", city="New York", country="US", time_zone="America/New_York"),
        make.location(code="DEP1", kind="warehouse", pickup="no"),
    ]
    report = await import_locations(desk, make.write(tmp_path, places))
    assert report.is_clean(), report.problems
    await make.events(desk.sessions)
    return desk


async def closures(desk: Desk) -> list[tuple[str, list[str], str]]:
    async with desk.sessions() as db:
        found = await queries.closures(db)
    return [(one.reason, list(one.codes), one.state) for one in reversed(found)]


async def test_what_closes_together_is_one_closure(shop: Desk, tmp_path: Path) -> None:
    later = {**ROW, "location": "NYC1", "starts_on": "2026-12-24", "reopens_on": "for good"}
    report = await import_closures(shop, make.write(tmp_path, [ROW, LYON, later]))
    assert report.counts == {"closures added": 2, "locations closed": 3}, report.problems
    assert await closures(shop) == [
        ("Works", ["LYS1", "PAR1"], "closing"),
        ("Works", ["NYC1"], "scheduled"),
    ]
    async with shop.sessions() as db:
        begins = await db.scalar(select(Closure.starts_at).where(Closure.state == "scheduled"))
    assert str(begins) == "2026-12-24 05:00:00+00:00"  # midnight in New York
    names = sorted(event.name for event in await make.events(shop.sessions))
    assert names.count("closure.scheduled") == 2
    assert names.count("closure.begun") == 1


async def test_a_rehearsal_changes_nothing(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [ROW, LYON])
    before = await make.held(shop.sessions)
    report = await import_closures(replace(shop, dry_run=True), path)
    assert report.counts["locations closed"] == 2
    assert not report.applied
    assert await make.held(shop.sessions) == before
    assert await closures(shop) == []


@pytest.mark.parametrize(
    ("wrong", "column", "why"),
    [
        ({"location": "nowhere"}, "location", "there is no location of this code"),
        ({"location": "PAR1"}, "location", "stands in line 2 already"),
        ({"starts_on": "2020-01-01"}, "starts_on", "this day is over"),
        ({"starts_on": "soon"}, "starts_on", "write YYYY-MM-DD, or now"),
        ({"starts_on": "2026-10-01"}, "reopens_on", "is not after it closes"),
        ({"reopens_on": "never"}, "reopens_on", "write YYYY-MM-DD, or for good"),
        ({"reopens_on": ""}, "reopens_on", "is missing"),
        ({"reason": ""}, "reason", "is missing"),
        ({"reason": "x" * 201}, "reason", "longer than 200"),
    ],
)
async def test_one_wrong_row_keeps_the_whole_file_out(
    shop: Desk, tmp_path: Path, wrong: dict[str, str], column: str, why: str
) -> None:
    report = await import_closures(shop, make.write(tmp_path, [ROW, {**LYON, **wrong}]))
    assert make.whys(report) == [(3, column)]
    assert why in report.problems[0].why
    assert await closures(shop) == []


async def test_a_location_that_closes_already_is_refused(shop: Desk, tmp_path: Path) -> None:
    await import_closures(shop, make.write(tmp_path, [ROW]))
    report = await import_closures(shop, make.write(tmp_path, [LYON, ROW]))
    assert make.whys(report) == [(3, "location")]
    assert "is part of closure CL-2026-" in report.problems[0].why
    assert len(await closures(shop)) == 1


async def test_the_last_open_place_stays_open(shop: Desk, tmp_path: Path) -> None:
    rows = [{**ROW, "location": code} for code in ("PAR1", "LYS1", "NYC1", "DEP1")]
    rows[3]["reason"] = "Inventory"
    report = await import_closures(shop, make.write(tmp_path, rows))
    assert make.whys(report) == [(5, "location")]
    assert "nothing would be open" in report.problems[0].why
    assert await closures(shop) == []
    # Not at the same time, though, they may.
    rows[3] |= {"starts_on": "2026-09-02", "reopens_on": "2026-09-09"}
    report = await import_closures(shop, make.write(tmp_path, rows))
    assert report.is_clean(), report.problems


async def test_two_files_at_once_do_not_close_everything(shop: Desk, tmp_path: Path) -> None:
    halves = [("PAR1", "LYS1"), ("NYC1", "DEP1")]
    paths = [
        make.write(tmp_path, [{**ROW, "location": code} for code in codes], name=f"{at}.csv")
        for at, codes in enumerate(halves)
    ]
    reports = await asyncio.gather(*(import_closures(shop, path) for path in paths))
    assert sorted(report.is_clean() for report in reports) == [False, True]
    async with shop.sessions() as db:
        assert len((await db.scalars(select(ClosureLocation.location_id))).all()) == 2
