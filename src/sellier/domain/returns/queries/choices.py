"""What a customer may take instead of a piece that they give back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import Listing, StyleColor, Variant
from sellier.domain.catalog.queries import NOW
from sellier.domain.orders.models import Order, OrderLine
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.promising import queries as promising
from sellier.domain.promising.rules import Source
from sellier.domain.promising.states import Way
from sellier.domain.returns.rules import Choice
from sellier.infra.db import covers
from sellier.kernel.ids import ChannelId, LocationId, OrderId, OrderLineId

CHOICES_MAX: Final = 1_000


async def choices(
    db: AsyncSession, *, order_id: OrderId, lang: str, now: datetime
) -> Mapping[OrderLineId, Sequence[Choice]]:
    """List the sizes and colors of each piece of an order, itself too, with what is left of them.

    In the order of the piece's own page: its color first, the sizes as they follow each other.
    """
    bound = {"order_id": order_id, "lang": lang, "now": now}
    rows = (await db.execute(_siblings(), bound)).all()
    if not rows:
        return {}
    channel_id: ChannelId = rows[0].channel_id
    skus = sorted({row.sku for row in rows})
    found = await promising.sources(db, channel_id=channel_id, skus=skus, now=now)
    open_ones = [source for source in found.sources if source.is_open]
    told: dict[OrderLineId, list[Choice]] = {}
    for row in rows:
        told.setdefault(row.line_id, []).append(_choice(row, open_ones))
    return told


def _choice(row: Any, sources: Sequence[Source]) -> Choice:
    there: dict[LocationId, int] = {}
    sendable = collectable = 0
    for source in sources:
        units = max(source.available.get(row.sku, 0), 0)
        if Way.SHIP in source.ways:
            sendable += units
        if Way.COLLECT in source.ways and row.collected_at == source.location_id:
            collectable = units
        if Way.CARRY in source.ways and units:
            there[source.location_id] = units
    return Choice(
        sku=row.sku,
        style_color_id=row.style_color_id,
        title=row.title or row.bought_title,
        color=row.color,
        size=row.size,
        is_same_price=row.price_minor is not None and row.price_minor == row.paid_minor,
        sendable=sendable,
        collected_at=row.collected_at,
        collectable=collectable,
        at=there,
    )


def _siblings() -> Select[*tuple[Any, ...]]:
    """Select every variant of the products on an order, with what it costs there now.

    It is compared with what the piece on the order costs now: what was paid may be of last season.
    """
    mine = aliased(StyleColor)
    text = catalog.text_in(bindparam("lang"))
    return (
        select(
            OrderLine.id.label("line_id"),
            OrderLine.title.label("bought_title"),
            case((OrderLine.way == Way.COLLECT, OrderLine.location_id)).label("collected_at"),
            Order.channel_id,
            Variant.sku,
            Variant.size,
            StyleColor.id.label("style_color_id"),
            text.c.title,
            text.c.color,
            Price.price_minor,
            func.coalesce(_costs_now(), OrderLine.unit_minor).label("paid_minor"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(mine, mine.id == OrderLine.style_color_id)
        .join(StyleColor, StyleColor.product_id == mine.product_id)
        .join(Variant, Variant.style_color_id == StyleColor.id)
        .outerjoin(text, true())
        .outerjoin(
            Price,
            (Price.sku == Variant.sku)
            & pricing.is_current(Order.market_id, NOW)
            & (Price.currency == Order.currency)
            & _is_listed(),
        )
        .where(OrderLine.order_id == bindparam("order_id"))
        .order_by(
            OrderLine.position,
            (StyleColor.id != mine.id),
            StyleColor.code,
            Variant.position,
            Variant.sku,
        )
        .limit(CHOICES_MAX)
    )


def _is_listed() -> ColumnElement[bool]:
    listed = catalog.is_listed(channel_id=Order.channel_id, market_id=Order.market_id)
    return (
        exists().where(Listing.style_color_id == StyleColor.id, listed).correlate(StyleColor, Order)
    )


def _costs_now() -> ScalarSelect[int]:
    own = aliased(Price)
    return (
        select(own.price_minor)
        .where(
            own.sku == OrderLine.sku,
            own.market_id == Order.market_id,
            own.currency == Order.currency,
            covers(own.valid_from, own.valid_until, NOW),
        )
        .correlate(OrderLine, Order)
        .scalar_subquery()
    )
