"""The shop around its pieces: shelves, houses, places, addresses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Category,
    Listing,
    Product,
    StyleColor,
    Variant,
)
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Brand
from sellier.domain.promising.queries import promise
from sellier.domain.stock.models import StockPosition
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import LocationId, Sku, StyleColorId
from sellier.surfaces.storefront import shown
from sellier.surfaces.storefront.shown import Collect, Here

LIMIT: Final = 5_000  # above any of the lists that are read whole
ADDRESSES_MAX: Final = 25_000  # half of what a sitemap may hold: each in two languages


async def shelves(db: AsyncSession, *, here: Here, now: datetime) -> tuple[shown.Shelf, ...]:
    """Return the tree of categories that hold something here, the fullest first."""
    counts = (
        select(Product.category_id, func.count().label("listed"))
        .join(StyleColor, StyleColor.product_id == Product.id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(catalog.is_listed())
        .group_by(Product.category_id)
        .cte("counts")
    )
    found = await db.execute(
        select(Category.path, Category.names, func.coalesce(counts.c.listed, 0))
        .outerjoin(counts, counts.c.category_id == Category.id)
        .order_by(Category.path)
        .limit(LIMIT),
        catalog.asked(here, now),
    )
    return shown.tree([(path, names, count) for path, names, count in found])


async def houses(db: AsyncSession, *, here: Here, now: datetime) -> tuple[shown.House, ...]:
    """Return the brands that have something here, by name."""
    is_maison = Brand.maison_id.is_not(None).label("is_maison")
    found = await db.execute(
        select(Brand.code, Brand.name, is_maison, Brand.story, func.count().label("count"))
        .join(Product, Product.brand_id == Brand.id)
        .join(StyleColor, StyleColor.product_id == Product.id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(catalog.is_listed())
        .group_by(Brand.id)
        .order_by(func.lower(Brand.name))
        .limit(LIMIT),
        catalog.asked(here, now),
    )
    return tuple(shown.House(**row) for row in found.mappings())


async def places(
    db: AsyncSession, *, code: str, skus: Sequence[Sku], here: Here, now: datetime
) -> shown.Whereabouts:
    """Return the boutiques that have a piece right now, those of the visitor's country first.

    And what promises need to know of every place that has it, in the same round trip.
    """
    asked = _PLACES(**catalog.asked(here, now), code=code, country=here.country)
    found, standings = await send(
        db, asked, promise.standing(channel_id=here.channel_id, skus=list(skus))
    )
    return shown.Whereabouts(
        boutiques=tuple(
            shown.Place(
                **row._asdict() | {"sizes": tuple(shown.SizeHere(**one) for one in row.sizes)}
            )
            for row in found
        ),
        standings=promise.standings_of(standings),
    )


async def boutiques(db: AsyncSession) -> Mapping[str, str]:
    """Return the names of boutiques by code."""
    named = func.concat(Location.name, ", ", Location.city)
    found = await db.execute(
        select(Location.code, named).where(Location.kind == LocationKind.BOUTIQUE).limit(LIMIT)
    )
    return dict(found.all())


async def ordered(
    db: AsyncSession, *, ids: Sequence[StyleColorId]
) -> Mapping[StyleColorId, shown.Ordered]:
    """Return the address and picture of pieces on an order, listed or not."""
    picture = catalog.first_picture()
    found = await db.execute(
        select(StyleColor.id, StyleColor.code, picture)
        .outerjoin(picture, true())
        .where(StyleColor.id.in_(ids))
        .limit(len(ids))
    )
    return {
        row.id: shown.Ordered(code=row.code, picture=catalog.picture(row.picture)) for row in found
    }


async def senders(
    db: AsyncSession, *, location_ids: Sequence[LocationId]
) -> Sequence[shown.Sender]:
    """Return the places that an order would be sent from, as a customer knows them."""
    is_boutique = (Location.kind == LocationKind.BOUTIQUE).label("is_boutique")
    found = await db.execute(
        select(Location.name, Location.city, is_boutique)
        .where(Location.id.in_(location_ids))
        .order_by(Location.code)
        .limit(LIMIT)
    )
    return [shown.Sender(**row) for row in found.mappings()]


async def counters(db: AsyncSession, *, collects: Mapping[str, Collect]) -> Sequence[shown.Counter]:
    """Return the boutiques where a bag can be fetched, the soonest first."""
    found = await db.execute(
        select(Location.code, Location.name, Location.city).where(Location.code.in_(collects))
    )
    places = {row.code: row for row in found}
    soonest = sorted(collects.items(), key=lambda one: (one[1].at, one[0]))
    return [
        shown.Counter(code=code, name=places[code].name, city=places[code].city, collect=collect)
        for code, collect in soonest
        if code in places
    ]


async def boutique(db: AsyncSession, *, code: str) -> shown.Boutique | None:
    """Return a boutique by its code, or None."""
    statement = select(Location.id, Location.name, Location.city, Location.country).where(
        Location.code == code, Location.kind == LocationKind.BOUTIQUE
    )
    found = (await db.execute(statement)).mappings().one_or_none()
    return shown.Boutique(**found) if found else None


async def addresses(db: AsyncSession, *, here: Here, now: datetime, page: int) -> tuple[str, ...]:
    """Return one sitemap's worth of style-color codes."""
    found = await db.scalars(
        select(StyleColor.code)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(catalog.is_listed())
        .order_by(StyleColor.id)
        .offset(page * ADDRESSES_MAX)
        .limit(ADDRESSES_MAX),
        catalog.asked(here, now),
    )
    return tuple(found)


def _places() -> Select[*tuple[Any, ...]]:
    size = func.jsonb_build_object(
        "name", func.coalesce(Variant.size, ""), "units", StockPosition.available
    )
    sizes = func.jsonb_agg(aggregate_order_by(size, Variant.position)).label("sizes")
    return (
        select(Location.code, Location.name, Location.city, Location.country, sizes)
        .join(StockPosition, StockPosition.location_id == Location.id)
        .join(Variant, Variant.sku == StockPosition.sku)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(
            StyleColor.code == bindparam("code"),
            StockPosition.available > 0,
            Location.kind == LocationKind.BOUTIQUE,
            Location.closed_at.is_(None),
            catalog.is_listed(),
        )
        .group_by(Location.id)
        .order_by((Location.country == bindparam("country")).desc(), Location.city, Location.name)
        .limit(LIMIT)
    )


_PLACES: Final = Statement(_places())
