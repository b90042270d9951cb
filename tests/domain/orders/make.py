"""A shop with one piece, a cart, and a payment provider, for tests of orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import queries as cart_queries
from sellier.domain.carts import service as carts
from sellier.domain.carts.rules import Recipient
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, Order, OrderLine
from sellier.domain.orders.rules import Address
from sellier.domain.orders.service import Doors, Paid, Placed
from sellier.domain.orders.states import TO_DO
from sellier.domain.payments.gateway import HttpPaymentProvider
from sellier.kernel.ids import (
    CartId,
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    Sku,
)
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.organization.make import Site
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock
from tests.sandbox.fixtures import API_KEY, in_process, sandbox_settings

SKU = Sku("ECLUSE-RED-U")
DOORS = Doors(
    return_url="http://127.0.0.1:8000/payments/return",
    notice_url="http://127.0.0.1:8000/payments/notices",
)
PARIS = Address(
    name="Ada Hautefeuille",
    phone=None,
    line1="1 rue des Essais",
    line2=None,
    postal_code="75001",
    city="Paris",
    region=None,
    country="FR",
)

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    site: Site
    location_id: LocationId


def provider() -> HttpPaymentProvider:
    """The sandbox in this very process, over the real gateway."""
    client = httpx.AsyncClient(transport=in_process(sandbox_settings()))
    return HttpPaymentProvider(client=client, base_url="http://127.0.0.1:8002", api_key=API_KEY)


async def shop(db: AsyncSession, *, on_hand: int = 1) -> Shop:
    """A site that lists one bag, and one location that has it."""
    site = await organization.site(db)
    await catalog.style_color(db, site=site)
    await pricing.price(db, market_id=site.market_id)
    location_id = await locations.location(db)
    await stock.stock_position(db, location_id=location_id, on_hand=on_hand)
    return Shop(site=site, location_id=location_id)


async def cart(
    db: AsyncSession, shop: Shop, *, now: datetime, sku: Sku = SKU, quantity: int = 1
) -> CartId:
    opened = carts.open_cart(
        db, channel_id=shop.site.channel_id, market_id=shop.site.market_id, now=now
    )
    await carts.add(db, cart_id=opened.cart_id, sku=sku, quantity=quantity, now=now)
    return opened.cart_id


async def check_out(
    db: AsyncSession,
    cart_id: CartId,
    *,
    now: datetime,
    address: Address = PARIS,
    collect: Mapping[Sku, LocationId] | None = None,
) -> Placed:
    seen = await cart_queries.shown(db, cart_id=cart_id, lang="fr", now=now)
    return await carts.check_out(
        db,
        cart_id=cart_id,
        version=seen.version,
        recipient=Recipient(
            email="ada@customer.example", address=address, language="fr", collect=collect or {}
        ),
        now=now,
    )


async def pay(
    sessions: Sessions,
    placed: Placed,
    *,
    now: datetime,
    token: str | None = "tok_approve",
    at: HttpPaymentProvider | None = None,
) -> Paid:
    return await orders.pay(
        sessions,
        at or provider(),
        payment_id=placed.payment_id,
        doors=DOORS,
        token=token,
        now=now,
    )


async def to_prepare(db: AsyncSession, *, location_id: LocationId) -> Sequence[str]:
    """Return the numbers of the orders that a location has to prepare."""
    statement = (
        select(Order.number)
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .where(Fulfillment.location_id == location_id, Fulfillment.state.in_(TO_DO))
    )
    return list(await db.scalars(statement))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A paid order, and the one line that it has."""

    order_id: OrderId
    line_id: OrderLineId
    works: Sequence[FulfillmentId]


async def bought(
    sessions: Sessions,
    found: Shop,
    *,
    now: datetime,
    quantity: int = 1,
    at: LocationId | None = None,
) -> Bought:
    """Buy units, paid for at once; collected in a boutique with `at`, else sent."""
    async with sessions.begin() as db:
        cart_id = await cart(db, found, now=now, quantity=quantity)
        collect = {SKU: at} if at is not None else None
        placed = await check_out(db, cart_id, now=now, collect=collect)
    await pay(sessions, placed, now=now)
    async with sessions.begin() as db:
        line_id = await db.scalar(select(OrderLine.id).where(OrderLine.order_id == placed.order_id))
        assert line_id is not None
        works = await db.scalars(
            select(Fulfillment.id).where(Fulfillment.order_id == placed.order_id)
        )
        return Bought(order_id=placed.order_id, line_id=line_id, works=works.all())
