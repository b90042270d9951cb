import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from sellier.commands.import_files import Desk, import_prices, import_products_file
from tests.commands import make


@pytest.fixture
async def shop(desk: Desk) -> Desk:
    await make.group(desk.sessions)
    return desk


async def rows_of(desk: Desk, query: str) -> list[Any]:
    async with desk.sessions() as db:
        return [tuple(row) for row in await db.execute(text(query))]


async def test_a_feed_becomes_pieces_with_texts_prices_and_listings(
    shop: Desk, tmp_path: Path
) -> None:
    rows = [*make.piece_in_sizes("M", "S", "XL", style_color_id="R-1"), make.piece()]
    report = await import_products_file(shop, make.write(tmp_path, rows))

    assert report.exit_code == 0, report.problems
    assert report.counts["SKUs added"] == 4
    assert await rows_of(shop, "SELECT sku FROM variant WHERE size > '' ORDER BY position") == [
        ("ROBE-S",),
        ("ROBE-M",),
        ("ROBE-XL",),
    ]
    assert await rows_of(
        shop,
        "SELECT s.code, color_family, title, language, facts ->> 'Lining' FROM style_color s"
        " JOIN style_color_text ON style_color_id = s.id ORDER BY s.code",
    ) == [
        ("R-1", "black", "Quai tote", "en", "Suede, goat"),
        ("SAC-1-NOIR", "black", "Quai tote", "en", "Suede, goat"),
    ]
    assert await rows_of(shop, "SELECT path, names FROM category ORDER BY path") == [
        ("bags", {"en": "Bags"}),
        ("bags/totes", {"en": "Totes"}),
    ]
    assert await rows_of(shop, "SELECT DISTINCT price_minor, currency FROM price") == [
        (125000, "EUR")
    ]
    listed = await rows_of(shop, "SELECT count(*), count(DISTINCT market_id) FROM listing")
    assert listed == [(4, 2)]
    names = sorted(event.name for event in await make.events(shop.sessions))
    assert names == [
        "catalog.listings_changed",
        "catalog.style_colors_changed",
        "pricing.prices_changed",
    ]


async def test_the_same_feed_again_changes_and_announces_nothing(
    shop: Desk, tmp_path: Path
) -> None:
    path = make.write(tmp_path, [make.piece(), *make.piece_in_sizes("38", "40")])
    await import_products_file(shop, path)
    before = await make.held(shop.sessions)
    report = await import_products_file(shop, path)

    assert await make.held(shop.sessions) == before
    assert report.counts["SKUs as they were"] == 3
    assert report.counts["prices as they were"] == 3


async def test_a_changed_feed_changes_only_what_it_says(shop: Desk, tmp_path: Path) -> None:
    first = [make.piece(), make.piece(id="B", style_color_id="B", title="Other", gtin="")]
    await import_products_file(shop, make.write(tmp_path, first))
    await make.events(shop.sessions)
    before = await make.held(shop.sessions)
    # Neither the other piece nor the columns left out are touched.
    changed = {"id": "B", "title": "Renamed", "brand": "Maison Quai", "style_color_id": "B"}
    changed["item_group_id"] = "SAC-1"
    report = await import_products_file(shop, make.write(tmp_path, [changed]))
    after = await make.held(shop.sessions)

    assert report.exit_code == 0, report.problems
    assert {table for table in before if before[table] != after[table]} == {
        "style_color_text",
        "outbox",
    }
    (event,) = await make.events(shop.sessions)
    code = await rows_of(shop, "SELECT id::text FROM style_color WHERE code = 'B'")
    assert event.payload["style_color_ids"] == [code[0][0]]


async def test_a_feed_in_a_second_language_names_and_moves_nothing(
    shop: Desk, tmp_path: Path
) -> None:
    await import_products_file(shop, make.write(tmp_path, [make.piece()]))
    before = await make.held(shop.sessions)
    french = make.piece(
        title="Cabas Quai",
        color="Noir",
        product_type="Sacs > Cabas",
        style_color_id="",
        price="9.00 EUR",
    )
    path = make.write(tmp_path, [french])
    report = await import_products_file(shop, path, language="fr")
    after = await make.held(shop.sessions)

    assert report.exit_code == 0, report.problems
    assert {table for table in before if before[table] != after[table]} == {
        "style_color_text",
        "category",
        "outbox",
    }
    assert await rows_of(shop, "SELECT names FROM category ORDER BY path") == [
        ({"en": "Bags", "fr": "Sacs"},),
        ({"en": "Totes", "fr": "Cabas"},),
    ]
    again = await import_products_file(shop, path, language="fr")
    assert await make.held(shop.sessions) == after
    assert again.exit_code == 0

    unknown = make.write(tmp_path, [make.piece(id="NEW", style_color_id="NEW")])
    refused = await import_products_file(shop, unknown, language="fr")
    assert make.whys(refused) == [(2, "id")]
    # Without being told, a file is in the language the catalog began with.
    assert (await import_products_file(shop, unknown)).exit_code == 0


async def test_a_catalog_may_begin_in_french(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [make.piece(product_type="Sacs > Cabas")])
    await import_products_file(shop, path, language="fr")
    before = await make.held(shop.sessions)
    await import_products_file(shop, path)

    assert await make.held(shop.sessions) == before
    assert await rows_of(shop, "SELECT path FROM category ORDER BY path") == [
        ("sacs",),
        ("sacs/cabas",),
    ]


WRONG = [
    ("id", ""),
    ("id", "=HYPERLINK()"),
    ("id", "x" * 51),
    ("id", "A\u200f1"),
    ("style_color_id", "../admin"),
    ("title", ""),
    ("title", "x" * 151),
    ("title", "Bag\u202egab"),
    ("brand", ""),
    ("price", "NaN EUR"),
    ("price", "1e30000000 EUR"),
    ("price", "-5.00 EUR"),
    ("price", "1,250.00 EUR"),
    ("price", "5.00 CHF"),
    ("sale_price", "1300.00 EUR"),
    ("sale_price", "1000.00 GBP"),
    ("gtin", "4006381333932"),
    ("gender", "woman"),
    ("condition", "fine"),
    ("availability", "maybe"),
    ("color_family", "blackish"),
    ("product_type", "Bags > > Totes"),
]


async def test_one_wrong_value_refuses_the_whole_feed(shop: Desk, tmp_path: Path) -> None:
    before = await make.held(shop.sessions)
    for column, value in WRONG:
        bad = make.piece(id="BAD", style_color_id="BAD", color_family="")
        rows = [make.piece(color_family=""), {**bad, column: value}]
        report = await import_products_file(shop, make.write(tmp_path, rows))
        assert (3, column) in make.whys(report)
        assert report.exit_code == 1
        assert await make.held(shop.sessions) == before


async def test_rows_that_contradict_one_another_are_refused_or_told(
    shop: Desk, tmp_path: Path
) -> None:
    twice = [make.piece(), make.piece(title="Again")]
    report = await import_products_file(shop, make.write(tmp_path, twice))
    assert make.whys(report) == [(3, "id")]

    shared = [make.piece(), make.piece(id="2", item_group_id="OTHER")]
    report = await import_products_file(shop, make.write(tmp_path, shared))
    assert [column for _, column in make.whys(report)] == ["style_color_id"]

    differing = [make.piece(), make.piece(id="2", title="Something else")]
    report = await import_products_file(shop, make.write(tmp_path, differing))
    assert report.exit_code == 0
    assert [remark.line for remark in report.remarks] == [3]
    assert await rows_of(shop, "SELECT title FROM style_color_text") == [("Quai tote",)]


async def test_long_descriptions_are_cut_and_free_pieces_not_sold(
    shop: Desk, tmp_path: Path
) -> None:
    rows = [make.piece(description="word " * 2_000, price="0.00 EUR")]
    report = await import_products_file(shop, make.write(tmp_path, rows))

    assert report.exit_code == 0
    assert sorted(remark.column for remark in report.remarks) == ["description", "price"]
    assert await rows_of(shop, "SELECT length(description) FROM style_color_text") == [(5000,)]
    assert await rows_of(shop, "SELECT count(*) FROM price") == [(0,)]


async def test_xml_and_gzip_say_the_same_as_csv(shop: Desk, tmp_path: Path) -> None:
    await import_products_file(shop, make.write(tmp_path, [make.piece()]))
    before = await make.held(shop.sessions)
    items = "".join(f"<g:{k}>{v.replace('>', '&gt;')}</g:{k}>" for k, v in make.PIECE.items() if v)
    feed = (
        '<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
        f"<title>Feed</title><item>{items}</item></channel></rss>"
    )
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(gzip.compress(feed.encode()))
    report = await import_products_file(shop, path)

    assert report.exit_code == 0, report.problems
    assert await make.held(shop.sessions) == before


async def test_what_a_channel_withdrew_stays_withdrawn(shop: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [make.piece()])
    await import_products_file(shop, path)
    async with shop.sessions.begin() as db:
        await db.execute(text("UPDATE listing SET listed_until = listed_from + interval '1 s'"))
    before = await make.held(shop.sessions)
    await import_products_file(shop, path)
    assert await make.held(shop.sessions) == before

    other = make.write(tmp_path, [make.piece(id="N", style_color_id="N")])
    await import_products_file(shop, other, channel="none")
    assert await rows_of(shop, "SELECT count(*) FROM listing") == [(2,)]
    wrong = await import_products_file(shop, other, channel="nowhere")
    assert wrong.exit_code == 2


async def test_a_reduction_set_elsewhere_outlives_a_feed_that_knows_none(
    shop: Desk, tmp_path: Path
) -> None:
    row = make.piece()
    del row["sale_price"]
    path = make.write(tmp_path, [row])
    await import_products_file(shop, path)
    reduced = {"sku": "SAC-1-U", "market": "FR", "price": "1250.00 EUR"}
    prices = make.write(tmp_path, [{**reduced, "sale_price": "900.00 EUR"}], "prices.csv")
    await import_prices(shop, prices)
    before = await make.held(shop.sessions)
    await import_products_file(shop, path)

    assert await make.held(shop.sessions) == before


async def test_many_prices_that_jump_wait_for_a_person(shop: Desk, tmp_path: Path) -> None:
    rows = [make.piece(id=f"P{i}", style_color_id=f"P{i}", gtin="") for i in range(10)]
    await import_products_file(shop, make.write(tmp_path, rows))
    before = await make.held(shop.sessions)
    off = make.write(tmp_path, [{**row, "price": "12.50 EUR"} for row in rows[:3]] + rows[3:])
    refused = await import_products_file(shop, off)

    assert refused.exit_code == 1
    assert "--confirm-prices" in refused.problems[0].why
    assert await make.held(shop.sessions) == before
    # Two in ten may jump unasked.
    few = make.write(tmp_path, [{**row, "price": "12.50 EUR"} for row in rows[:2]] + rows[2:])
    assert (await import_products_file(shop, few)).exit_code == 0
    assert (await import_products_file(shop, off, confirmed=True)).exit_code == 0


async def test_events_carry_five_hundred_ids_at_most(shop: Desk, tmp_path: Path) -> None:
    rows = [make.piece(id=f"P{i}", style_color_id=f"P{i}", gtin="") for i in range(1_001)]
    await import_products_file(shop, make.write(tmp_path, rows))
    sizes = [
        len(event.payload["style_color_ids"])
        for event in await make.events(shop.sessions)
        if event.name == "catalog.style_colors_changed"
    ]
    assert sorted(sizes) == [1, 500, 500]


async def test_a_rehearsal_of_a_feed_changes_nothing(shop: Desk, tmp_path: Path) -> None:
    before = await make.held(shop.sessions)
    path = make.write(tmp_path, [make.piece()])
    report = await import_products_file(replace(shop, dry_run=True), path)

    assert report.counts["SKUs added"] == 1
    assert await make.held(shop.sessions) == before
