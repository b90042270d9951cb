"""Take a picture of every page of a running demo: phone and desk, French and English.

    .venv/bin/python -m tools.screens FOLDER [--url URL] [--payments URL] [--home HOME] [NAME...]

It walks as the journeys do, orders included. NAMEs (list, product, boutique-work...) limit what is
kept, not what is walked.
"""

import argparse
import asyncio
import shutil
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from tests.journeys import tour
from tests.journeys.conftest import ARGUMENTS, NAMES, SIZES

from sellier.commands.demo_home import password
from sellier.infra.settings import Settings

PAINT_MS = 250  # drawings are painted after they have loaded


async def main(asked: argparse.Namespace) -> None:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        for lang in ("fr", "en"):
            await pictures(browser, asked, lang)
        await browser.close()


async def pictures(browser: Browser, asked: argparse.Namespace, lang: str) -> None:
    """Walk once; at each page take both sizes."""
    context = await browser.new_context(locale=lang, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = await context.new_page()
    grounds = tour.Grounds(
        url=asked.url,
        payments_url=asked.payments,
        password=password(Settings(home=asked.home)),
        lang=lang,
    )
    async for name in tour.walk(page, grounds):
        if asked.names and name not in asked.names:
            continue
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(PAINT_MS)
            await page.screenshot(path=asked.folder / f"{name}-{size}-{lang}.png")
        print(lang, name, flush=True)
        await page.set_viewport_size({"width": SIZES["desk"][0], "height": SIZES["desk"][1]})
    await context.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--payments", default="http://127.0.0.1:8002")
    parser.add_argument("--home", type=Path, default=Path(".sellier"))
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(given))
