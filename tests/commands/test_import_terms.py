from pathlib import Path

import pytest
from sqlalchemy import text

from sellier.commands.import_files import Desk, import_locations, import_terms
from tests.commands import make

ROW = {
    "location": "PAR1",
    "channel": "atelier",
    "ships": "no",
    "collects": "yes",
    "holds": "yes",
    "buffer": "2",
}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    await make.group(desk.sessions)
    places = [make.location(), make.location(code="LYS1", city="Lyon")]
    await import_locations(desk, make.write(tmp_path, places))
    return desk


async def terms(desk: Desk) -> list[tuple[object, ...]]:
    query = (
        "SELECT l.code, t.ships, t.collects, t.holds, t.buffer FROM location_terms t"
        " JOIN location l ON l.id = t.location_id ORDER BY l.code"
    )
    async with desk.sessions() as db:
        return [tuple(row) for row in await db.execute(text(query))]


async def test_terms_come_in_and_the_same_file_again_changes_nothing(
    shop: Desk, tmp_path: Path
) -> None:
    path = make.write(tmp_path, [ROW])
    report = await import_terms(shop, path)
    assert report.counts == {"terms added": 1, "terms changed": 0}, report.problems
    assert await terms(shop) == [("PAR1", False, True, True, 2)]

    assert not any((await import_terms(shop, path)).counts.values())


async def test_a_changed_file_changes_what_it_says_and_a_buffer_may_be_left_out(
    shop: Desk, tmp_path: Path
) -> None:
    await import_terms(shop, make.write(tmp_path, [ROW, {**ROW, "location": "LYS1"}]))
    less = {name: value for name, value in ROW.items() if name != "buffer"}
    report = await import_terms(shop, make.write(tmp_path, [{**less, "ships": "yes"}]))

    assert report.counts == {"terms added": 0, "terms changed": 1}
    assert await terms(shop) == [("LYS1", False, True, True, 2), ("PAR1", True, True, True, 0)]


WRONG = [
    ("location", "NOWHERE"),
    ("channel", "no-such"),
    ("ships", "maybe"),
    ("buffer", "-1"),
    ("buffer", "10000001"),
]


@pytest.mark.parametrize(("column", "value"), WRONG)
async def test_one_wrong_value_refuses_the_whole_file(
    shop: Desk, tmp_path: Path, column: str, value: str
) -> None:
    report = await import_terms(shop, make.write(tmp_path, [ROW, {**ROW, column: value}]))

    assert report.exit_code == 1
    assert make.whys(report) == [(3, column)]
    assert await terms(shop) == []


async def test_terms_that_stand_twice_are_refused(shop: Desk, tmp_path: Path) -> None:
    report = await import_terms(shop, make.write(tmp_path, [ROW, {**ROW, "ships": "yes"}]))

    assert make.whys(report) == [(3, "location")]
