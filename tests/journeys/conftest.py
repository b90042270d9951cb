import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from tests.journeys import demo as demos
from tests.journeys import pieces
from tests.journeys.demo import Demo
from tests.journeys.pieces import Scarce
from tests.journeys.watching import Watch, watch

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
)
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
PATIENCE_MS = 15_000

Size = Literal["desk", "phone"]
Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The whole demo, shared by every journey; nothing of it stays behind."""
    with demos.temporary_home() as home, demos.running(home) as running:
        yield running


@pytest.fixture(scope="session")
def scarce(demo: Demo) -> Scarce:
    """Pieces that only one boutique can send, each given out once."""
    return pieces.scarce(demo)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        except Error as error:
            pytest.skip(f"no Chromium: install one, or see tools/chromium.py ({error.message})")
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, demo: Demo) -> AsyncIterator[Visit]:
    """Open a page as a new visitor; at the end nothing may have gone wrong on any of them."""
    opened: list[tuple[BrowserContext, Watch]] = []

    async def arrive(path: str = "/", *, size: Size = "desk", script: bool = True) -> Page:
        width, height = SIZES[size]
        context = await chromium.new_context(
            base_url=demo.url,
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
            java_script_enabled=script,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        opened.append((context, watch(page, demo)))
        await page.goto(path)
        return page

    yield arrive
    complaints = [each for _, watched in opened for each in watched.taken()]
    for context, _ in opened:
        await context.close()
    assert not complaints
