from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, Order, OrderLine
from sellier.domain.orders.states import TO_DO, LineState
from sellier.infra.health import Heartbeat
from sellier.infra.outbox import OutboxRow
from sellier.kernel.money import Money
from sellier.surfaces.studio import shown

BOUTIQUES_MAX: Final = 100
CURRENCIES_MAX: Final = 20


async def clock(db: AsyncSession) -> str:
    """Return the time zone that most of the group's walls show: days begin and end by it."""
    statement = (
        select(Location.time_zone)
        .group_by(Location.time_zone)
        .order_by(func.count().desc(), Location.time_zone)
        .limit(1)
    )
    return await db.scalar(statement) or "UTC"


async def figures(db: AsyncSession, *, today: datetime) -> shown.Figures:
    """Count what happened since the day began, and what waits."""
    waiting = OutboxRow.dispatched_at.is_(None)
    awaiting = (
        select(func.count(OrderLine.order_id.distinct()))
        .where(OrderLine.state == LineState.PENDING)
        .scalar_subquery()
    )
    to_prepare = select(func.count()).where(Fulfillment.state.in_(TO_DO)).scalar_subquery()
    failed = text("(SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')")
    row = (
        await db.execute(
            select(
                select(func.count()).where(Order.placed_at >= today).scalar_subquery(),
                awaiting,
                to_prepare,
                select(func.count()).where(waiting).scalar_subquery(),
                select(func.min(OutboxRow.happened_at)).where(waiting).scalar_subquery(),
                failed,
                select(Heartbeat.at).where(Heartbeat.process == "worker").scalar_subquery(),
            )
        )
    ).one()
    sold = (
        select(func.sum(Order.total_minor), Order.currency)
        .where(Order.placed_at >= today)
        .group_by(Order.currency)
        .order_by(Order.currency)
        .limit(CURRENCIES_MAX)
    )
    return shown.Figures(
        orders_today=row[0],
        sold_today=[Money(int(minor), code) for minor, code in await db.execute(sold)],
        awaiting_payment=row[1],
        to_prepare=row[2],
        events_waiting=row[3],
        oldest_event_at=row[4],
        jobs_failed=row[5],
        worker_seen_at=row[6],
    )


async def boutiques(db: AsyncSession) -> Sequence[shown.Boutique]:
    """List the locations that have orders to prepare, the longest waiting first."""
    oldest = func.min(Fulfillment.created_at)
    statement = (
        select(
            Location.code,
            Location.name,
            Location.city,
            Location.time_zone,
            func.count(Fulfillment.id.distinct()).label("orders"),
            func.sum(FulfillmentLine.quantity).label("units"),
            oldest.label("oldest_at"),
        )
        .join(Fulfillment, Fulfillment.location_id == Location.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(Fulfillment.state.in_(TO_DO))
        .group_by(Location.id)
        .order_by(oldest, Location.name)
        .limit(BOUTIQUES_MAX)
    )
    rows = (await db.execute(statement)).mappings()
    return [shown.Boutique(**row) for row in rows]
