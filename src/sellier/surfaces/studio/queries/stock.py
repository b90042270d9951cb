from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, false, func, literal, null, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import Product, StyleColor, Variant
from sellier.domain.identity.models import Staff
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Order
from sellier.domain.organization.models import Brand
from sellier.domain.stock.models import (
    Allocation,
    HotMode,
    Reservation,
    StockMovement,
    StockPosition,
)
from sellier.domain.stock.states import ReservationState
from sellier.kernel.ids import Sku, StyleColorId
from sellier.surfaces.studio import shown

SIZES_MAX: Final = 200
POSITIONS_MAX: Final = 500
HELD_MAX: Final = 100
MOVEMENTS_MAX: Final = 50
BIG: Final = 2**31 - 1  # the ledger's ids are 32 bits wide


async def tagged(db: AsyncSession, *, tag: str, lang: str) -> shown.Tagged | None:
    """Return what a SKU or GTIN is; the code of a piece stands for its first size."""
    words, picture = catalog.text_in(lang), catalog.first_picture()
    codes = {tag, tag.upper()}
    statement = (
        select(
            Variant,
            StyleColor.code,
            Brand.name.label("brand"),
            words.c.title,
            words.c.color,
            picture.c.picture,
        )
        .select_from(Variant)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(words, true())
        .outerjoin(picture, true())
        .where(or_(Variant.sku.in_(codes), Variant.gtin == tag, StyleColor.code.in_(codes)))
        .order_by(Variant.sku.in_(codes).desc(), Variant.position, Variant.sku)
        .limit(1)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    variant: Variant = row.Variant
    return shown.Tagged(
        sku=variant.sku,
        gtin=variant.gtin,
        code=row.code,
        brand=row.brand,
        title=row.title,
        color=row.color,
        size=variant.size,
        picture=catalog.picture(row.picture),
        sizes=await _sizes(db, variant.style_color_id),
    )


async def positions(db: AsyncSession, *, sku: Sku) -> Sequence[shown.Position]:
    """List the units of a SKU by location, the best filled first."""
    statement = (
        select(
            Location.code,
            Location.name.label("location"),
            Location.city,
            StockPosition.on_hand,
            StockPosition.reserved,
            StockPosition.display,
            StockPosition.damaged,
            StockPosition.quality_hold,
            StockPosition.safety_stock.label("safety"),
            StockPosition.available,
        )
        .join(Location, Location.id == StockPosition.location_id)
        .where(StockPosition.sku == sku)
        .order_by(StockPosition.available.desc(), StockPosition.on_hand.desc(), Location.name)
        .limit(POSITIONS_MAX)
    )
    return [shown.Position(**row) for row in (await db.execute(statement)).mappings()]


async def held(db: AsyncSession, *, sku: Sku) -> Sequence[shown.Held]:
    """List the orders that units of a SKU are kept for."""
    reserved = select(
        Reservation.order_id,
        Reservation.location_id,
        Reservation.quantity,
        Reservation.expires_at.label("until"),
    ).where(Reservation.sku == sku, Reservation.state == ReservationState.OPEN)
    allocated = select(
        Allocation.order_id, Allocation.location_id, Allocation.quantity, null().label("until")
    ).where(Allocation.sku == sku)
    kept = union_all(reserved, allocated).subquery("kept")
    statement = (
        select(Order.number, Location.name.label("location"), kept.c.quantity, kept.c.until)
        .select_from(kept)
        .join(Order, Order.id == kept.c.order_id)
        .join(Location, Location.id == kept.c.location_id)
        .order_by(Order.id.desc(), Location.name)
        .limit(HELD_MAX)
    )
    return [shown.Held(**row) for row in (await db.execute(statement)).mappings()]


async def demand(db: AsyncSession, *, sku: Sku) -> shown.Demand:
    """Return whether a SKU is sold as one in great demand, since when and by whom."""
    kept = (
        select(func.coalesce(func.sum(Reservation.quantity), 0))
        .where(
            Reservation.sku == sku,
            Reservation.cart_id.is_not(None),
            Reservation.state == ReservationState.OPEN,
        )
        .scalar_subquery()
    )
    last = (
        select(HotMode.is_hot, HotMode.at, HotMode.by)
        .where(HotMode.sku == sku)
        .order_by(HotMode.id.desc())
        .limit(1)
        .subquery("last")
    )
    statement = (
        select(
            func.coalesce(last.c.is_hot, false()).label("is_hot"),
            last.c.at,
            func.coalesce(Staff.name, last.c.by, literal("")).label("by"),
            kept.label("kept"),
        )
        .select_from(select(literal(1)).subquery("one"))
        .outerjoin(last, true())
        .outerjoin(Staff, func.concat("staff:", Staff.id) == last.c.by)
    )
    return shown.Demand(**(await db.execute(statement)).mappings().one())


async def ledger(db: AsyncSession, *, sku: Sku, before: int = BIG) -> Sequence[shown.Movement]:
    """List the movements of a SKU, newest first; `before` is the last id seen.

    What was on hand after each is told from what is there now, so that a page reads no more rows
    than were written since, however long the ledger is.
    """
    since = (
        select(StockMovement.location_id, func.sum(StockMovement.quantity).label("units"))
        .where(StockMovement.sku == sku, StockMovement.id >= before)
        .group_by(StockMovement.location_id)
        .subquery("since")
    )
    told = (
        select(StockMovement)
        .where(StockMovement.sku == sku, StockMovement.id < before)
        .order_by(StockMovement.id.desc())
        .limit(MOVEMENTS_MAX)
        .subquery("told")
    )
    newer = func.sum(told.c.quantity).over(
        partition_by=told.c.location_id, order_by=told.c.id.desc(), rows=(None, -1)
    )
    after = StockPosition.on_hand - func.coalesce(since.c.units, 0) - func.coalesce(newer, 0)
    statement = (
        select(
            told,
            after.label("after"),
            func.coalesce(Location.name, literal("")).label("location"),
            func.coalesce(Staff.name, told.c.by).label("who"),
        )
        .join(
            StockPosition,
            and_(StockPosition.sku == told.c.sku, StockPosition.location_id == told.c.location_id),
        )
        .outerjoin(since, since.c.location_id == told.c.location_id)
        .outerjoin(Location, Location.id == told.c.location_id)
        .outerjoin(Staff, func.concat("staff:", Staff.id) == told.c.by)
        .order_by(told.c.id.desc())
    )
    return [
        shown.Movement(
            id=row.id,
            at=row.at,
            location=row.location,
            cause=row.cause,
            condition=row.condition,
            quantity=row.quantity,
            after=row.after,
            source=row.source,
            note=row.note,
            by=row.who,
        )
        for row in await db.execute(statement)
    ]


async def _sizes(db: AsyncSession, style_color_id: StyleColorId) -> Sequence[shown.OtherSize]:
    statement = (
        select(
            Variant.sku,
            Variant.size,
            func.coalesce(func.sum(StockPosition.available), 0).label("available"),
        )
        .outerjoin(StockPosition, StockPosition.sku == Variant.sku)
        .where(Variant.style_color_id == style_color_id)
        .group_by(Variant.sku)
        .order_by(Variant.position, Variant.sku)
        .limit(SIZES_MAX)
    )
    return [shown.OtherSize(**row) for row in (await db.execute(statement)).mappings()]
