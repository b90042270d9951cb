"""What a customer and the people of the house do, one step each."""

import time
from typing import Final

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as Late

APPROVED: Final = "approved"
REFUSED: Final = "no_funds"
PAGE_SIZE: Final = 24
LABEL_WAIT_MS: Final = 8_000
TOLD_WITHIN_S: Final = 15

ADDRESSES: Final = {
    "FR": {"line1": "12 rue des Lilas", "postal_code": "69002", "city": "Lyon"},
    "GB": {"line1": "4 Fern Lane", "postal_code": "EC1A 1BB", "city": "London"},
}

# What the page of a piece of work offers, and what is done by pressing it.
WORK: Final = (
    ("form[action$='/acceptance'] button", "accepted"),
    (".is-first form[action$='/picking'] button", "picked"),
    (".picks form[action$='/scans'] button", "found"),
    ("form[action$='/packing'] button", "packed"),
    ("form[action$='/readiness'] button", "put aside"),
)
HAND_OVER: Final = "form[action$='/handover'] button"


async def open_list(page: Page, lang: str, query: str) -> None:
    await page.goto(f"/{lang}/list?{query}")


async def search(page: Page, words: str) -> None:
    """Type into the field at the top, as one does on any page."""
    await page.fill("#q", words)
    await page.press("#q", "Enter")
    await page.wait_for_url("**/list?**")


async def first_piece(page: Page, lang: str, query: str) -> str:
    """Open the first piece of a list and return its address."""
    await open_list(page, lang, query)
    await page.locator(".tile-link").first.click()
    await page.wait_for_url(f"**/{lang}/p/**")
    return page.url


async def choose_size(page: Page, sku: str | None = None) -> None:
    """Choose a size where there is a choice; the first one to be had unless told."""
    wanted = f'[value="{sku}"]' if sku else ""
    sizes = page.locator(f".size:has(.size-input{wanted}:not([disabled]))")
    if await page.locator(".size-input").count():
        await sizes.first.click()


async def add_to_bag(page: Page, sku: str | None = None) -> None:
    await choose_size(page, sku)
    await page.locator(".piece-form button[type=submit]").click()


async def to_checkout(page: Page, lang: str) -> None:
    await page.goto(f"/{lang}/cart")
    await page.locator(".summary-action a").click()
    await page.wait_for_url("**/checkout")


async def write_address(page: Page, *, email: str, country: str = "FR") -> None:
    await page.fill("#email", email)
    await page.fill("#name", "Inès Delmas")
    for field, value in ADDRESSES[country].items():
        await page.fill(f"#{field}", value)


async def to_payment(page: Page) -> None:
    await page.locator(".checkout-form button[type=submit]").click()
    await page.wait_for_url("**/pay/**")


async def order(page: Page, lang: str, *, email: str, country: str = "FR") -> None:
    """From the bag to the payment page."""
    await to_checkout(page, lang)
    await write_address(page, email=email, country=country)
    await to_payment(page)


async def pay(page: Page, card: str) -> None:
    """Choose a test card on the provider's page and send it."""
    await page.locator(f'.trials a[href$="card={card}"]').click()
    await page.locator("form#card button.go").click()
    await page.wait_for_url("**/orders/**")


async def order_number(page: Page) -> str:
    text = await page.locator(".order-number").inner_text()
    return next(word for word in text.split() if any(c.isdigit() for c in word) and "-" in word)


async def sign_in(page: Page, email: str, password: str, *, door: str) -> None:
    """Go through the sign-in page to the door that opens to this person."""
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url(f"**{door}*")


async def choose_market(page: Page, code: str, *, size: str) -> None:
    """Change the country at the top of the page, wherever one is."""
    await page.locator(".menu summary" if size == "phone" else ".head-places summary").first.click()
    within = ".menu-panel" if size == "phone" else ".head-places"
    async with page.expect_navigation():
        await page.locator(f"{within} button[name=market][value={code}]").click()


async def open_filters(page: Page, *, size: str) -> None:
    if size == "phone":
        await page.locator("#filters summary").click()


async def close_filters(page: Page, *, size: str) -> None:
    if size == "phone" and await page.locator("#filters[open]").count():
        await page.locator("#filters summary").click()


async def narrow(page: Page, option: Locator) -> None:
    """Check a filter, folded or not: as many pieces remain as stood beside it."""
    folded = option.locator("xpath=ancestor::details[starts-with(@class, 'facet') and not(@open)]")
    while await folded.count():
        await folded.first.locator("> summary").click()
    count = await number_in(option.locator(".facet-count"))
    await option.click()
    await expect(page.locator(".chip").first).to_be_visible()
    assert await number_in(page.locator(".toolbar-count")) == count
    assert await page.locator(".tile").count() == min(count, PAGE_SIZE)


async def number_in(found: Locator) -> int:
    """Read a count as people see it: `1 411 pièces` is 1411."""
    text = await found.inner_text()
    return int("".join(c for c in text if c.isdigit()) or "0")


async def see(page: Page, text: str) -> None:
    await expect(page.locator("main")).to_contain_text(text)


async def wait_for(page: Page, text: str) -> None:
    """Look at a page again and again until it tells what happens elsewhere."""
    deadline = time.monotonic() + TOLD_WITHIN_S
    while time.monotonic() < deadline and text not in await page.locator("main").inner_text():
        await page.wait_for_timeout(300)
        await page.reload()
    await see(page, text)


async def press(page: Page, button: str) -> None:
    """Press a button that leads to another page, or to this one as it is then."""
    async with page.expect_navigation(wait_until="domcontentloaded"):
        await page.locator(button).first.click()


async def work_on(page: Page) -> str | None:
    """Do what the page of a piece of work asks for next; None when there is nothing to press."""
    for button, done in WORK:
        if await page.locator(button).count():
            await press(page, button)
            return done
    return await _hand_over(page) if await page.locator("#label").count() else None


async def _hand_over(page: Page) -> str | None:
    """Wait for the label, which comes by itself, and give the parcel to the carrier."""
    try:
        await page.locator(HAND_OVER).first.wait_for(timeout=LABEL_WAIT_MS)
    except Late:  # whoever comes back later finds it
        return None
    await press(page, HAND_OVER)
    return "handed over"
