"""The main road: found, bought, sent, read. In French at a desk, in English on a phone."""

import asyncio
import time
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.journeys import steps, tour
from tests.journeys.conftest import Size, Visit
from tests.journeys.demo import Demo
from tests.journeys.pieces import Piece, Scarce

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A customer, and the boutique that will send the piece."""

    lang: str
    size: Size
    country: str
    currency: str
    place: str
    city: str
    associate: str
    thanks: str
    placed: str


CASES = (
    Case(
        lang="fr",
        size="desk",
        country="FR",
        currency="€",
        place="PD-PAR",
        city="Paris",
        associate=tour.ASSOCIATE,
        thanks="Merci",
        placed="passée",
    ),
    Case(
        lang="en",
        size="phone",
        country="GB",
        currency="£",
        place="PD-LON",
        city="London",
        associate="rosalind@place-dauphine.example",
        thanks="Thank you",
        placed="placed",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.lang)
async def test_a_piece_is_found_bought_seen_leaving_the_boutique_and_read_at_the_desk(
    case: Case, visit: Visit, demo: Demo, scarce: Scarce
) -> None:
    piece = scarce.take(case.place, case.country)
    email = f"ines.{case.lang}@example.com"
    boutique = await visit("/", size=case.size)
    await _sign_in(boutique, demo, case.associate, case, door="/boutique")
    before = await _on_hand_and_available(boutique, piece)

    shop = await visit(f"/{case.lang}/", size=case.size)
    if case.country != "FR":
        await steps.choose_market(shop, case.country, size=case.size)
    await _find(shop, piece, case)
    await expect(shop.locator(".piece-price")).to_contain_text(case.currency)
    await expect(shop.locator("#locations")).to_contain_text(case.city)
    await steps.add_to_bag(shop, piece.sku)
    await expect(shop.locator(".bag-count")).to_have_text("1")
    await steps.to_checkout(shop, case.lang)
    await steps.see(shop, case.city)
    await steps.write_address(shop, email=email, country=case.country)
    await steps.to_payment(shop)
    await steps.pay(shop, steps.APPROVED)
    await expect(shop.locator("h1")).to_contain_text(case.thanks)
    await expect(shop.locator("html")).to_have_attribute("lang", case.lang)
    number = await steps.order_number(shop)
    await expect(shop.locator(".bag-count")).to_have_count(0)

    after = await _on_hand_and_available(boutique, piece)
    assert after == (before[0], before[1] - 1), "the unit is kept for this order"
    await _prepare(boutique, number, piece, case)
    await _read_at_the_desk(visit, demo, number, case)
    letter = await _letter(demo, email)
    assert number in letter


async def _find(page: Page, piece: Piece, case: Case) -> None:
    """Search in a few words, narrow, and open the piece."""
    await steps.search(page, " ".join(piece.titles[case.lang].split()[:3]))
    await steps.open_filters(page, size=case.size)
    option = page.locator("#facet-brand .facet-option", has_text=piece.brand)
    if await option.count():  # words that name one maison leave nothing to choose
        await steps.narrow(page, option.first)
        await expect(page.locator(".chip").first).to_contain_text(piece.brand)
    await steps.close_filters(page, size=case.size)
    await page.locator(f'.tile-link[href="/{case.lang}/p/{piece.code}"]').click()
    await page.wait_for_url(f"**/p/{piece.code}")
    await expect(page.locator("h1")).to_be_visible()


async def _sign_in(page: Page, demo: Demo, email: str, case: Case, *, door: str) -> None:
    await page.goto(f"/staff/sign-in?lang={case.lang}")
    await steps.sign_in(page, email, demo.password, door=door)
    await expect(page.locator("html")).to_have_attribute("lang", case.lang)


async def _on_hand_and_available(page: Page, piece: Piece) -> tuple[int, int]:
    """Scan the tag and read the row of this boutique."""
    await page.goto("/boutique/lookup")
    await page.fill("#q", piece.sku)
    await page.press("#q", "Enter")
    await page.wait_for_url("**/boutique/pieces/**")
    row = page.locator("tr.is-chosen td")
    return await steps.number_in(row.first), await steps.number_in(row.last)


async def _prepare(page: Page, number: str, piece: Piece, case: Case) -> None:
    await page.goto("/boutique/orders")
    await page.locator("a.waiting", has_text=number).click()
    await page.wait_for_url("**/boutique/work/**")
    await steps.see(page, piece.titles[case.lang])
    await steps.see(page, piece.sku)


async def _read_at_the_desk(visit: Visit, demo: Demo, number: str, case: Case) -> None:
    desk = await visit("/", size=case.size)
    await _sign_in(desk, demo, tour.ORDER_DESK, case, door="/studio")
    await desk.goto(f"/studio/orders?q={number}")
    await desk.locator("a.row-link", has_text=number).click()
    await desk.wait_for_url(f"**/{number}")
    await steps.see(desk, case.city)
    history = desk.locator("section[aria-labelledby=history] li")
    assert await history.count() >= 3
    await expect(history.first).to_contain_text(case.placed)


async def _letter(demo: Demo, email: str) -> str:
    """Wait for the confirmation, which the worker sends."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := demo.mails(email):
            return f"{found[0]['subject']} {found[0]['text']}"
        await asyncio.sleep(0.3)
    raise AssertionError(f"no mail to {email}")
