"""One piece of work whole, and what to fetch for several."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.orders import queries as orders
from sellier.domain.orders import rules
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentOffer,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.states import COUNTS, KEEPS, Cause, Work
from sellier.domain.organization.models import Banner, Channel
from sellier.domain.promising.states import Way
from sellier.domain.stock.models import StockPosition
from sellier.kernel.ids import FulfillmentId, LocationId
from sellier.surfaces.boutique import shown
from sellier.surfaces.boutique.queries.tasks import is_held, is_here, since

LINES_MAX: Final = 500


async def sheet(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    location_id: LocationId | None,
    lang: str,
    now: datetime,
) -> shown.Sheet | None:
    """Return the work of a boutique for an order. None for other boutiques' work, and for none.

    Pieces are called as whoever picks calls them: the order keeps what the customer read.
    """
    statement = (
        select(Fulfillment, Order, OrderAddress, Banner.name.label("banner"))
        .add_columns(_elsewhere().label("elsewhere"), _is_offered_to_more().label("is_shared"))
        .add_columns(is_held().label("is_held"), since().label("since"))
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Channel, Channel.id == Order.channel_id)
        .join(Banner, Banner.id == Channel.banner_id)
        .where(Fulfillment.id == fulfillment_id, is_here(location_id))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    work: Fulfillment = row.Fulfillment
    state = Work(work.state)
    until = rules.due_at(
        state, since=row.since, accept_by=work.accept_by, collect_by=work.collect_by
    )
    found = await orders.parcels(db, fulfillment_ids=[work.id])
    return shown.Sheet(
        id=work.id,
        order_id=work.order_id,
        number=row.Order.number,
        placed_at=row.Order.placed_at,
        language=row.Order.language,
        way=Way(work.way),
        state=state,
        cause=Cause(work.cause) if work.cause else None,
        deadline=until,
        is_late=rules.pace(state, due=until, now=now) is rules.Pace.LATE,
        is_held=row.is_held,
        is_mine=work.location_id == location_id,
        is_shared=row.is_shared and state is Work.OFFERED,
        shelf=work.shelf,
        banner=row.banner,
        address=_label(row.OrderAddress),
        country=row.OrderAddress.country,
        phone=row.OrderAddress.phone,
        units_elsewhere=row.elsewhere,
        lines=await _to_pick(db, FulfillmentLine.fulfillment_id == work.id, location_id, lang=lang),
        parcel=next(iter(found.get(work.id, ())), None),
    )


async def work_of(
    db: AsyncSession, *, number: str, location_id: LocationId | None
) -> FulfillmentId | None:
    """Return the work that an order has here, what is still to be done first."""
    statement = (
        select(Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Order.number == number, is_here(location_id))
        .order_by(Fulfillment.state.in_(KEEPS).desc(), Fulfillment.id.desc())
        .limit(1)
    )
    return await db.scalar(statement)


async def to_fetch(
    db: AsyncSession, *, location_id: LocationId | None, lang: str
) -> Sequence[tuple[str, shown.ToPick]]:
    """List what is to be picked for all accepted work, each with the number of its order."""
    accepted = and_(Fulfillment.location_id == location_id, Fulfillment.state == Work.ACCEPTED)
    return await _lines(db, accepted, location_id, lang=lang)


async def _to_pick(
    db: AsyncSession, wanted: ColumnElement[bool], location_id: LocationId | None, *, lang: str
) -> Sequence[shown.ToPick]:
    return [line for _, line in await _lines(db, wanted, location_id, lang=lang)]


async def _lines(
    db: AsyncSession, wanted: ColumnElement[bool], location_id: LocationId | None, *, lang: str
) -> Sequence[tuple[str, shown.ToPick]]:
    """Read lines in the order of the walk: pieces stand by house, and by kind within it."""
    picture, text = catalog.first_picture(), catalog.text_in(lang)
    title = func.coalesce(text.c.title, OrderLine.title)
    statement = (
        select(
            Order.number,
            OrderLine,
            FulfillmentLine.quantity,
            FulfillmentLine.picked,
            Variant.gtin,
            func.coalesce(StyleColor.code, "").label("code"),
            title.label("title"),
            func.coalesce(text.c.color, OrderLine.color).label("color"),
            func.coalesce(StockPosition.on_hand, 0).label("on_hand"),
            picture.c.picture,
        )
        .join(FulfillmentLine, FulfillmentLine.line_id == OrderLine.id)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(Order, Order.id == OrderLine.order_id)
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
        .where(wanted)
        .order_by(OrderLine.brand, title, OrderLine.sku, Order.number)
        .limit(LINES_MAX)
    )
    return [
        (
            row.number,
            shown.ToPick(
                sku=row.OrderLine.sku,
                gtin=row.gtin,
                code=row.code,
                brand=row.OrderLine.brand,
                title=row.title,
                color=row.color,
                size=row.OrderLine.size,
                quantity=row.quantity,
                picked=row.picked,
                on_hand=row.on_hand,
                picture=catalog.picture(row.picture),
            ),
        )
        for row in await db.execute(statement)
    ]


def _elsewhere() -> ScalarSelect[int]:
    """Count the units of the same order that others prepare, or have delivered."""
    other, line = aliased(Fulfillment), aliased(FulfillmentLine)
    return (
        select(func.coalesce(func.sum(line.quantity), 0))
        .join(other, other.id == line.fulfillment_id)
        .where(
            other.order_id == Fulfillment.order_id,
            other.id != Fulfillment.id,
            other.state.in_(COUNTS),
        )
        .correlate(Fulfillment)
        .scalar_subquery()
    )


def _is_offered_to_more() -> ColumnElement[bool]:
    return exists().where(FulfillmentOffer.fulfillment_id == Fulfillment.id)


def _label(address: OrderAddress) -> Sequence[str]:
    """Write the address as it stands on a parcel, without its country."""
    town = " ".join(filter(None, (address.postal_code, address.city, address.region)))
    return [line for line in (address.name, address.line1, address.line2, town) if line]
