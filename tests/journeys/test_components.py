"""The page of all components in a real browser: accessible, within the strict policy, light."""

import gzip
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jinja2 import Environment
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from sellier.infra import templates
from tests.journeys.watching import AXE, RULES
from tests.surfaces.components import make

POLICY = (
    "default-src 'none'; script-src 'nonce-nonce' 'strict-dynamic'; style-src 'self'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
TYPES = {"css": "text/css", "js": "text/javascript", "woff2": "font/woff2"}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 5"/>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )


@cache
def pages() -> Environment:
    return templates.environment()


def answer(route: Route) -> None:
    """Serve the built files, an empty drawing for every picture, and the page by its query."""
    address = urlsplit(route.request.url)
    if address.path.startswith("/static/"):
        file = templates.STATIC / Path(address.path).name
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix[1:]])
    elif address.path.startswith("/media/"):
        route.fulfill(body=PICTURE, content_type="image/svg+xml")
    else:
        _, lang, theme, show = address.path.split("/")
        page = pages().get_template("components/page.html")
        route.fulfill(
            body=page.render(**make.context(lang=lang, theme=theme, show=show)),
            content_type="text/html",
            headers={"content-security-policy": POLICY},
        )


def opened(browser: Browser, address: str, *, size: str, script: bool = True) -> Page:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, java_script_enabled=script)
    page.route("**/*", answer)
    page.goto(f"http://components.test/{address}")
    return page


@pytest.mark.parametrize(
    ("address", "size"),
    [
        ("fr/place-dauphine/storefront", "phone"),
        ("en/place-dauphine/storefront", "desk"),
        ("en/fleur-de-peau/storefront", "phone"),
        ("fr/grand-large/storefront", "desk"),
        ("fr/place-dauphine/boutique", "phone"),
        ("en/place-dauphine/studio", "desk"),
    ],
)
def test_axe_finds_nothing_to_object_to(browser: Browser, address: str, size: str) -> None:
    page = opened(browser, address, size=size)
    # Through the debugging door, which the page's policy does not close.
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_strict_policy_stops_nothing(browser: Browser) -> None:
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page = browser.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", answer)
    page.goto("http://components.test/en/place-dauphine/storefront", wait_until="networkidle")
    assert complaints == []
    page.close()


def test_a_stepper_stops_at_its_ends(browser: Browser) -> None:
    page = opened(browser, "en/place-dauphine/storefront", size="desk")
    stepper = page.locator("[data-stepper]").first
    stepper.get_by_role("button", name="One less").click()
    assert stepper.locator("input").input_value() == "1"
    assert stepper.get_by_role("button", name="One less").is_disabled()
    page.close()


def test_a_dialog_opens_takes_focus_and_closes_with_escape(browser: Browser) -> None:
    page = opened(browser, "en/place-dauphine/storefront", size="desk")
    opener = page.get_by_role("button", name="Open a panel")
    opener.click()
    assert page.get_by_role("dialog", name="Size guide").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#specimen-panel").is_visible()
    assert opener.evaluate("element => element === document.activeElement")
    page.close()


def test_filters_apply_by_themselves_only_with_javascript(browser: Browser) -> None:
    with_it = opened(browser, "en/place-dauphine/storefront", size="desk")
    without = opened(browser, "en/place-dauphine/storefront", size="desk", script=False)
    assert not with_it.locator(".filters [data-apply]").is_visible()
    assert without.locator(".filters [data-apply]").is_visible()
    with_it.close()
    without.close()


def test_a_filter_asks_for_what_is_chosen_and_for_nothing_empty(browser: Browser) -> None:
    page = opened(browser, "en/place-dauphine/storefront", size="desk")
    with page.expect_request(lambda request: "category=shoes" in request.url) as asked:
        page.get_by_role("checkbox", name="Shoes").check()
    assert "price_from" not in asked.value.url
    assert asked.value.headers["accept"] == "text/html"
    page.close()


def test_filters_cover_the_phone_and_fold_again_without_javascript(browser: Browser) -> None:
    page = opened(browser, "en/place-dauphine/storefront", size="phone", script=False)
    form = page.locator(".filters-form")
    assert not form.is_visible()
    page.locator(".filters-open").click()
    assert form.is_visible()
    page.locator(".filters-open").click()
    assert not form.is_visible()
    page.close()


@pytest.mark.parametrize(("suffix", "budget"), [("js", 25_000), ("css", 15_000)])
def test_what_a_page_loads_stays_light(suffix: str, budget: int) -> None:
    built = json.loads((templates.STATIC / "manifest.json").read_text())
    names = [f"app.{suffix}", f"storefront.{suffix}"]
    sent = sum(
        len(gzip.compress((templates.STATIC / built[name]).read_bytes(), 9))
        for name in names
        if name in built
    )
    assert sent <= budget
