"""No mouse: the way to an order with the keyboard alone."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEPS_MAX = 120
HERE = "selector => document.activeElement?.matches(selector) ?? false"
SEEN = """() => {
    const focus = document.activeElement, near = [...focus.labels ?? []];
    for (let e = focus; e; e = e.parentElement) near.push(e);
    if (focus.nextElementSibling) near.push(focus.nextElementSibling);
    const still = new CSSStyleSheet();
    still.replaceSync("* { transition: none !important }");
    document.adoptedStyleSheets = [still];
    const look = () => near.map(e => getComputedStyle(e)).map(s =>
        [s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.color]).join();
    const lit = look();
    focus.blur();
    const dark = look();
    focus.focus();
    return lit !== dark;
}"""


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; it must show where it is."""
    for _ in range(STEPS_MAX):
        if await page.evaluate(HERE, selector):
            assert await page.evaluate(SEEN), f"the focus does not show on {selector}"
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


async def type_into(page: Page, selector: str, text: str) -> None:
    await tab_to(page, selector)
    await page.keyboard.type(text)


async def test_with_the_keyboard_alone_one_finds_narrows_chooses_and_orders(visit: Visit) -> None:
    page = await visit("/en/")
    await page.keyboard.press("Tab")
    assert await page.evaluate(HERE, "a.skip")
    await page.keyboard.press("Enter")
    assert await page.evaluate(HERE, "main")

    await page.goto("/en/")
    await tab_to(page, ".head-places summary")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head-places .popover-panel")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".head-places .popover-panel")).to_be_hidden()

    await page.goto("/en/")
    await type_into(page, "#q", "leather shoes")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/list?**")
    await tab_to(page, "input[name=brand]")
    option = page.locator(".facet-option:has(input:focus)")
    count = await steps.number_in(option.locator(".facet-count"))
    await page.keyboard.press("Space")
    await page.wait_for_url("**brand=**")
    assert await steps.number_in(page.locator(".toolbar-count")) == count
    assert await page.evaluate(HERE, "input[name=brand]"), "the focus stays on the filter"

    await tab_to(page, ".tile-link")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/p/**")
    await tab_to(page, ".size-input")
    await page.keyboard.press("Space")
    await tab_to(page, ".piece-form button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bag-count")).to_have_text("1")


async def test_with_the_keyboard_alone_one_orders_and_pays(visit: Visit) -> None:
    page = await visit("/en/")
    await steps.first_piece(page, "en", "category=accessories/belts")
    await steps.add_to_bag(page)
    await expect(page.locator(".bag-count")).to_have_text("1")
    await page.goto("/en/cart")
    await tab_to(page, ".summary-action a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/checkout")
    await type_into(page, "#email", "keys@example.com")
    await type_into(page, "#name", "Ada Keys")
    for field, value in steps.ADDRESSES["FR"].items():
        await type_into(page, f"#{field}", value)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/pay/**")
    await tab_to(page, '.trials a[href$="card=approved"]')
    await page.keyboard.press("Enter")
    await page.wait_for_url("**card=approved")
    await tab_to(page, "form#card button.go")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/orders/**")
    await expect(page.locator("h1")).to_contain_text("Thank you")
