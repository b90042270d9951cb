"""What past orders asked for: the rules of sourcing are tried out on them."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.states import LineState, Work
from sellier.domain.promising import queries as promising
from sellier.domain.promising.rules import Need, RuleSet, Take, addressed
from sellier.domain.promising.rules.simulate import Outcome, PastOrder, restored, simulate
from sellier.domain.promising.states import Way
from sellier.kernel.ids import OrderId

PAST_MAX = 5_000
# Their units went back to the stock, or on to another fulfillment.
_GAVE_BACK = (Work.WITHDRAWN, Work.CANCELED, Work.EXPIRED)


async def past_needs(
    db: AsyncSession, *, since: datetime, limit: int = PAST_MAX
) -> Sequence[PastOrder]:
    """Return orders placed since then and not canceled, the latest of them, the oldest first."""
    latest = (
        select(Order.id)
        .where(Order.placed_at >= since)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
        .subquery()
    )
    rows = await db.execute(
        select(
            Order.id,
            Order.number,
            Order.channel_id,
            Order.placed_at,
            OrderAddress.country,
            OrderAddress.postal_code,
            OrderLine.id.label("line_id"),
            OrderLine.sku,
            OrderLine.quantity,
            OrderLine.way,
            OrderLine.location_id,
        )
        .join(latest, latest.c.id == Order.id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.state.not_in((LineState.LAPSED, LineState.CANCELED)))
        .order_by(Order.placed_at, Order.id, OrderLine.position)
    )
    needs: defaultdict[OrderId, list[Need]] = defaultdict(list)
    found = rows.all()
    for row in found:
        to = addressed(
            way=Way(row.way),
            country=row.country,
            postal_code=row.postal_code,
            location_id=row.location_id,
        )
        need = Need(line_id=row.line_id, sku=row.sku, quantity=row.quantity, to=to)
        needs[row.id].append(need)
    served = await _served(db, since=since)
    firsts = {row.id: row for row in reversed(found)}
    return [
        PastOrder(
            number=firsts[order_id].number,
            channel_id=firsts[order_id].channel_id,
            day=firsts[order_id].placed_at.astimezone(UTC).date(),
            needs=asked,
            served=served[order_id],
        )
        for order_id, asked in needs.items()
    ]


async def replayed(
    db: AsyncSession,
    *,
    rule_sets: Sequence[RuleSet],
    since: datetime,
    now: datetime,
    limit: int = PAST_MAX,
) -> Sequence[Outcome]:
    """Source past orders anew under each rule set, over the stock as it was before them."""
    past = await past_needs(db, since=since, limit=limit)
    found = await promising.snapshot(
        db,
        channel_ids=dict.fromkeys(order.channel_id for order in past),
        skus=list(dict.fromkeys(need.sku for order in past for need in order.needs)),
        now=now,
    )
    before = restored(found, past)
    # Seconds of arithmetic, on which nobody else should wait.
    return [
        await asyncio.to_thread(simulate, before, past, rule_set=rule_set) for rule_set in rule_sets
    ]


async def _served(db: AsyncSession, *, since: datetime) -> defaultdict[OrderId, list[Take]]:
    rows = await db.execute(
        select(
            Fulfillment.order_id,
            Fulfillment.location_id,
            FulfillmentLine.line_id,
            FulfillmentLine.quantity,
            OrderLine.sku,
        )
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(
            Order.placed_at >= since,
            Fulfillment.location_id.is_not(None),
            Fulfillment.state.not_in(_GAVE_BACK),
        )
    )
    served: defaultdict[OrderId, list[Take]] = defaultdict(list)
    for row in rows:
        served[row.order_id].append(
            Take(
                line_id=row.line_id,
                sku=row.sku,
                location_id=row.location_id,
                quantity=row.quantity,
            )
        )
    return served
