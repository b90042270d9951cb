"""What happens when a payment is refused, given up, left, or asked for twice."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.journeys import pieces, steps
from tests.journeys.conftest import PATIENCE_MS, Visit
from tests.journeys.demo import Demo
from tests.journeys.pieces import Scarce

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _refuse(page: Page) -> None:
    await steps.pay(page, steps.REFUSED)


async def _give_up(page: Page) -> None:
    await page.locator("form.leaving button").click()
    await page.wait_for_url("**/orders/**")


async def _press_twice(page: Page, button: str, *, leads_to: str) -> None:
    """Press before anything has happened: the second way there may break off the first."""
    await page.locator(button).dblclick()
    # Not `wait_for_url`, which takes what was broken off for the end of it.
    await expect(page).to_have_url(re.compile(re.escape(leads_to)), timeout=PATIENCE_MS)
    await page.wait_for_load_state()


@pytest.mark.parametrize("end", [_refuse, _give_up], ids=["refused", "given up"])
async def test_a_payment_not_made_costs_nothing_opens_the_bag_and_frees_the_stock(
    end: object, visit: Visit, demo: Demo, scarce: Scarce
) -> None:
    assert callable(end)
    piece = scarce.take("PD-PAR", "FR")
    page = await visit(f"/fr/p/{piece.code}")
    await steps.add_to_bag(page, piece.sku)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await steps.order(page, "fr", email="refus@example.com")
    kept = pieces.reserved(demo, piece.sku)
    await end(page)
    number = await steps.order_number(page)
    await steps.see(page, "débité")

    assert (kept, pieces.reserved(demo, piece.sku)) == (1, 0)
    await page.goto("/fr/cart")
    await expect(page.locator(".line-name")).to_have_count(1)
    await expect(page.locator('.summary-action a[href$="/checkout"]')).to_be_visible()
    await page.goto(f"{demo.payments_url}/")
    row = page.locator("tr", has_text=number)
    await expect(row.locator(".state")).not_to_have_class("state authorized")
    await expect(row.locator("td").nth(4)).not_to_contain_text("€")  # captured: nothing


async def test_the_bag_can_be_ordered_again_after_a_refusal(visit: Visit) -> None:
    page = await visit("/en/")
    await steps.first_piece(page, "en", "category=accessories/silk-squares&sort=price_up")
    await steps.add_to_bag(page)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await steps.order(page, "en", email="again@example.com")
    await steps.pay(page, steps.REFUSED)
    refused = await steps.order_number(page)
    await page.locator('a[href$="/checkout"]').first.click()
    await steps.write_address(page, email="again@example.com")
    await steps.to_payment(page)
    await steps.pay(page, steps.APPROVED)
    await expect(page.locator("h1")).to_contain_text("Thank you")
    assert await steps.order_number(page) != refused


async def test_leaving_coming_back_and_pressing_twice_make_one_order(
    visit: Visit, demo: Demo
) -> None:
    email = f"impatient.{uuid4().hex}@example.com"
    page = await visit("/en/")
    await steps.first_piece(page, "en", "category=accessories/belts")
    await steps.add_to_bag(page)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await steps.to_checkout(page, "en")
    await steps.write_address(page, email=email)
    await _press_twice(page, ".checkout-form button[type=submit]", leads_to="/pay/")
    await page.go_back()
    await page.goto("/en/cart")  # left for the shop, and back through the bag
    await page.locator(".summary-action a").click()
    await page.wait_for_url("**/orders/**")
    await page.reload()
    await page.locator(".order-head a[href*='/pay/']").click()
    await page.wait_for_url("**/pay/**")
    await page.reload()
    await page.locator('.trials a[href$="card=approved"]').click()
    await _press_twice(page, "form#card button.go", leads_to="/orders/")
    await expect(page.locator("h1")).to_contain_text("Thank you")
    await page.reload()
    await page.go_back()
    await page.go_forward()
    await expect(page.locator("h1")).to_contain_text("Thank you")

    assert pieces.payments_of(demo, email) == ["authorized"]


async def test_a_second_step_at_the_bank_is_taken(visit: Visit) -> None:
    page = await visit("/fr/")
    await steps.first_piece(page, "fr", "category=accessories/belts")
    await steps.add_to_bag(page)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await steps.order(page, "fr", email="banque@example.com")
    await page.locator('.trials a[href$="card=second_step"]').click()
    await page.locator("form#card button.go").click()
    await page.fill("#code", await page.locator("#test-code .num").inner_text())
    await page.locator("main form button.go").click()
    await page.wait_for_url("**/orders/**")
    await expect(page.locator("h1")).to_contain_text("Merci")
