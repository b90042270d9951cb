"""A walk past every page there is, in one language: for the checks, and for pictures."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page

from tests.journeys import steps

ASSOCIATE: Final = "camille@place-dauphine.example"
ORDER_DESK: Final = "commandes@aubrevoie.example"
SHOP: Final = (
    ("home", "/"),
    ("list", "/list"),
    ("list-filtered", "/list?category=shoes&color=black&price_max=2000"),
    ("list-words", "/list?q={words}"),
    ("list-nothing", "/list?q=zzzzzz"),
    ("maisons", "/maisons"),
    ("about", "/about"),
    ("bag-empty", "/cart"),
    ("missing", "/p/no-such-piece"),
)
WORDS: Final = {"fr": "sac noir", "en": "black bag"}
STUDIO: Final = (
    ("studio", "/studio"),
    ("studio-tower", "/studio/tower"),
    ("studio-tower-lane", "/studio/tower/offered"),
    ("studio-network", "/studio/network"),
    ("studio-orders", "/studio/orders"),
    ("studio-orders-none", "/studio/orders?q=zzzzzz"),
    ("studio-stock", "/studio/stock"),
    ("components", "/studio/components"),  # test_components.py has every theme of it
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Where to walk, and the password of the people who work there."""

    url: str
    payments_url: str
    password: str
    lang: str


async def walk(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    """Go from page to page and say the name of each when it is there."""
    async for name in _shop(page, grounds):
        yield name
    async for name in _bag(page, grounds):
        yield name
    async for name in _sale(page, grounds):
        yield name
    number = await steps.order_number(page)
    async for name in _payments(page, grounds):
        yield name
    async for name in _house(page, grounds, number):
        yield name


async def _shop(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    for name, path in SHOP:
        words = WORDS[grounds.lang].replace(" ", "+")
        await page.goto(f"{grounds.url}/{grounds.lang}{path.format(words=words)}")
        yield name
    await page.goto(f"{grounds.url}/nowhere")
    yield "nowhere"
    for banner in ("fleur-de-peau", "grand-large", "place-dauphine"):
        await page.goto(f"{grounds.url}/banner/{banner}")
        await page.goto(f"{grounds.url}/{grounds.lang}/")
        if banner != "place-dauphine":
            yield f"home-{banner}"


async def _bag(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    lang = grounds.lang
    address = await _into_the_bag(page, grounds)
    yield "product-added"
    await page.goto(address)
    yield "product"
    await page.goto(f"{address}/locations")
    yield "product-locations"
    await page.goto(f"{grounds.url}/{lang}/cart")
    yield "bag"
    await page.goto(f"{grounds.url}/{lang}/checkout")
    yield "checkout"
    await page.locator(".checkout-form button[type=submit]").click()
    await page.locator(".notice.is-error").wait_for()
    yield "checkout-errors"


async def _sale(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    lang, email = grounds.lang, f"tour.{grounds.lang}@example.com"
    await steps.write_address(page, email=email)
    await steps.to_payment(page)
    yield "pay"
    await page.locator("form#card").evaluate("form => { form.noValidate = true; form.submit(); }")
    await page.locator(".fault").first.wait_for()
    yield "pay-faults"
    await page.goto(f"{grounds.url}/{lang}/cart")
    yield "bag-waiting"
    await page.locator(".summary-action a").click()
    await page.wait_for_url("**/orders/**")
    yield "order-waiting"
    await page.locator(".order-head a[href*='/pay/']").click()
    await steps.pay(page, steps.REFUSED)
    yield "order-refused"
    async for name in _second_step(page, grounds, email):
        yield name


async def _second_step(page: Page, grounds: Grounds, email: str) -> AsyncIterator[str]:
    await page.goto(f"{grounds.url}/{grounds.lang}/checkout")
    await steps.write_address(page, email=email)
    await steps.to_payment(page)
    await page.locator('.trials a[href$="card=second_step"]').click()
    await page.locator("form#card button.go").click()
    await page.wait_for_url("**/pay/**")
    yield "pay-second-step"
    await page.fill("#code", await page.locator("#test-code .num").inner_text())
    paying = page.url
    await page.locator("main form button.go").click()
    await page.wait_for_url("**/orders/**")
    confirmation = page.url
    await page.goto(paying)
    yield "pay-done"
    await page.goto(confirmation)
    yield "order-paid"


async def _into_the_bag(page: Page, grounds: Grounds) -> str:
    await page.goto(f"{grounds.url}/{grounds.lang}/list?category=shoes&sort=new")
    await page.locator(".tile-link").first.click()
    await page.wait_for_url("**/p/**")
    await steps.add_to_bag(page)
    await page.locator(".toast").wait_for()
    return page.url


async def _payments(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    for name, path in (("payments", "/"), ("mails", "/mail")):
        await page.goto(f"{grounds.payments_url}{path}?lang={grounds.lang}")
        yield name
    letter = page.locator(".letters a").first
    if await letter.count():
        await letter.click()
        await page.wait_for_url("**/mail/**")
        yield "mail"


async def _house(page: Page, grounds: Grounds, number: str) -> AsyncIterator[str]:
    sign_in = f"{grounds.url}/staff/sign-in?lang={grounds.lang}"
    await page.goto(sign_in)
    yield "sign-in"
    await _sign_in(page, "nobody@example.com", "not the password")
    await page.locator(".notice.is-error").wait_for()
    yield "sign-in-refused"
    await page.goto(sign_in)
    await _sign_in(page, ASSOCIATE, grounds.password)
    await page.wait_for_url("**/boutique*")
    async for name in _boutique(page, grounds):
        yield name
    await page.goto(f"{grounds.url}/studio/orders")
    yield "not-allowed"
    await page.goto(sign_in)
    await _sign_in(page, ORDER_DESK, grounds.password)
    await page.wait_for_url("**/studio*")
    for name, path in STUDIO:
        await page.goto(f"{grounds.url}{path}")
        yield name
    await page.goto(f"{grounds.url}/studio/orders/{number}")
    yield "studio-order"
    await page.locator(".order-sku a").first.click()
    await page.wait_for_url("**/studio/stock?**")
    yield "studio-stock-piece"
    await page.goto(f"{grounds.url}/api/docs")
    yield "api-docs"


async def _boutique(page: Page, grounds: Grounds) -> AsyncIterator[str]:
    found = WORDS[grounds.lang].replace(" ", "+")
    for name, path in (
        ("boutique", ""),
        ("boutique-lookup", "/lookup"),
        ("boutique-lookup-none", "/lookup?q=zzzzzz"),
        ("boutique-lookup-words", f"/lookup?q={found}"),
    ):
        await page.goto(f"{grounds.url}/boutique{path}")
        yield name
    await page.locator("a.find").first.click()
    await page.wait_for_url("**/boutique/pieces/**")
    yield "boutique-piece"
    for name in ("handover", "manifest", "collect"):
        await page.goto(f"{grounds.url}/boutique/{name}")
        yield f"boutique-{name}"
    await page.goto(f"{grounds.url}/boutique/orders")
    waiting = page.locator("a.waiting").first
    if await waiting.count():
        await waiting.click()
        await page.wait_for_url("**/boutique/work/**")
        yield "boutique-work"


async def _sign_in(page: Page, email: str, password: str) -> None:
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.locator("main form button[type=submit]").click()
