"""Reads that join several modules, one round trip for each answer.

Hot statements are built once: `catalog.asked` says where a program asks and when.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Row,
    Select,
    String,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Category,
    Listing,
    Product,
    StyleColor,
)
from sellier.domain.catalog.queries import Shop
from sellier.domain.locations.models import Location
from sellier.domain.organization.models import Banner, BannerLocation, Brand
from sellier.domain.pricing import queries as pricing
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import StockPosition
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import Sku

PLACES_MAX: Final = 5_000
HITS_MAX: Final = 1_000

# One array, however many codes: the statement stays the same, and PostgreSQL keeps its plan.
_CODES: Final = bindparam("codes", type_=ARRAY(String))


async def hits(
    db: AsyncSession, *, codes: Sequence[str], shop: Shop, now: datetime
) -> Sequence[Any]:
    """Return rows for a list in the order of `codes`; what is not sold here is left out."""
    (found,) = await send(db, _HITS(**catalog.asked(shop, now), codes=list(codes)))
    rows = {row.code: row for row in found}
    return [rows[code] for code in codes if code in rows]


async def product(db: AsyncSession, *, code: str, shop: Shop, now: datetime) -> Any | None:
    """Return one style-color with all that is said of it, or None when it is not sold here."""
    (found,) = await send(db, _PRODUCT(**catalog.asked(shop, now), code=code))
    return found[0] if found else None


async def locations(
    db: AsyncSession, *, country: str | None, offset: int, limit: int
) -> Sequence[Row[Any]]:
    """List locations by code, each row with the total of all that match."""
    statement = _locations().order_by(Location.code).offset(offset).limit(limit)
    if country is not None:
        statement = statement.where(Location.country == country)
    return (await db.execute(statement)).all()


async def location(db: AsyncSession, *, code: str) -> Row[Any] | None:
    """Return one location, or None."""
    return (await db.execute(_locations().where(Location.code == code))).one_or_none()


async def availability(db: AsyncSession, *, skus: Sequence[Sku]) -> Sequence[Row[*tuple[Any, ...]]]:
    """List where units of these SKUs are available, the fullest place first."""
    found = await db.execute(
        select(
            StockPosition.sku,
            StockPosition.available,
            Location.code,
            Location.name,
            Location.city,
            Location.country,
        )
        .join(Location, Location.id == StockPosition.location_id)
        .where(StockPosition.sku.in_(skus), StockPosition.available > 0)
        .order_by(StockPosition.sku, StockPosition.available.desc(), Location.code)
        .limit(PLACES_MAX)
    )
    return found.all()


# The parts these reads are made of


def _hits() -> Select[*tuple[Any, ...]]:
    text, picture = catalog.text_in(catalog.LANG), catalog.first_picture()
    prices, left = pricing.price_range(), stock.units_left()
    return (
        select(
            StyleColor.code,
            StyleColor.color_family,
            Brand.name.label("brand"),
            text.c.title,
            text.c.color,
            prices,
            left.c.sizes,
            picture,
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .join(prices, prices.c.lowest.is_not(None))
        .join(left, true())
        .outerjoin(picture, true())
        .where(StyleColor.code == func.any(_CODES), catalog.is_listed())
        .limit(HITS_MAX)
    )


def _product() -> Select[*tuple[Any, ...]]:
    text = catalog.text_in(catalog.LANG)
    return (
        select(
            StyleColor.code,
            StyleColor.color_family,
            Product.code.label("product_code"),
            Product.gender,
            Product.age_group,
            Brand.name.label("brand"),
            Category.path.label("category"),
            text,
            catalog.pictures().label("pictures"),
            stock.sizes().label("sizes"),
            catalog.colors().label("colors"),
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .where(StyleColor.code == bindparam("code"), catalog.is_listed())
    )


def _locations() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Location.code,
            Location.kind,
            Location.name,
            Location.city,
            Location.country,
            Location.latitude,
            Location.longitude,
            Location.time_zone,
            Location.opens,
            Location.closes,
            Location.ships,
            Location.pickup,
            Banner.code.label("banner"),
            func.count().over().label("matching"),
        )
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
    )


_HITS: Final = Statement(_hits())
_PRODUCT: Final = Statement(_product())
