from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sellier.commands.import_files import (
    Desk,
    import_locations,
    import_products_file,
    import_stock,
)
from sellier.domain.locations import queries as locations
from sellier.domain.stock.service import Units, reserve
from sellier.kernel.ids import OrderId, OrderLineId, Sku, new_id
from tests.commands import make

ROW = {"sku": "SAC-1-U", "location": "PAR1", "on_hand": "3"}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    """A piece in the catalog and two boutiques."""
    await make.group(desk.sessions)
    places = [make.location(), make.location(code="LYS1", city="Lyon")]
    await import_locations(desk, make.write(tmp_path, places))
    await import_products_file(desk, make.write(tmp_path, [make.piece()]))
    await make.events(desk.sessions)
    return desk


async def ledger(desk: Desk) -> list[Any]:
    query = "SELECT quantity, cause, by FROM stock_movement ORDER BY id"
    async with desk.sessions() as db:
        return [tuple(row) for row in await db.execute(text(query))]


async def test_a_count_is_recorded_as_movements(shop: Desk, tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "location": "LYS1", "on_hand": "0"}]
    report = await import_stock(shop, make.write(tmp_path, rows))

    assert report.exit_code == 0, report.problems
    assert await ledger(shop) == [(3, "count", "import")]
    (event,) = await make.events(shop.sessions)
    assert (event.name, event.payload["skus"]) == ("stock.positions_changed", ["SAC-1-U"])


async def test_the_same_count_again_changes_nothing(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [ROW])
    await import_stock(shop, path)
    before = await make.held(shop.sessions)
    await import_stock(replace(shop, now=shop.now + timedelta(hours=1)), path)

    assert await make.held(shop.sessions) == before


async def test_counts_that_come_and_go_are_all_in_the_ledger(shop: Desk, tmp_path: Path) -> None:
    first = make.write(tmp_path, [ROW], "first.csv")
    second = make.write(tmp_path, [{**ROW, "on_hand": "1"}], "second.csv")
    for hour, path in enumerate((first, second, first)):
        await import_stock(replace(shop, now=shop.now + timedelta(hours=hour)), path)

    assert [row[0] for row in await ledger(shop)] == [3, -2, 2]


async def test_a_count_may_not_take_what_is_promised(shop: Desk, tmp_path: Path) -> None:
    await import_stock(shop, make.write(tmp_path, [ROW]))
    async with shop.sessions.begin() as db:
        places = await locations.ids_by_code(db)
        await reserve(
            db,
            order_id=OrderId(new_id()),
            units=[
                Units(
                    line_id=OrderLineId(new_id()),
                    sku=Sku("SAC-1-U"),
                    location_id=places["PAR1"],
                    quantity=2,
                )
            ],
            lasts=timedelta(minutes=15),
            now=shop.now,
        )
    before = await make.held(shop.sessions)
    rows = [{**ROW, "on_hand": "1"}, {**ROW, "location": "LYS1"}]
    refused = await import_stock(shop, make.write(tmp_path, rows))

    assert make.whys(refused) == [(2, "on_hand")]
    assert "2 units" in refused.problems[0].why
    assert await make.held(shop.sessions) == before
    enough = make.write(tmp_path, [{**ROW, "on_hand": "2"}])
    assert (await import_stock(shop, enough)).exit_code == 0


WRONG = [
    ("on_hand", "-1"),
    ("on_hand", "1.5"),
    ("on_hand", "NaN"),
    ("on_hand", "99999999999"),
    ("on_hand", ""),
    ("sku", "UNKNOWN"),
    ("sku", "@SUM(A1)"),
    ("location", "MOON"),
    ("location", ""),
]


async def test_one_wrong_value_refuses_the_whole_count(shop: Desk, tmp_path: Path) -> None:
    before = await make.held(shop.sessions)
    for column, value in WRONG:
        rows = [ROW, {**ROW, "location": "LYS1", column: value}]
        report = await import_stock(shop, make.write(tmp_path, rows))
        assert (3, column) in make.whys(report)
        assert await make.held(shop.sessions) == before


async def test_a_position_counted_twice_is_refused(shop: Desk, tmp_path: Path) -> None:
    report = await import_stock(shop, make.write(tmp_path, [ROW, {**ROW, "on_hand": "4"}]))
    assert make.whys(report) == [(3, "sku")]
