"""One place: what it holds, what it gives to channels, what moved there."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import case, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.identity.models import Staff
from sellier.domain.locations.models import Location
from sellier.domain.organization.models import Channel
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import LocationTerms, StockMovement, StockPosition
from sellier.kernel.ids import LocationId
from sellier.surfaces.studio import shown

PLACES_MAX: Final = 5_000
CHANNELS_MAX: Final = 100
POSITIONS_MAX: Final = 100
MOVEMENTS_MAX: Final = 50


async def places(db: AsyncSession) -> Sequence[shown.Place]:
    """List every place with what it holds."""
    held = (
        select(
            StockPosition.location_id,
            func.sum(StockPosition.on_hand).label("on_hand"),
            func.sum(StockPosition.reserved).label("reserved"),
            func.count(case((StockPosition.short > 0, 1))).label("short"),
            func.count(StockPosition.lent).label("lent"),
        )
        .group_by(StockPosition.location_id)
        .subquery("held")
    )
    statement = (
        select(
            Location.code,
            Location.kind,
            Location.name,
            Location.city,
            Location.country,
            *(func.coalesce(held.c[name], 0).label(name) for name in shown.Place.UNITS),
        )
        .outerjoin(held, held.c.location_id == Location.id)
        .order_by(Location.kind, Location.name)
        .limit(PLACES_MAX)
    )
    return [shown.Place(**row) for row in (await db.execute(statement)).mappings()]


async def positions(
    db: AsyncSession, *, location_id: LocationId, after: str, lang: str
) -> Sequence[shown.Stocked]:
    """List what a place holds by SKU; `after` is the last one seen."""
    words, picture = catalog.text_in(lang), catalog.first_picture()
    statement = (
        select(
            StockPosition.sku,
            func.coalesce(words.c.title, StyleColor.code).label("title"),
            words.c.color,
            Variant.size,
            picture.c.picture,
            *(getattr(StockPosition, name) for name in shown.Stocked.UNITS),
        )
        .join(Variant, Variant.sku == StockPosition.sku)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .outerjoin(words, true())
        .outerjoin(picture, true())
        .where(StockPosition.location_id == location_id, StockPosition.sku > after)
        .order_by(StockPosition.sku)
        .limit(POSITIONS_MAX)
    )
    return [
        shown.Stocked(**{**row, "picture": catalog.picture(row["picture"])})
        for row in (await db.execute(statement)).mappings()
    ]


async def terms(db: AsyncSession, *, location_id: LocationId) -> Sequence[shown.Terms]:
    """List what a place gives to each channel, agreed or by itself."""
    statement = (
        select(
            Channel.code,
            Channel.name,
            stock.ships().label("ships"),
            stock.collects().label("collects"),
            stock.holds().label("holds"),
            stock.buffer().label("buffer"),
            LocationTerms.location_id.is_not(None).label("is_agreed"),
        )
        .select_from(Channel)
        .join(Location, Location.id == location_id)
        .outerjoin(LocationTerms, stock.terms_with(Channel.id))
        .order_by(Channel.name)
        .limit(CHANNELS_MAX)
    )
    return [shown.Terms(**row) for row in (await db.execute(statement)).mappings()]


async def ledger(db: AsyncSession, *, location_id: LocationId, before: int) -> Sequence[Any]:
    """List the movements of a place, the newest first; `before` is the last id seen."""
    statement = (
        select(
            StockMovement.id,
            StockMovement.sku,
            StockMovement.at,
            StockMovement.quantity,
            StockMovement.condition,
            StockMovement.cause,
            StockMovement.source,
            StockMovement.note,
            func.coalesce(Staff.name, StockMovement.by, literal("")).label("by"),
        )
        .outerjoin(Staff, func.concat("staff:", Staff.id) == StockMovement.by)
        .where(StockMovement.location_id == location_id, StockMovement.id < before)
        .order_by(StockMovement.id.desc())
        .limit(MOVEMENTS_MAX)
    )
    return (await db.execute(statement)).all()
