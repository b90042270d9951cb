"""Another size: bought, sent, delivered, given back, and the other one goes out."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys import steps, tour
from tests.journeys.conftest import Visit
from tests.journeys.demo import Demo
from tests.journeys.pieces import Piece, Scarce
from tests.journeys.watching import objections

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONWARD = 4  # picked up, on the way, out for delivery, delivered


async def test_a_delivered_piece_is_exchanged_for_another_size(
    visit: Visit, demo: Demo, scarce: Scarce
) -> None:
    piece = scarce.take("PD-PAR", "FR", sizes=2)
    shop = await visit("/fr/")
    number = await _buy(shop, piece)
    order = shop.url
    boutique = await _at_work(visit, demo, tour.ASSOCIATE, door="/boutique")
    parcel = await _send(boutique, number)
    await _carry(await visit(f"{demo.payments_url}/carrier?lang=fr"), parcel)
    await steps.wait_for(shop, "Livrées.")

    other = await _ask_for_another_size(shop, piece)
    back = shop.url
    await steps.see(shop, "Mise de côté pour vous")
    assert await objections(shop) == []
    desk = await _at_work(visit, demo, tour.ORDER_DESK, door="/studio")
    assert await _told(desk, number, "Une pièce a été réservée") == 1
    assert await _told(desk, number, "La pièce réservée peut partir") == 0

    await _take_back(boutique, back.rpartition("/")[2])
    await shop.goto(back)
    await expect(shop.locator("h1")).to_have_text("Votre nouvelle pièce part.")
    await steps.see(shop, "En préparation")
    await shop.goto(order)
    await steps.see(shop, "En attente de préparation")
    assert await objections(shop) == []
    assert await _told(desk, number, "La pièce réservée peut partir") == 1
    await steps.see(desk, other)
    await steps.see(desk, "Proposée")
    assert await objections(desk) == []


async def _buy(page: Page, piece: Piece) -> str:
    await page.goto(f"/fr/p/{piece.code}")
    await steps.add_to_bag(page, piece.sku)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await steps.order(page, "fr", email="ines.exchange@example.com")
    await steps.pay(page, steps.APPROVED)
    return await steps.order_number(page)


async def _at_work(visit: Visit, demo: Demo, email: str, *, door: str) -> Page:
    page = await visit("/staff/sign-in?lang=fr")
    await steps.sign_in(page, email, demo.password, door=door)
    return page


async def _send(page: Page, number: str) -> str:
    """Do all that the boutique does for an order; return the number on its label."""
    await page.goto("/boutique/orders")
    await page.locator("a.waiting", has_text=number).click()
    await page.wait_for_url("**/boutique/work/**")
    for expected in ("accepted", "found", "picked", "packed"):
        assert await steps.work_on(page) == expected
    parcel = await page.locator(".label-number").inner_text()
    assert await objections(page) == []
    assert await steps.work_on(page) == "handed over"
    return parcel


async def _carry(page: Page, parcel: str) -> None:
    """Bring the parcel at the carrier's desk: by itself it would take a minute."""
    row = f"tr:has(a[href*='/track/{parcel}'])"
    for _ in range(ONWARD):
        await steps.press(page, f"{row} button[value=next]")
    await expect(page.locator(f"{row} .state.delivered")).to_be_visible()


async def _ask_for_another_size(page: Page, piece: Piece) -> str:
    """Announce an exchange from the page of the order; return the SKU that is wanted."""
    await page.locator("a[href$='/return']").click()
    await page.select_option("#units-1", "1")
    await page.select_option("#reason-1", "too_small")
    sizes = page.locator(f"#instead-1 optgroup:first-of-type option:not([value='{piece.sku}'])")
    wanted = await sizes.first.get_attribute("value") or ""
    await page.select_option("#instead-1", wanted)
    await page.locator("input[name=way][value=boutique]").check(force=True)
    assert await objections(page) == []
    await page.locator("form.checkout-form button[type=submit]").click()
    await page.wait_for_url("**/returns/**")
    await expect(page.locator("h1")).to_have_text("Votre échange est annoncé.")
    return wanted


async def _take_back(page: Page, number: str) -> None:
    """Find the return by its number, take the piece in, and find nothing wrong with it."""
    await page.goto("/boutique/returns")
    await page.fill("#q", number)
    await page.press("#q", "Enter")
    await page.wait_for_url(f"**/boutique/returns/{number}")
    await steps.press(page, "form[action$='/reception'] button")
    await page.select_option("#look-1-0", "as_new")
    await page.select_option("#disposition-1-0", "restock")
    assert await objections(page) == []
    await steps.press(page, "form[action$='/inspection'] button[type=submit]")
    await steps.see(page, "Ce que le client a choisi en échange part.")


async def _told(page: Page, number: str, words: str) -> int:
    """Count how often the history of an order says something."""
    await page.goto(f"/studio/orders/{number}")
    said = await page.locator("section[aria-labelledby=history] .timeline-title").all_inner_texts()
    return said.count(words)
