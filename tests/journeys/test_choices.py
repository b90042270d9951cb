"""Language, country and shop can be changed anywhere, and one stays where one was."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_change_of_language_keeps_the_list_and_its_filters(visit: Visit) -> None:
    page = await visit("/fr/list?category=shoes&color=black&sort=price_up")
    pieces = await steps.number_in(page.locator(".toolbar-count"))
    await page.locator(".head-places summary").click()
    await page.locator(".head-places [hreflang=en]").click()
    await page.wait_for_url("**/en/list**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"category": ["shoes"], "color": ["black"], "sort": ["price_up"]}
    assert await steps.number_in(page.locator(".toolbar-count")) == pieces


async def test_a_change_of_country_keeps_the_piece_and_changes_its_price(visit: Visit) -> None:
    page = await visit("/en/")
    address = await steps.first_piece(page, "en", "category=shoes")
    await expect(page.locator(".piece-price")).to_contain_text("€")
    await steps.choose_market(page, "GB", size="desk")
    await expect(page.locator(".piece-price")).to_contain_text("£")
    await steps.choose_market(page, "US", size="desk")
    await expect(page.locator(".piece-price")).to_contain_text("$")
    assert page.url == address


async def test_a_change_of_country_takes_the_bag_along(visit: Visit) -> None:
    page = await visit("/en/")
    await steps.first_piece(page, "en", "category=accessories/belts")
    await steps.add_to_bag(page)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await page.goto("/en/cart")
    await steps.choose_market(page, "GB", size="desk")
    await expect(page.locator(".line-name")).to_have_count(1)
    await expect(page.locator(".summary")).to_contain_text("£")


async def test_every_shop_of_the_group_has_its_own_sign_and_shelves(visit: Visit) -> None:
    page = await visit("/fr/list")
    counts = set()
    for code in ("fleur-de-peau", "grand-large", "place-dauphine"):
        await page.goto(f"/banner/{code}")
        await page.goto("/fr/list")
        await expect(page.locator("html")).to_have_attribute("data-theme", code)
        counts.add(await steps.number_in(page.locator(".toolbar-count")))
    assert len(counts) == 3


@pytest.mark.parametrize("path", ["/fr/rien", "/en/p/gone", "/nowhere", "/en/orders/ord_none"])
async def test_an_unknown_address_is_answered_with_a_way_on(visit: Visit, path: str) -> None:
    page = await visit("/")
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 404
    await expect(page.locator("h1")).to_be_visible()
    await page.locator("main a").first.click()
    await expect(page.locator("html[data-surface=storefront]")).to_be_visible()
