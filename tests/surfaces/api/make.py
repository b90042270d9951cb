"""A program at the whole application, with the payment sandbox in this very process."""

from dataclasses import dataclass, replace
from typing import Any

import httpx
from litestar import Router
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.search.rules.documents import (
    Facets,
    FacetValue,
    PriceFacet,
    SearchPage,
    SearchRequest,
    Understood,
)
from sellier.infra.settings import Settings
from sellier.kernel.ids import new_id
from sellier.surfaces.api import documentation
from sellier.surfaces.api.router import router
from tests.domain.orders import make as orders
from tests.surfaces import make as surfaces
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
SKU = orders.SKU
ADDRESS: dict[str, Any] = {
    "name": "Ada Hautefeuille",
    "line1": "1 rue des Essais",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}


@dataclass(frozen=True, slots=True)
class FakeIndex:
    """An index that knows one piece and remembers what it was asked."""

    asked: list[SearchRequest]

    def search(self, request: SearchRequest) -> SearchPage:
        self.asked.append(request)
        value = (FacetValue(value="red", count=1),)
        facets = Facets(
            category=(),
            brand=(),
            color=value,
            size=(),
            gender=(),
            location=(),
            price=PriceFacet(min_minor=185_000, max_minor=185_000, buckets=()),
        )
        return SearchPage(
            codes=("ECLUSE-RED",),
            total=1,
            facets=facets if request.facets else None,
            understood=Understood(words=tuple(request.words.split())),
        )


def application(
    sessions: Sessions,
    settings: Settings,
    *,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None = None,
    index: FakeIndex | None = None,
) -> Any:
    known = index or FakeIndex([])
    return surfaces.application(
        sessions,
        settings,
        clock=clock,
        transport=transport,
        routers=[
            Router(
                path="/",
                route_handlers=[router, documentation.router],
                dependencies={"index": Provide(lambda: known, sync_to_thread=False)},
            )
        ],
    )


def program(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A program that talks to the API, with the secret it shows."""

    client: httpx.AsyncClient
    secret: str = ""

    def holding(self, secret: str) -> "Api":
        return replace(self, secret=secret)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", params=query, headers=self._headers())

    async def change(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> httpx.Response:
        headers = self._headers() | {"idempotency-key": key or str(new_id())}
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def post(
        self, path: str, body: object = None, *, key: str | None = None
    ) -> httpx.Response:
        return await self.change("POST", path, {} if body is None else body, key=key)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"} if self.secret else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """A cart with something in it, and the program that holds its secret."""

    api: Api
    id: str
    version: int

    def order(self, **changes: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "version": self.version,
            "email": "ada@customer.example",
            "address": ADDRESS,
            "payment": {"token": "tok_approve"},
            "language": "fr",
        }
        return body | changes

    async def check_out(self, *, key: str | None = None, **changes: Any) -> httpx.Response:
        return await self.api.post(f"/carts/{self.id}/checkout", self.order(**changes), key=key)


async def cart(api: Api, *, quantity: int = 1) -> Cart:
    opened = (await api.post("/carts")).json()
    mine = api.holding(opened["secret"])
    filled = await mine.post(f"/carts/{opened['id']}/lines", {"sku": SKU, "quantity": quantity})
    assert filled.status_code == 201, filled.text
    return Cart(api=mine, id=opened["id"], version=filled.json()["version"])
