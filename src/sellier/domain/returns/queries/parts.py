"""What of an order may come back, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.rules.tracking import Party, Sending
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.rules import parcel_weight_g
from sellier.domain.orders.states import Work
from sellier.domain.payments.models import Payment
from sellier.domain.returns.models import Return, ReturnFinding, ReturnLine
from sellier.domain.returns.rules import Delivered, Ledger
from sellier.domain.returns.states import FREED, Disposition, ReturnState, ReturnWay
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    ParcelId,
    ReturnId,
    Sku,
)
from sellier.kernel.money import Money

STANDARD: Final = "standard"
PARTS_MAX: Final = 1_000
ARRIVED: Final = (Work.DELIVERED, Work.COLLECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentWith:
    """A fulfillment that a carrier could not bring: its order, place, and what is in it."""

    order_id: OrderId
    location_id: LocationId | None
    state: Work
    parts: Sequence[Delivered]


async def lock_order(db: AsyncSession, *, order_id: OrderId) -> str | None:
    """Lock an order's money and lines, so that its returns change one at a time.

    Return its currency; None when there is no such order.
    """
    money = select(Payment.id).where(Payment.order_id == order_id).order_by(Payment.id)
    await db.execute(money.with_for_update())
    lines = (
        select(OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
        .with_for_update(key_share=True)
    )
    await db.execute(lines)
    found: str | None = await db.scalar(select(Order.currency).where(Order.id == order_id))
    return found


async def language_of(db: AsyncSession, *, order_id: OrderId) -> str:
    """Return the language in which an order was placed."""
    found: str | None = await db.scalar(select(Order.language).where(Order.id == order_id))
    assert found is not None, "it was locked by whoever asks"
    return found


async def skus_of(db: AsyncSession, *, line_ids: Sequence[OrderLineId]) -> Sequence[Sku]:
    """Return the SKUs of lines."""
    rows = await db.scalars(select(OrderLine.sku).where(OrderLine.id.in_(line_ids)).distinct())
    return rows.all()


async def is_place(db: AsyncSession, *, location_id: LocationId) -> bool:
    """Tell whether there is such a location: any may take returns in."""
    return bool(await db.scalar(select(exists().where(Location.id == location_id))))


async def returnable(db: AsyncSession, *, order_id: OrderId) -> Sequence[Delivered]:
    """List the units of an order that arrived and have not come back, with when they arrived."""
    return await _parts(db, and_(Fulfillment.order_id == order_id, Fulfillment.state.in_(ARRIVED)))


async def post_to(db: AsyncSession, *, order_id: OrderId) -> LocationId | None:
    """Return where parcels with returns go: a warehouse, in the customer's country if there is one.

    Where there is no warehouse at all, to a place that prepared the order.
    """
    country = select(OrderAddress.country).where(OrderAddress.order_id == order_id)
    prepared = select(Fulfillment.location_id).where(Fulfillment.order_id == order_id)
    statement = (
        select(Location.id)
        .where(or_(Location.kind == LocationKind.WAREHOUSE, Location.id.in_(prepared)))
        .order_by(
            (Location.kind == LocationKind.WAREHOUSE).desc(),
            (Location.country == country.scalar_subquery()).desc(),
            Location.code,
        )
        .limit(1)
    )
    return await db.scalar(statement)


async def sending(db: AsyncSession, *, return_id: ReturnId) -> Sending | None:
    """Return what a carrier is asked for, to bring a return by post; None where none is expected.

    It travels under the return's own id, so that asking twice makes one label.
    """
    units = select(func.sum(ReturnLine.quantity)).where(ReturnLine.return_id == return_id)
    statement = (
        select(Return.number, OrderAddress, Location, units.scalar_subquery().label("units"))
        .join(OrderAddress, OrderAddress.order_id == Return.order_id)
        .join(Location, Location.id == Return.expected_at_id)
        .where(
            Return.id == return_id,
            Return.way == ReturnWay.POST,
            Return.state.in_((ReturnState.ANNOUNCED, ReturnState.ON_THE_WAY)),
        )
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    sender, place = row.OrderAddress, row.Location
    return Sending(
        parcel_id=ParcelId(return_id),
        reference=row.number,
        service=STANDARD,
        origin=Party(
            name=sender.name,
            lines=tuple(line for line in (sender.line1, sender.line2) if line),
            postal_code=sender.postal_code,
            city=sender.city,
            country=sender.country,
            phone=sender.phone,
        ),
        destination=Party(
            name=place.name,
            lines=(place.name,),
            postal_code="",
            city=place.city,
            country=place.country,
        ),
        weight_g=parcel_weight_g(row.units),
    )


async def sent_with(db: AsyncSession, *, fulfillment_id: FulfillmentId) -> SentWith | None:
    """Return what left with a carrier, as far as it has not come back; None if nothing did."""
    row = (
        await db.execute(
            select(Fulfillment.order_id, Fulfillment.location_id, Fulfillment.state).where(
                Fulfillment.id == fulfillment_id
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return SentWith(
        order_id=row.order_id,
        location_id=row.location_id,
        state=Work(row.state),
        parts=await _parts(db, Fulfillment.id == fulfillment_id),
    )


async def _parts(db: AsyncSession, which: ColumnElement[bool]) -> Sequence[Delivered]:
    counted = func.coalesce(ReturnLine.received, ReturnLine.quantity)
    back = (
        select(func.coalesce(func.sum(counted), 0))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            ReturnLine.fulfillment_id == FulfillmentLine.fulfillment_id,
            ReturnLine.line_id == FulfillmentLine.line_id,
            Return.state.not_in(FREED),
        )
        .correlate(FulfillmentLine)
        .scalar_subquery()
    )
    since = (
        select(func.max(FulfillmentTransition.at))
        .where(
            FulfillmentTransition.fulfillment_id == Fulfillment.id,
            FulfillmentTransition.after == Fulfillment.state,
        )
        .correlate(Fulfillment)
        .scalar_subquery()
    )
    statement = (
        select(
            OrderLine.id,
            OrderLine.sku,
            OrderLine.unit_minor,
            Order.currency,
            FulfillmentLine.fulfillment_id,
            (FulfillmentLine.quantity - back).label("left"),
            since.label("since"),
        )
        .join(FulfillmentLine, FulfillmentLine.line_id == OrderLine.id)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(which)
        .order_by(OrderLine.position, Fulfillment.id)
        .limit(PARTS_MAX)
    )
    return [
        Delivered(
            line_id=row.id,
            fulfillment_id=row.fulfillment_id,
            sku=row.sku,
            left=row.left,
            unit=Money(row.unit_minor, row.currency),
            since=row.since,
        )
        for row in await db.execute(statement)
    ]


async def ledger(db: AsyncSession, *, order_id: OrderId, but: ReturnId) -> Ledger:
    """Return what an order's returns amount to, one of them left out."""
    others = (Return.order_id == order_id, Return.id != but, Return.state == ReturnState.SETTLED)
    taken = (
        select(func.coalesce(func.sum(ReturnFinding.quantity), 0))
        .join(ReturnLine, ReturnLine.id == ReturnFinding.return_line_id)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(*others, Return.is_in_time, ReturnFinding.disposition != Disposition.REFUSE)
        .scalar_subquery()
    )
    # Written off: settled though nobody ever saw them.
    gone = (
        select(func.coalesce(func.sum(ReturnLine.quantity), 0))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(*others, ReturnLine.received.is_(None))
        .scalar_subquery()
    )
    given = select(func.coalesce(func.sum(Return.delivery_minor), 0)).where(*others)
    bought = (
        select(func.sum(OrderLine.quantity - OrderLine.canceled_units))
        .where(OrderLine.order_id == order_id)
        .scalar_subquery()
    )
    row = (
        await db.execute(
            select(
                Order.shipping_minor,
                Order.currency,
                bought.label("bought"),
                (taken + gone).label("back"),
                given.scalar_subquery().label("given"),
            ).where(Order.id == order_id)
        )
    ).one()
    return Ledger(
        bought=row.bought,
        back=row.back,
        shipping=Money(row.shipping_minor, row.currency),
        delivery_given_back=Money(row.given, row.currency),
    )
