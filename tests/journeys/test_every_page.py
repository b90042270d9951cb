"""Every page of every surface, in both languages, on a phone, a desk, and enlarged."""

from collections.abc import AsyncIterator, Mapping

import pytest
from playwright.async_api import Browser, Page

from tests.journeys import tour
from tests.journeys.conftest import SIZES, Size
from tests.journeys.demo import Demo
from tests.journeys.watching import objections, watch

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right >
    innerWidth + 1).slice(0, 3).map(e => `${e.tagName}.${e.className}`)"""
# 320 is a desk's 1280 enlarged four times, 640 twice.
WIDTHS = (640, 390, 320)
# Texts differ by language and what is shown by size: two walks see both, four would see no more.
WALKS: Mapping[str, Size] = {"fr": "desk", "en": "phone"}


@pytest.mark.parametrize("lang", WALKS)
async def test_every_page_is_accessible_holds_together_and_minds_its_own_business(
    chromium: Browser, demo: Demo, lang: str
) -> None:
    assert await complaints(chromium, demo, lang) == []


async def complaints(chromium: Browser, demo: Demo, lang: str) -> list[str]:
    context = await chromium.new_context(
        locale="fr-FR" if lang == "fr" else "en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = await context.new_page()
    watched = watch(page, demo)
    grounds = tour.Grounds(
        url=demo.url, payments_url=demo.payments_url, password=demo.password, lang=lang
    )
    found: list[str] = []
    try:
        async for name in tour.walk(page, grounds):
            found += [f"{lang} {name}: {each}" async for each in _faults(page, lang)]
            found += [f"{lang} {name}: {each}" for each in watched.taken()]
    finally:
        await context.close()
    return found


async def _faults(page: Page, lang: str) -> AsyncIterator[str]:
    spoken = await page.locator("html").get_attribute("lang")
    if spoken != lang:
        yield f"speaks {spoken}"
    width, height = SIZES[WALKS[lang]]
    await page.set_viewport_size({"width": width, "height": height})
    for violation in await objections(page):
        yield violation
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 844})
        for element in await page.evaluate(TOO_WIDE):
            yield f"{element} is wider than {width} px"
    await page.set_viewport_size({"width": SIZES["desk"][0], "height": SIZES["desk"][1]})
