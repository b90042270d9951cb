"""A piece in two sizes and two colors, and what is left of each, for tests of exchanges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, FulfillmentLine
from sellier.domain.orders.queries import OrderRead
from sellier.domain.orders.states import Work
from sellier.domain.payments.models import Payment, PaymentOperation
from sellier.domain.returns import service as returns
from sellier.domain.returns.rules import Plan, Wanted, Wish
from sellier.domain.returns.states import Reason, ReturnWay
from sellier.domain.stock.models import StockPosition
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    ReturnId,
    Sku,
    new_id,
)
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.orders import make as shops
from tests.domain.pricing import make as pricing
from tests.domain.returns.make import BY, Arrived, read
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]

MINE = shops.SKU
LARGE = Sku("ECLUSE-RED-L")  # the same color in another size
BLUE = Sku("ECLUSE-BLUE-U")  # the same size in another color
DEAR = Sku("ECLUSE-GOLD-U")  # the same piece, and it costs more
UNLISTED = Sku("ECLUSE-GREEN-U")
OTHER = Sku("RIVE-BLACK-U")  # another piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """The shop where the piece is sold, and a boutique that has some of it too."""

    shop: shops.Shop
    boutique: LocationId


async def rack(
    sessions: Sessions,
    *,
    here: Mapping[Sku, int] | None = None,
    there: Mapping[Sku, int] | None = None,
) -> Rack:
    """Hang up pieces: `here` is where orders are sent from, `there` another boutique."""
    async with sessions.begin() as db:
        shop = await shops.shop(db, on_hand=20)
        site = shop.site
        product_id = await db.scalar(
            select(StyleColor.product_id).where(StyleColor.code == "ECLUSE-RED")
        )
        await size(db, "ECLUSE-RED", "L")
        for code, is_listed in (("BLUE", True), ("GOLD", True), ("GREEN", False)):
            style_color_id = await catalog.style_color(
                db, code=f"ECLUSE-{code}", color=code.lower(), site=site if is_listed else None
            )
            await db.execute(
                update(StyleColor)
                .where(StyleColor.id == style_color_id)
                .values(product_id=product_id)
            )
        await catalog.style_color(db, code="RIVE-BLACK", title="Rive", color="black", site=site)
        for sku in (LARGE, BLUE, UNLISTED, OTHER):
            await pricing.price(db, market_id=site.market_id, sku=sku)
        await pricing.price(db, market_id=site.market_id, sku=DEAR, minor=999_000)
        boutique = await locations.location(db, code="zz-nice", name="Rue de France", city="Nice")
        for place, units in (
            (shop.location_id, {LARGE: 1} if here is None else here),
            (boutique, there or {}),
        ):
            for sku, count in units.items():
                await stock.stock_position(db, location_id=place, sku=sku, on_hand=count)
    return Rack(shop=shop, boutique=boutique)


async def size(db: AsyncSession, code: str, name: str) -> None:
    """Add a size to a color."""
    style_color_id = await db.scalar(select(StyleColor.id).where(StyleColor.code == code))
    assert style_color_id is not None
    db.add(Variant(sku=Sku(f"{code}-{name}"), style_color_id=style_color_id, size=name, position=1))
    await db.flush()


def wish(
    order_line: OrderLineId, wanted: Sku, *, quantity: int = 1, at: LocationId | None = None
) -> Wish:
    return Wish(
        line_id=order_line,
        quantity=quantity,
        reason=Reason.TOO_SMALL,
        wanted=Wanted(sku=wanted, carried_at=at),
    )


async def announced(
    sessions: Sessions,
    order: Arrived,
    wanted: Sku = LARGE,
    *,
    now: datetime,
    quantity: int = 1,
    line_id: OrderLineId | None = None,
    return_id: ReturnId | None = None,
) -> ReturnId:
    """Announce units by post, to be exchanged."""
    return_id = return_id or ReturnId(new_id())
    wishes = [wish(line_id or order.line_id, wanted, quantity=quantity)]
    plan = Plan(order_id=order.order_id, wishes=wishes, way=ReturnWay.POST)
    async with sessions.begin() as db:
        await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=now)
    return return_id


async def whole(sessions: Sessions, order_id: OrderId) -> OrderRead:
    async with sessions.begin() as db:
        found = await order_queries.order(db, order_id=order_id)
    assert found is not None
    return found


async def replacement(sessions: Sessions, return_id: ReturnId) -> OrderLineId:
    (line,) = (await read(sessions, return_id)).lines
    assert line.replacement is not None
    return line.replacement.line_id


async def available(sessions: Sessions, sku: Sku) -> int:
    """Count what anybody else could have of a piece, everywhere."""
    async with sessions.begin() as db:
        found = await db.scalars(select(StockPosition.available).where(StockPosition.sku == sku))
        return sum(found.all())


async def works(sessions: Sessions, line_id: OrderLineId) -> list[tuple[Work, int]]:
    """List where the units of a line are, but for those withdrawn."""
    async with sessions.begin() as db:
        rows = await db.execute(
            select(Fulfillment.state, FulfillmentLine.quantity)
            .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
            .where(FulfillmentLine.line_id == line_id, Fulfillment.state != Work.WITHDRAWN)
            .order_by(Fulfillment.state)
        )
        return [(Work(state), units) for state, units in rows]


async def work_of(sessions: Sessions, line_id: OrderLineId, state: Work) -> FulfillmentId:
    async with sessions.begin() as db:
        found = await db.scalar(
            select(Fulfillment.id)
            .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
            .where(FulfillmentLine.line_id == line_id, Fulfillment.state == state)
        )
    assert found is not None
    return found


async def sent(sessions: Sessions, line_id: OrderLineId, *, now: datetime) -> FulfillmentId:
    """Prepare what was let out, and have it brought to the customer."""
    work = await work_of(sessions, line_id, Work.OFFERED)
    async with sessions.begin() as db:
        await brought(db, work, now=now)
    return work


async def brought(db: AsyncSession, work: FulfillmentId, *, now: datetime) -> None:
    """Do all the steps of what is sent."""
    await orders.accept(db, fulfillment_id=work, by=BY, now=now)
    await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=now)
    await orders.pack(db, fulfillment_id=work, by=BY, now=now)
    await orders.hand_over(db, fulfillment_id=work, by=BY, now=now)
    await orders.deliver(db, fulfillment_id=work, by="carrier", now=now)


async def money(sessions: Sessions) -> tuple[int, int]:
    """Return what is taken of the one payment and what is given back, done or due."""
    async with sessions.begin() as db:
        one = (await db.scalars(select(Payment))).one()
        return (
            one.captured_minor + one.capture_due_minor,
            one.refunded_minor + one.refund_due_minor,
        )


async def refunds(sessions: Sessions) -> list[str]:
    async with sessions.begin() as db:
        rows = await db.scalars(
            select(PaymentOperation.source)
            .where(PaymentOperation.kind == "refund")
            .order_by(PaymentOperation.id)
        )
        return [source.split(":")[0] for source in rows]
