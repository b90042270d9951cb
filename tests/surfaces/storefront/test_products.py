import json
import re

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColorText
from tests.domain.carriers import make as carriers
from tests.surfaces.storefront.make import Visitor

Sessions = async_sessionmaker[AsyncSession]


async def test_a_piece_says_what_is_left_and_where_it_is(visitor: Visitor) -> None:
    page = (await visitor.get("/en/p/RED")).text
    assert "€590" in page
    assert 'value="RED-37"' in page
    assert re.search(r'value="RED-38" required disabled', page)
    assert "2 left" in page
    assert "Rue Mercière" in page


async def test_machines_read_a_product_group_with_an_offer_a_size(visitor: Visitor) -> None:
    answer = await visitor.get("/fr/p/RED")
    found = re.search(
        r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', answer.text
    )
    assert found
    assert f"'nonce-{found.group(1)}'" in answer.headers["content-security-policy"]
    told = json.loads(found.group(2))
    assert told["@type"] == "ProductGroup"
    offers = {one["sku"]: one["offers"] for one in told["hasVariant"]}
    assert offers["RED-37"]["price"] == "590.00"
    assert offers["RED-37"]["priceCurrency"] == "EUR"
    assert offers["RED-37"]["availability"] == "https://schema.org/InStock"
    assert offers["RED-38"]["availability"] == "https://schema.org/OutOfStock"


async def test_a_text_cannot_leave_the_data_it_stands_in(
    visitor: Visitor, sessions: Sessions
) -> None:
    hostile = "</script><script>alert(1)</script>"
    async with sessions.begin() as db:
        await db.execute(update(StyleColorText).values(title=hostile, description=hostile))
    page = (await visitor.get("/fr/p/RED")).text
    assert "<script>alert" not in page


async def test_each_language_points_to_the_other(visitor: Visitor) -> None:
    page = (await visitor.get("/fr/p/RED")).text
    assert '<link rel="alternate" hreflang="en" href="http://127.0.0.1:8000/en/p/RED">' in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/fr/p/RED">' in page


async def test_where_it_is_comes_as_a_fragment_too(visitor: Visitor) -> None:
    part = await visitor.get("/fr/p/RED/locations", **{"hx-request": "true"})
    assert "Rue Mercière" in part.text
    assert "<html" not in part.text
    assert "<html" in (await visitor.get("/fr/p/RED/locations")).text


@pytest.mark.parametrize("path", ["/fr/p/NONE", "/fr/p/NONE/locations", "/de/p/RED", "/fr/p/%00"])
async def test_what_is_not_shown_here_is_not_found(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404


async def test_a_market_without_a_listing_does_not_show_the_piece(visitor: Visitor) -> None:
    answer = await visitor.post("/market", market="GB", next="/fr/p/RED")
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/p/RED")
    assert (await visitor.get("/fr/p/RED")).status_code == 404
    assert "Ballerine" not in (await visitor.get("/fr/list")).text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/fr/", "/fr//\\evil", "/api/v1", "/fr/ x"]
)
async def test_a_choice_leads_back_to_pages_of_ours_only(visitor: Visitor, wanted: str) -> None:
    answer = await visitor.post("/market", market="FR", next=wanted)
    assert answer.headers["location"] == "/"


async def test_crawlers_find_pieces_in_both_languages(visitor: Visitor) -> None:
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in (await visitor.get("/robots.txt")).text
    assert "/sitemaps/0.xml" in (await visitor.get("/sitemap.xml")).text
    listed = (await visitor.get("/sitemaps/0.xml")).text
    assert "http://127.0.0.1:8000/fr/p/RED" in listed
    assert "http://127.0.0.1:8000/en/p/BLACK" in listed
    assert (await visitor.get("/sitemaps/9.xml")).status_code == 404


async def test_a_piece_says_when_it_would_be_there(visitor: Visitor, sessions: Sessions) -> None:
    async with sessions.begin() as db:
        await carriers.keep(db, carriers.lane())
    # The tests' clock says Monday the 2nd of March, noon in UTC.
    english, french = [(await visitor.get(f"/{lang}/p/RED")).text for lang in ("en", "fr")]
    assert "Delivered between Tue 3 and Wed 4 March, free" in english
    assert "Collect today from 14:00" in english
    assert "Livraison entre le mardi 3 et le mercredi 4 mars, offerte" in french
    assert re.search("Retrait aujourd.hui dès 14:00", french)

    await visitor.add("RED-37")
    for path in ("/en/cart", "/en/checkout"):
        assert "Delivered between Tue 3 and Wed 4 March" in (await visitor.get(path)).text


async def test_without_lanes_nothing_is_promised(visitor: Visitor) -> None:
    page = (await visitor.get("/en/p/RED")).text
    assert "Delivered" not in page
    assert "Collect today" in page
