from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.states import KEEPS, TO_DO
from sellier.domain.stock.models import StockPosition
from sellier.kernel.ids import FulfillmentId, LocationId
from sellier.surfaces.boutique import shown

ORDERS_MAX: Final = 100
LINES_MAX: Final = 100


async def waiting(
    db: AsyncSession, *, location_id: LocationId | None, limit: int = ORDERS_MAX
) -> Sequence[shown.Waiting]:
    """List the orders to prepare here, longest waiting first, with a picture of each piece."""
    picture = catalog.first_picture()
    lines = (
        select(
            FulfillmentLine.fulfillment_id,
            func.sum(FulfillmentLine.quantity).label("units"),
            func.jsonb_agg(aggregate_order_by(picture.c.picture, OrderLine.position)).label(
                "pictures"
            ),
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .outerjoin(StyleColor, StyleColor.id == OrderLine.style_color_id)
        .outerjoin(picture, true())
        .where(
            Fulfillment.location_id == location_id,
            Fulfillment.state.in_(TO_DO),
        )
        .group_by(FulfillmentLine.fulfillment_id)
        .subquery("lines")
    )
    statement = (
        select(
            Order.number,
            Order.placed_at,
            OrderAddress.name,
            OrderAddress.city,
            OrderAddress.country,
            lines.c.units,
            lines.c.pictures,
        )
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .join(lines, lines.c.fulfillment_id == Fulfillment.id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .order_by(Order.placed_at, Order.id)
        .limit(limit)
    )
    return [
        shown.Waiting(
            number=row.number,
            placed_at=row.placed_at,
            name=row.name,
            city=row.city,
            country=row.country,
            units=row.units,
            pictures=[catalog.picture(told) for told in row.pictures],
        )
        for row in await db.execute(statement)
    ]


async def sheet(
    db: AsyncSession, *, number: str, location_id: LocationId | None, lang: str
) -> shown.Sheet | None:
    """Return what to pick here for an order. None for other boutiques' orders, and for none.

    Pieces are called as whoever picks calls them: the order keeps what the customer read.
    """
    elsewhere = (
        select(func.coalesce(func.sum(FulfillmentLine.quantity), 0))
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .where(Fulfillment.order_id == Order.id, Fulfillment.location_id != location_id)
        .scalar_subquery()
    )
    statement = (
        select(Fulfillment.id, Order, OrderAddress, elsewhere.label("elsewhere"))
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .where(
            Order.number == number,
            Fulfillment.location_id == location_id,
            Fulfillment.state.in_(KEEPS),
        )
        .order_by(Fulfillment.id)
        .limit(1)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    lines = await _to_pick(db, row.id, location_id, lang=lang)
    return shown.Sheet(
        id=row.id,
        number=row.Order.number,
        placed_at=row.Order.placed_at,
        language=row.Order.language,
        address=_label(row.OrderAddress),
        country=row.OrderAddress.country,
        phone=row.OrderAddress.phone,
        units=sum(line.quantity for line in lines),
        units_elsewhere=row.elsewhere,
        lines=lines,
    )


async def _to_pick(
    db: AsyncSession,
    fulfillment_id: FulfillmentId,
    location_id: LocationId | None,
    *,
    lang: str,
) -> Sequence[shown.ToPick]:
    picture, text = catalog.first_picture(), catalog.text_in(lang)
    statement = (
        select(
            OrderLine,
            FulfillmentLine.quantity,
            Variant.gtin,
            func.coalesce(StyleColor.code, "").label("code"),
            func.coalesce(text.c.title, OrderLine.title).label("title"),
            func.coalesce(text.c.color, OrderLine.color).label("color"),
            func.coalesce(StockPosition.on_hand, 0).label("on_hand"),
            picture.c.picture,
        )
        .join(FulfillmentLine, FulfillmentLine.line_id == OrderLine.id)
        .outerjoin(Variant, Variant.sku == OrderLine.sku)
        .outerjoin(StyleColor, StyleColor.id == OrderLine.style_color_id)
        .outerjoin(
            StockPosition,
            and_(
                StockPosition.sku == OrderLine.sku,
                StockPosition.location_id == location_id,
            ),
        )
        .outerjoin(picture, true())
        .outerjoin(text, true())
        .where(FulfillmentLine.fulfillment_id == fulfillment_id)
        .order_by(OrderLine.position)
        .limit(LINES_MAX)
    )
    return [
        shown.ToPick(
            sku=row.OrderLine.sku,
            gtin=row.gtin,
            code=row.code,
            brand=row.OrderLine.brand,
            title=row.title,
            color=row.color,
            size=row.OrderLine.size,
            quantity=row.quantity,
            on_hand=row.on_hand,
            picture=catalog.picture(row.picture),
        )
        for row in await db.execute(statement)
    ]


def _label(address: OrderAddress) -> Sequence[str]:
    """Write the address as it stands on a parcel, without its country."""
    town = " ".join(filter(None, (address.postal_code, address.city, address.region)))
    return [line for line in (address.name, address.line1, address.line2, town) if line]
