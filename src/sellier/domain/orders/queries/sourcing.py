"""What sourcing needs to know of an order."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentHold,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    OrderAddress,
    OrderChange,
    OrderLine,
)
from sellier.domain.orders.rules import ALONE_FOR, is_passed
from sellier.domain.orders.states import Cause, LineState, Work
from sellier.domain.promising.rules import Destination, Need, addressed
from sellier.domain.promising.states import Way
from sellier.domain.stock.models import StockPosition
from sellier.domain.stock.queries import is_open_at
from sellier.kernel.ids import ChannelId, FulfillmentId, LocationId, OrderId, OrderLineId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundLine:
    """A line, and where its units go."""

    sku: Sku
    to: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRead:
    """The channel that an order came by, and where its lines go."""

    channel_id: ChannelId
    lines: Mapping[OrderLineId, BoundLine]
    kept: frozenset[OrderLineId]  # until another piece has come back

    def needs(self, units: Mapping[OrderLineId, int]) -> list[Need]:
        """Return units of these lines as what is asked of sourcing."""
        return [
            Need(
                line_id=line_id,
                sku=self.lines[line_id].sku,
                quantity=quantity,
                to=self.lines[line_id].to,
            )
            for line_id, quantity in units.items()
        ]


async def bound(db: AsyncSession, *, order_id: OrderId) -> BoundRead:
    """Return where the lines of an order go, and the channel it came by."""
    statement = (
        select(
            Order.channel_id,
            OrderAddress.country,
            OrderAddress.postal_code,
            OrderLine.id,
            OrderLine.sku,
            OrderLine.way,
            OrderLine.location_id,
            OrderLine.state,
        )
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.id == order_id)
        .order_by(OrderLine.position)
    )
    rows = (await db.execute(statement)).all()
    return BoundRead(
        channel_id=rows[0].channel_id,
        lines={
            row.id: BoundLine(
                sku=row.sku,
                to=addressed(
                    way=Way(row.way),
                    country=row.country,
                    postal_code=row.postal_code,
                    location_id=row.location_id,
                ),
            )
            for row in rows
        },
        kept=frozenset(row.id for row in rows if row.state == LineState.SET_ASIDE),
    )


async def sourceable(db: AsyncSession, *, limit: int = 200) -> Sequence[OrderId]:
    """List the orders that wait for units of which some can be had, longest waiting first."""
    statement = (
        select(Fulfillment.order_id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(
            Fulfillment.state == Work.UNSOURCED,
            ~exists().where(
                FulfillmentHold.fulfillment_id == Fulfillment.id,
                FulfillmentHold.released_at.is_(None),
            ),
            exists().where(
                StockPosition.sku == OrderLine.sku,
                StockPosition.available > 0,
                is_open_at(StockPosition.location_id),
            ),
        )
        .group_by(Fulfillment.order_id)
        .order_by(func.min(Fulfillment.created_at))
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def hopeless(db: AsyncSession, *, limit: int = 200) -> Sequence[OrderId]:
    """List the orders that wait for units in place of others, of which nobody has any."""
    statement = (
        select(Fulfillment.order_id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(_is_hopeless())
        .group_by(Fulfillment.order_id)
        .order_by(Fulfillment.order_id)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def hopeless_units(db: AsyncSession, *, order_id: OrderId) -> Mapping[OrderLineId, int]:
    """Return these units of an order, by line."""
    statement = (
        select(FulfillmentLine.line_id, func.sum(FulfillmentLine.quantity).label("units"))
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(Fulfillment.order_id == order_id, _is_hopeless())
        .group_by(FulfillmentLine.line_id)
    )
    return {row.line_id: row.units for row in await db.execute(statement)}


def _is_hopeless() -> ColumnElement[bool]:
    """Tell whether units replace others and no open place has one; nor does where they belong."""
    return and_(
        Fulfillment.state == Work.UNSOURCED,
        OrderLine.replaces_id.is_not(None),
        ~exists().where(
            FulfillmentHold.fulfillment_id == Fulfillment.id,
            FulfillmentHold.released_at.is_(None),
        ),
        ~exists().where(
            StockPosition.sku == OrderLine.sku,
            StockPosition.available > 0,
            or_(
                OrderLine.location_id.is_(None), StockPosition.location_id == OrderLine.location_id
            ),
            is_open_at(StockPosition.location_id),
        ),
    )


async def passed_over(
    db: AsyncSession, *, order_id: OrderId, now: datetime
) -> Mapping[Sku, AbstractSet[LocationId]]:
    """Return the locations that gave up SKUs of an order and are not to be asked again yet."""
    found = await passed_over_by(db, order_ids=[order_id], now=now)
    return found.get(order_id, {})


async def passed_over_by(
    db: AsyncSession, *, order_ids: Sequence[OrderId], now: datetime
) -> Mapping[OrderId, Mapping[Sku, AbstractSet[LocationId]]]:
    """Return the same for several orders."""
    statement = (
        select(
            Fulfillment.order_id,
            OrderLine.sku,
            Fulfillment.location_id,
            Fulfillment.cause,
            FulfillmentTransition.at,
        )
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .join(FulfillmentTransition, FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .where(
            Fulfillment.order_id.in_(order_ids),
            Fulfillment.state == Work.WITHDRAWN,
            Fulfillment.location_id.is_not(None),
            FulfillmentTransition.after == Work.WITHDRAWN,
            # What they said of a size says nothing of the one that the line became.
            ~exists().where(
                OrderChange.line_id == OrderLine.id, OrderChange.at >= FulfillmentTransition.at
            ),
        )
    )
    found: dict[OrderId, dict[Sku, set[LocationId]]] = {}
    for row in await db.execute(statement):
        if not is_passed(Cause(row.cause), since=row.at, now=now):
            found.setdefault(row.order_id, {}).setdefault(row.sku, set()).add(row.location_id)
    return found


async def lying(db: AsyncSession, *, now: datetime, limit: int = 50) -> Mapping[FulfillmentId, str]:
    """Return the offers that a boutique has left lying, and its country."""
    statement = (
        select(Fulfillment.id, Location.country)
        .join(Location, Location.id == Fulfillment.location_id)
        .where(
            Fulfillment.state == Work.OFFERED,
            Fulfillment.way == Way.SHIP,
            Fulfillment.widened_at.is_(None),
            Fulfillment.created_at <= now - ALONE_FOR,
            Location.kind == LocationKind.BOUTIQUE,
        )
        .order_by(Fulfillment.id)
        .limit(limit)
    )
    return {row.id: row.country for row in await db.execute(statement)}
