from pathlib import Path

import pytest
from sqlalchemy import text

from sellier.commands.import_files import (
    Desk,
    import_locations,
    import_products_file,
    import_purchase_orders,
)
from tests.commands import make

ROW = {
    "purchase_order": "4500012",
    "supplier": "Tannerie Merle",
    "location": "PAR1",
    "expected_on": "2026-04-02",
    "sku": "ROBE-36",
    "quantity": "12",
}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    await make.group(desk.sessions)
    places = [make.location(), make.location(code="LYS1", city="Lyon")]
    await import_locations(desk, make.write(tmp_path, places))
    await import_products_file(desk, make.write(tmp_path, make.piece_in_sizes("36", "38")))
    await make.events(desk.sessions)
    return desk


async def orders(desk: Desk) -> list[tuple[object, ...]]:
    query = (
        "SELECT o.reference, o.supplier, o.expected_at::text, l.sku, l.quantity, o.version"
        " FROM purchase_order o JOIN purchase_order_line l ON l.purchase_order_id = o.id"
        " ORDER BY o.reference, l.sku"
    )
    async with desk.sessions() as db:
        await db.execute(text("SET TIME ZONE 'UTC'"))
        return [tuple(row) for row in await db.execute(text(query))]


async def test_orders_come_in_and_the_same_file_again_changes_nothing(
    shop: Desk, tmp_path: Path
) -> None:
    rows = [ROW, {**ROW, "sku": "ROBE-38"}, {**ROW, "purchase_order": "4500013"}]
    path = make.write(tmp_path, rows)
    report = await import_purchase_orders(shop, path)
    counts = {"purchase orders added": 2, "purchase orders changed": 0}
    assert report.counts == counts, report.problems
    when = "2026-04-02 17:00:00+00"  # as the boutique closes
    assert await orders(shop) == [
        ("4500012", "Tannerie Merle", when, "ROBE-36", 12, 1),
        ("4500012", "Tannerie Merle", when, "ROBE-38", 12, 1),
        ("4500013", "Tannerie Merle", when, "ROBE-36", 12, 1),
    ]
    assert [event.name for event in await make.events(shop.sessions)] == [
        "stock.purchase_order_expected"
    ] * 2
    report = await import_purchase_orders(shop, path)
    assert not any(report.counts.values())
    assert await make.events(shop.sessions) == []


async def test_a_later_file_changes_what_is_still_open(shop: Desk, tmp_path: Path) -> None:
    await import_purchase_orders(shop, make.write(tmp_path, [ROW]))
    later = {**ROW, "expected_on": "2026-04-09", "quantity": "10"}
    more = {**later, "sku": "ROBE-38", "quantity": "1"}
    report = await import_purchase_orders(shop, make.write(tmp_path, [later, more]))
    assert report.counts == {"purchase orders added": 0, "purchase orders changed": 1}
    when = "2026-04-09 17:00:00+00"
    assert await orders(shop) == [
        ("4500012", "Tannerie Merle", when, "ROBE-36", 10, 2),
        ("4500012", "Tannerie Merle", when, "ROBE-38", 1, 2),
    ]


WRONG = [
    ("purchase_order", "=1+1"),
    ("location", "NOWHERE"),
    ("expected_on", "2026-13-01"),
    ("sku", "NO-SUCH"),
    ("quantity", "0"),
    ("quantity", "-3"),
    ("quantity", "99999999999"),
]


@pytest.mark.parametrize(("column", "value"), WRONG)
async def test_one_wrong_value_refuses_the_whole_file(
    shop: Desk, tmp_path: Path, column: str, value: str
) -> None:
    wrong = {**ROW, "purchase_order": "4500099", column: value}
    report = await import_purchase_orders(shop, make.write(tmp_path, [ROW, wrong]))
    assert make.whys(report) == [(3, column)]
    assert await orders(shop) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("supplier", "Other"), ("location", "LYS1"), ("expected_on", "2026-04-03")],
)
async def test_a_file_that_contradicts_itself_is_refused(
    shop: Desk, tmp_path: Path, column: str, value: str
) -> None:
    rows = [ROW, {**ROW, "sku": "ROBE-38", column: value}]
    report = await import_purchase_orders(shop, make.write(tmp_path, rows))
    assert make.whys(report) == [(3, column)]


async def test_what_is_over_goes_elsewhere_or_came_already_is_refused(
    shop: Desk, tmp_path: Path
) -> None:
    await import_purchase_orders(shop, make.write(tmp_path, [ROW]))
    moved = await import_purchase_orders(shop, make.write(tmp_path, [{**ROW, "location": "LYS1"}]))
    assert make.whys(moved) == [(2, "location")]
    twice = await import_purchase_orders(shop, make.write(tmp_path, [ROW, ROW]))
    assert make.whys(twice) == [(3, "sku")]
    async with shop.sessions.begin() as db:
        await db.execute(text("UPDATE purchase_order_line SET received = 8"))
    less = await import_purchase_orders(shop, make.write(tmp_path, [{**ROW, "quantity": "7"}]))
    assert make.whys(less) == [(2, "quantity")]
    async with shop.sessions.begin() as db:
        await db.execute(
            text(
                "WITH over AS (UPDATE purchase_order SET state = 'closed' RETURNING id)"
                " INSERT INTO stock_paper_transition"
                " (paper_id, key, event, before, after, by, at)"
                " SELECT id, id, 'close', 'open', 'closed', 'test', now() FROM over"
            )
        )
        await db.execute(
            text(
                "INSERT INTO outbox (name, payload, happened_at)"
                " SELECT 'stock.purchase_order_closed',"
                " jsonb_build_object('purchase_order_id', id), now() FROM purchase_order"
            )
        )
    over = await import_purchase_orders(shop, make.write(tmp_path, [ROW]))
    assert make.whys(over) == [(2, "purchase_order")]
