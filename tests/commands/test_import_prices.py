from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sellier.commands.import_files import Desk, import_prices, import_products_file
from tests.commands import make

ROW = {"sku": "SAC-1-U", "market": "FR", "price": "1300.00 EUR"}


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    """A piece at 1,250.00 EUR, imported a day ago."""
    await make.group(desk.sessions)
    earlier = replace(desk, now=desk.now - timedelta(days=1))
    await import_products_file(earlier, make.write(tmp_path, [make.piece()]))
    await make.events(desk.sessions)
    return desk


async def prices(desk: Desk) -> list[Any]:
    query = (
        "SELECT m.code, price_minor, list_minor, valid_until IS NULL FROM price"
        " JOIN market m ON m.id = market_id ORDER BY m.code, valid_from"
    )
    async with desk.sessions() as db:
        return [tuple(row) for row in await db.execute(text(query))]


async def test_a_new_price_ends_the_one_before_and_keeps_it(shop: Desk, tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "market": "GB", "price": "1100.00 GBP"}]
    report = await import_prices(shop, make.write(tmp_path, rows))

    assert report.exit_code == 0, report.problems
    assert await prices(shop) == [
        ("FR", 125000, None, False),
        ("FR", 130000, None, True),
        ("GB", 110000, None, True),
    ]
    (event,) = await make.events(shop.sessions)
    assert event.name == "pricing.prices_changed"


async def test_the_same_prices_again_change_nothing(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [{**ROW, "sale_price": "999.00 EUR"}])
    await import_prices(shop, path)
    assert (await prices(shop))[-1] == ("FR", 99900, 130000, True)
    before = await make.held(shop.sessions)
    later = replace(shop, now=shop.now + timedelta(hours=1))
    report = await import_prices(later, path)

    assert await make.held(shop.sessions) == before
    assert report.counts == {"prices set": 0, "prices as they were": 1}


async def test_a_price_of_tomorrow_waits_and_can_be_given_again(shop: Desk, tmp_path: Path) -> None:
    tomorrow = (shop.now + timedelta(days=1)).date().isoformat()
    path = make.write(tmp_path, [{**ROW, "valid_from": tomorrow}])
    await import_prices(shop, path)
    before = await make.held(shop.sessions)
    await import_prices(shop, path)
    assert await make.held(shop.sessions) == before
    # Once its day has come, the same file still changes nothing.
    await import_prices(replace(shop, now=shop.now + timedelta(days=3)), path)
    assert await make.held(shop.sessions) == before

    # A price for today holds until the one already set for tomorrow.
    await import_prices(shop, make.write(tmp_path, [{**ROW, "price": "1275.00 EUR"}]))
    assert await prices(shop) == [
        ("FR", 125000, None, False),
        ("FR", 127500, None, False),
        ("FR", 130000, None, True),
    ]


async def test_a_price_given_twice_in_one_moment_is_corrected(shop: Desk, tmp_path: Path) -> None:
    await import_prices(shop, make.write(tmp_path, [ROW]))
    await import_prices(shop, make.write(tmp_path, [{**ROW, "price": "1400.00 EUR"}]))

    assert await prices(shop) == [("FR", 125000, None, False), ("FR", 140000, None, True)]


WRONG = [
    ("sku", "UNKNOWN"),
    ("sku", ""),
    ("market", "DE"),
    ("market", ""),
    ("price", "1300.00 GBP"),
    ("price", "Infinity EUR"),
    ("price", "13e2 EUR"),
    ("price", "99999999999.00 EUR"),
    ("sale_price", "1300.01 EUR"),
    ("sale_price", "0.00 EUR"),
    ("valid_from", "tomorrow"),
]


async def test_one_wrong_value_refuses_all_prices(shop: Desk, tmp_path: Path) -> None:
    before = await make.held(shop.sessions)
    for column, value in WRONG:
        good = {**ROW, "market": "GB", "price": "1.00 GBP", "sale_price": "", "valid_from": ""}
        bad = {**good, "market": "FR", "price": "1300.00 EUR", column: value}
        report = await import_prices(shop, make.write(tmp_path, [good, bad]))
        assert (3, column) in make.whys(report)
        assert await make.held(shop.sessions) == before


async def test_a_price_off_by_a_hundred_is_held_until_confirmed(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [{**ROW, "price": "125000.00 EUR"}])
    before = await make.held(shop.sessions)
    refused = await import_prices(shop, path)

    assert make.whys(refused) == [(2, "price")]
    assert await make.held(shop.sessions) == before
    assert (await import_prices(shop, path, confirmed=True)).exit_code == 0


async def test_two_prices_for_one_piece_in_one_market_are_refused(
    shop: Desk, tmp_path: Path
) -> None:
    report = await import_prices(shop, make.write(tmp_path, [ROW, ROW]))
    assert make.whys(report) == [(3, "sku")]
