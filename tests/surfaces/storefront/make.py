"""A small shop, and a visitor's browser at the whole application."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.search import service as search
from sellier.infra.settings import Settings
from sellier.surfaces.storefront.router import router
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock
from tests.surfaces import make as surfaces
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
SIZES = ("36", "37", "38")
APPROVED = "9100000000000000"
REFUSED = "9100000000000018"
ADDRESS = {
    "email": "ines@customer.example",
    "name": "Inès Delmas",
    "line1": "12 rue des Essais",
    "postal_code": "69002",
    "city": "Lyon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser without JavaScript: it follows links and sends forms as pages give them."""

    client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self._send(path, form)

    async def post_htmx(self, path: str, **form: str) -> httpx.Response:
        """Send a form as htmx does: a fragment comes back."""
        return await self._send(path, form, **{"hx-request": "true"})

    async def _send(self, path: str, form: Mapping[str, str], **headers: str) -> httpx.Response:
        if "csrf" not in self.client.cookies:
            await self.client.get("/fr/about")
        token = self.client.cookies["csrf"]
        return await self.client.post(path, data={"_csrf_token": token, **form}, headers=headers)

    async def add(self, sku: str = "RED-37", *, lang: str = "fr") -> httpx.Response:
        return await self.post(f"/{lang}/cart/lines", sku=sku, quantity="1")

    async def order(self, **changes: str) -> httpx.Response:
        page = await self.get("/fr/checkout")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        given = {"version": version.group(1) if version else "1", **ADDRESS}
        return await self.post("/fr/checkout", **(given | changes))


async def pieces(
    sessions: Sessions,
    settings: Settings,
    *,
    codes: Sequence[str] = ("RED", "BLACK"),
    now: datetime,
) -> None:
    """List pieces in three sizes, with prices in France, stock in a boutique, and the index."""
    async with sessions.begin() as db:
        site = await organization.site(db, brands=("Hautefeuille",))
        boutique = await locations.location(db, code="LYON", name="Rue Mercière", city="Lyon")
        for code in codes:
            await catalog.style_color(
                db, code=code, title=f"Ballerine {code.title()}", color=code.lower()[:10],
                sizes=SIZES, path="shoes/ballerinas", site=site,
            )  # fmt: skip
            for size in SIZES:
                sku = f"{code}-{size}"
                await pricing.price(db, market_id=site.market_id, sku=sku, minor=59_000)
                if size != "38":
                    await stock.stock_position(db, location_id=boutique, sku=sku, on_hand=2)
    await search.rebuild(sessions, home=settings.home, now=now)


def application(
    sessions: Sessions,
    settings: Settings,
    *,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Any:
    return surfaces.application(
        sessions,
        settings,
        clock=clock,
        transport=transport,
        routers=[router],
    )


def browser(app: Any) -> Visitor:
    return Visitor(
        client=httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://127.0.0.1:8000",
            headers={"accept": "text/html", "accept-language": "fr-FR,fr;q=0.9,en;q=0.5"},
        )
    )


def said(page: httpx.Response) -> str:
    """Return a page with plain spaces, whatever typography made of them."""
    return re.sub(r"\s+", " ", page.text)
