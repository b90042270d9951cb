"""What a page does behind the visitor's back, and what axe objects to in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Page, Request, Response

from tests.journeys.demo import Demo

AXE = Path(__file__).parents[2] / "browser/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false})
    .then(found =>
    found.violations.map(v => `${v.id} at ${v.nodes[0].target} (${v.nodes.length}): ${v.help}`))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What there is to complain of, gathered while a page is used."""

    complaints: list[str] = field(default_factory=list)

    def taken(self) -> Sequence[str]:
        """Return what was gathered, and begin anew."""
        found = tuple(self.complaints)
        self.complaints.clear()
        return found


async def objections(page: Page) -> Sequence[str]:
    """Ask axe what is not accessible on a page."""
    await page.evaluate(AXE.read_text())
    found: Sequence[str] = await page.evaluate(RUN, RULES)
    return found


def watch(page: Page, demo: Demo) -> Watch:
    """Note console errors (a broken policy is one), failures and requests to other hosts."""
    own = {urlsplit(demo.url).netloc, urlsplit(demo.payments_url).netloc, ""}  # "" is data:
    kept = Watch()

    def said(message: ConsoleMessage) -> None:
        # Answers of 400 and more are noted below, with the address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            kept.complaints.append(f"console on {page.url}: {message.text}")

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in own:
            kept.complaints.append(f"{page.url} asked {request.url}")

    def answered(response: Response) -> None:
        # A page may refuse, what belongs to it may not be missing.
        if response.status >= (400, 500)[response.request.is_navigation_request()]:
            kept.complaints.append(f"{response.status} for {response.url} on {page.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: kept.complaints.append(f"{page.url} threw {error}"))
    page.on("request", asked)
    page.on("response", answered)
    page.on("requestfailed", lambda request: kept.complaints.extend(_broken(request)))
    return kept


def _broken(request: Request) -> Iterator[str]:
    if "ERR_ABORTED" not in (request.failure or ""):  # left by leaving the page
        yield f"{request.failure} for {request.url}"
