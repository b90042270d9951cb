"""With JavaScript off everything is there; the buttons that a script presses show."""

import pytest
from playwright.async_api import expect

from tests.journeys import steps
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_without_script_one_searches_narrows_chooses_and_pays(visit: Visit) -> None:
    page = await visit("/en/", size="phone", script=False)
    await steps.search(page, "leather shoes")
    everything = await steps.number_in(page.locator(".toolbar-count"))
    await page.locator("#filters summary").click()
    option = page.locator(".facet-option:not(.is-empty)").first
    count = await steps.number_in(option.locator(".facet-count"))
    await option.click()
    await page.locator(".filters-foot button").click()
    await page.wait_for_url("**brand=**")
    assert await steps.number_in(page.locator(".toolbar-count")) == count <= everything
    await page.locator("select[name=sort]").select_option("price_up")
    await page.locator(".toolbar-sort button").click()
    await page.wait_for_url("**sort=price_up**")

    await page.locator(".tile-link").first.click()
    await steps.add_to_bag(page)
    await page.wait_for_url("**/cart**")
    await page.fill("input[name=quantity]", "2")
    await page.locator(".bag-actions button", has_text="Update").click()
    await expect(page.locator("input[name=quantity]")).to_have_value("2")
    await page.locator("input[name=quantity]").fill("1")
    await page.locator(".bag-actions button", has_text="Update").click()

    await page.locator(".summary-action a").click()
    await page.locator(".checkout-form button[type=submit]").click()
    await expect(page.locator(".notice.is-error")).to_be_visible()
    await steps.write_address(page, email="plain@example.com")
    await steps.to_payment(page)
    await steps.pay(page, steps.APPROVED)
    await expect(page.locator("h1")).to_contain_text("Thank you")


async def test_without_script_language_market_and_removal_work(visit: Visit) -> None:
    page = await visit("/en/", script=False)
    await steps.first_piece(page, "en", "category=accessories/belts")
    await steps.add_to_bag(page)
    await page.wait_for_url("**/cart**")
    await page.locator(".head-places summary").click()
    await page.locator(".head-places [hreflang=fr]").click()
    await page.wait_for_url("**/fr/cart**")
    await page.locator(".head-places summary").click()
    await page.locator(".head-places button[value=GB]").click()
    await expect(page.locator(".summary")).to_contain_text("£")
    await page.locator(".bag-actions button", has_text="Retirer").click()
    await steps.see(page, "Votre panier est vide")
