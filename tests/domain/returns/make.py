"""Orders that arrived, for tests of what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, Order, OrderLine
from sellier.domain.payments.models import Payment
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import Finding, Plan, Wish
from sellier.domain.returns.states import Disposition, Look, Reason, ReturnWay
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    ReturnId,
    ReturnLineId,
    new_id,
)
from tests.domain.orders import make
from tests.domain.orders.make import Shop

Sessions = async_sessionmaker[AsyncSession]
PRICE = 185_000
SHIPPING = 1_500
BY = "staff:test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An order of one line, and the fulfillment that brought it."""

    order_id: OrderId
    line_id: OrderLineId
    work: FulfillmentId
    number: str
    secret: str


async def handed_over(
    sessions: Sessions, shop: Shop, *, now: datetime, quantity: int = 1, shipping: int = SHIPPING
) -> Arrived:
    """Buy units, have them packed and given to the carrier."""
    async with sessions.begin() as db:
        cart_id = await make.cart(db, shop, now=now, quantity=quantity)
        placed = await make.check_out(db, cart_id, now=now)
        await db.execute(
            update(Order)
            .where(Order.id == placed.order_id)
            .values(shipping_minor=shipping, total_minor=Order.items_minor + shipping)
        )
        await db.execute(
            update(Payment)
            .where(Payment.id == placed.payment_id)
            .values(amount_minor=Payment.amount_minor + shipping)
        )
    await make.pay(sessions, placed, now=now)
    async with sessions.begin() as db:
        line_id = await db.scalar(select(OrderLine.id).where(OrderLine.order_id == placed.order_id))
        work = await db.scalar(
            select(Fulfillment.id).where(Fulfillment.order_id == placed.order_id)
        )
        assert line_id is not None
        assert work is not None
        await orders.accept(db, fulfillment_id=work, by=BY, now=now)
        await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=now)
        await orders.pack(db, fulfillment_id=work, by=BY, now=now)
        await orders.hand_over(db, fulfillment_id=work, by=BY, now=now)
    return Arrived(
        order_id=placed.order_id,
        line_id=line_id,
        work=work,
        number=placed.number,
        secret=placed.secret,
    )


async def arrived(
    sessions: Sessions, shop: Shop, *, now: datetime, quantity: int = 1, shipping: int = SHIPPING
) -> Arrived:
    """Buy units that reach the customer."""
    sent = await handed_over(sessions, shop, now=now, quantity=quantity, shipping=shipping)
    async with sessions.begin() as db:
        await orders.deliver(db, fulfillment_id=sent.work, by="carrier", now=now)
    return sent


def wish(order: Arrived, quantity: int = 1, reason: Reason = Reason.TOO_SMALL) -> Wish:
    return Wish(line_id=order.line_id, quantity=quantity, reason=reason)


async def announced(
    sessions: Sessions, order: Arrived, *, now: datetime, quantity: int = 1
) -> ReturnId:
    """Announce units by post."""
    return_id = ReturnId(new_id())
    plan = Plan(order_id=order.order_id, wishes=[wish(order, quantity)], way=ReturnWay.POST)
    async with sessions.begin() as db:
        await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=now)
    return return_id


async def read(sessions: Sessions, return_id: ReturnId) -> ReturnRead:
    async with sessions.begin() as db:
        found = await queries.return_of(db, return_id=return_id)
    assert found is not None
    return found


async def received(
    sessions: Sessions,
    return_id: ReturnId,
    *,
    at: LocationId,
    now: datetime,
    units: int | None = None,
) -> None:
    """Take in all that was announced, or so many units of its one line."""
    told = await read(sessions, return_id)
    counted = {line.id: line.quantity if units is None else units for line in told.lines}
    async with sessions.begin() as db:
        await returns.receive(db, return_id=return_id, at=at, received=counted, by=BY, now=now)


async def findings(
    sessions: Sessions, return_id: ReturnId, disposition: Disposition = Disposition.RESTOCK
) -> Mapping[ReturnLineId, Sequence[Finding]]:
    """Find every unit to be as new, and put all of them in one place."""
    told = await read(sessions, return_id)
    return {
        line.id: [Finding(quantity=line.units, look=Look.AS_NEW, disposition=disposition)]
        for line in told.lines
    }


async def inspected(
    sessions: Sessions,
    return_id: ReturnId,
    *,
    now: datetime,
    disposition: Disposition = Disposition.RESTOCK,
) -> None:
    found = await findings(sessions, return_id, disposition)
    async with sessions.begin() as db:
        await returns.inspect(db, return_id=return_id, findings=found, by=BY, now=now)


async def settled(sessions: Sessions, return_id: ReturnId, *, now: datetime) -> int:
    """Settle a return; how much is given back."""
    async with sessions.begin() as db:
        return (await returns.settle(db, return_id=return_id, by=BY, now=now)).total.minor
