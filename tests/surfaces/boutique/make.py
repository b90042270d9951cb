"""A group with two boutiques, pieces in both, an order to prepare in each, and their people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from litestar import Router
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.domain.organization import service as organization_service
from sellier.domain.search.errors import IndexMissing
from sellier.domain.search.rules.documents import SearchPage, SearchRequest, Understood
from sellier.kernel.ids import LocationId, Sku
from sellier.surfaces.boutique import (
    count,
    home,
    leaving,
    lookup,
    pieces,
    prints,
    receive,
    returns,
    work,
)
from tests.domain.catalog import make as catalog
from tests.domain.identity import make as identity
from tests.domain.locations import make as locations
from tests.domain.orders import make as orders_make
from tests.domain.organization import make as organization
from tests.domain.organization.make import Site
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]

LYON_STAFF = "lyon@house.example"
NICE_STAFF = "nice@house.example"
EMAILS: Final[Mapping[Role, str]] = {
    role: f"{role}@house.example" for role in Role if role is not Role.ASSOCIATE
}


@dataclass(slots=True)
class FakeIndex:
    """An index that finds what a test says, or is not there."""

    codes: Sequence[str] | None = ()
    asked: list[SearchRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchPage:
        self.asked.append(request)
        if self.codes is None:
            raise IndexMissing
        return SearchPage(
            codes=tuple(self.codes), total=len(self.codes), facets=None, understood=Understood()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    site: Site
    lyon: LocationId
    nice: LocationId
    order_at_lyon: str
    order_at_nice: str


def routers(index: FakeIndex) -> Sequence[Router]:
    given = {"index": Provide(lambda: index, sync_to_thread=False)}
    handlers = [
        home.router,
        lookup.router,
        leaving.router,
        pieces.router,
        prints.router,
        work.router,
        receive.router,
        count.router,
        returns.router,
    ]
    return [Router("/", route_handlers=handlers, dependencies=given)]


async def people(db: AsyncSession, *, lyon: LocationId, nice: LocationId) -> None:
    """An associate in each boutique, and one person of each other role."""
    for email, location_id in ((LYON_STAFF, lyon), (NICE_STAFF, nice)):
        await identity.staff(db, email=email, role=Role.ASSOCIATE, location_id=location_id)
    for role, email in EMAILS.items():
        await identity.staff(db, email=email, role=role)


async def group(sessions: Sessions, *, now: datetime) -> Group:
    """Lyon has the red bag, Nice the blue coat in two sizes; one order was paid for each."""
    async with sessions.begin() as db:
        site = await organization.site(db)
        lyon = await locations.location(db)
        nice = await locations.location(
            db, code="nice", name="Rue Alphonse Karr", city="Nice", latitude=43.70, longitude=7.26
        )
        for location_id in (lyon, nice):
            await organization_service.run_location(
                db, location_id=location_id, banner_code="atelier"
            )
        await catalog.style_color(db, site=site)
        await catalog.style_color(
            db,
            code="LINON-BLUE",
            title="Manteau Linon",
            color="blue",
            sizes=("36", "38"),
            path="coats",
            site=site,
        )
        await pricing.price(db, market_id=site.market_id)
        for size in ("36", "38"):
            await pricing.price(
                db, market_id=site.market_id, sku=f"LINON-BLUE-{size}", minor=240_000
            )
        await stock.stock_position(db, location_id=lyon, on_hand=3)
        await stock.stock_position(db, location_id=nice, sku="LINON-BLUE-36", on_hand=2)
        await stock.stock_position(db, location_id=nice, sku="LINON-BLUE-38", on_hand=4)
        await people(db, lyon=lyon, nice=nice)
    return Group(
        site=site,
        lyon=lyon,
        nice=nice,
        order_at_lyon=await order(sessions, site, lyon, sku="ECLUSE-RED-U", now=now),
        order_at_nice=await order(sessions, site, nice, sku="LINON-BLUE-38", now=now),
    )


async def order(
    sessions: Sessions, site: Site, location_id: LocationId, *, sku: str, now: datetime
) -> str:
    """Buy one unit through cart, checkout and the sandbox; return the order's number."""
    shop = orders_make.Shop(site=site, location_id=location_id)
    async with sessions.begin() as db:
        cart_id = await orders_make.cart(db, shop, now=now, sku=Sku(sku))
    async with sessions.begin() as db:
        placed = await orders_make.check_out(db, cart_id, now=now)
    await orders_make.pay(sessions, placed, now=now)
    return placed.number
