from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import Product, StyleColor, Variant
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Brand
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.stock.models import StockPosition
from sellier.kernel.ids import LocationId, Sku
from sellier.kernel.money import Money
from sellier.surfaces.boutique import rules, shown
from sellier.surfaces.boutique.shown import Here

FOUND_MAX: Final = 24
SIZES_MAX: Final = 200
COLORS_MAX: Final = 40
PLACES_MAX: Final = 500


async def by_code(db: AsyncSession, *, text: str) -> Sequence[tuple[str, Sku | None]]:
    """Find pieces by what is printed on a tag: GTIN, SKU, or the code of a piece or product.

    Returns the piece's code, and the SKU if the tag says which size.
    """
    codes = {text, text.upper()}
    statement = (
        select(StyleColor.code, Variant.sku)
        .join(Variant, Variant.style_color_id == StyleColor.id)
        .where(or_(Variant.sku.in_(codes), Variant.gtin.in_(rules.gtins(text))))
        .limit(FOUND_MAX)
    )
    tagged = (await db.execute(statement)).all()
    if tagged:
        return [(code, sku) for code, sku in tagged]
    named = (
        select(StyleColor.code)
        .join(Product, Product.id == StyleColor.product_id)
        .where(or_(StyleColor.code.in_(codes), Product.code.in_(codes)))
        .order_by(StyleColor.code)
        .limit(FOUND_MAX)
    )
    return [(code, None) for code in await db.scalars(named)]


async def found(
    db: AsyncSession, *, codes: Sequence[str], here: Here, lang: str, now: datetime
) -> Sequence[shown.Found]:
    """Return pieces in the order of `codes`, with what is here and elsewhere in the group."""
    text, picture = catalog.text_in(lang), catalog.first_picture()
    prices, stock = pricing.price_range(here.market_id, now), _stock(here.location_id)
    rows = await db.execute(
        select(
            StyleColor.code,
            StyleColor.color_family.label("family"),
            Brand.name.label("brand"),
            text.c.title,
            text.c.color,
            picture.c.picture,
            prices,
            stock,
        )
        .select_from(StyleColor)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(text, true())
        .join(prices, true())
        .join(stock, true())
        .outerjoin(picture, true())
        .where(StyleColor.code.in_(codes))
        .limit(FOUND_MAX)
    )
    by_its_code = {
        row.code: shown.Found(
            code=row.code,
            brand=row.brand,
            title=row.title,
            color=row.color,
            family=row.family,
            picture=catalog.picture(row.picture),
            lowest=_money(row.lowest, row.currency),
            highest=_money(row.highest, row.currency),
            here=row.here,
            elsewhere=row.elsewhere,
            sizes=row.sizes or (),
        )
        for row in rows
    }
    return [by_its_code[code] for code in codes if code in by_its_code]


async def piece(
    db: AsyncSession, *, code: str, here: Here, lang: str, now: datetime
) -> shown.Piece | None:
    """Return a style-color with its sizes, or None."""
    text = catalog.text_in(lang)
    statement = (
        select(StyleColor, Brand.name.label("brand"), text, catalog.pictures().label("pictures"))
        .select_from(StyleColor)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(text, true())
        .where(StyleColor.code == code)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    itself: StyleColor = row.StyleColor
    return shown.Piece(
        code=itself.code,
        brand=row.brand,
        title=row.title,
        description=row.description,
        color=row.color,
        material=row.material,
        pictures=[catalog.Picture(**told) for told in row.pictures or ()],
        colors=await _colors(db, of=itself, lang=lang),
        sizes=await _sizes(db, of=itself, here=here, now=now),
    )


async def places(db: AsyncSession, *, sku: Sku, here: Here) -> Sequence[shown.Place]:
    """List where a size is: this boutique, then those that have it, the nearest first."""
    statement = (
        select(Location, StockPosition)
        .join(StockPosition, StockPosition.location_id == Location.id)
        .where(
            StockPosition.sku == sku,
            or_(StockPosition.on_hand > 0, Location.id == here.location_id),
        )
        .limit(PLACES_MAX)
    )
    listed = [
        shown.Place(
            name=location.name,
            city=location.city,
            is_here=location.id == here.location_id,
            is_boutique=location.kind == LocationKind.BOUTIQUE,
            distance_km=rules.distance_km(here, location.latitude, location.longitude),
            on_hand=position.on_hand,
            aside=position.aside,
            reserved=position.reserved,
            available=position.available,
        )
        for location, position in await db.execute(statement)
    ]
    return sorted(
        listed,
        key=lambda p: (not p.is_here, p.available <= 0, p.distance_km or 0, p.city, p.name),
    )


async def _sizes(
    db: AsyncSession, *, of: StyleColor, here: Here, now: datetime
) -> Sequence[shown.Size]:
    is_here = StockPosition.location_id == here.location_id
    stock = (
        select(
            func.coalesce(func.sum(StockPosition.available).filter(is_here), 0).label("here"),
            func.coalesce(func.sum(StockPosition.available).filter(~is_here), 0).label("elsewhere"),
        )
        .where(StockPosition.sku == Variant.sku, StockPosition.available > 0)
        .lateral("stock")
    )
    statement = (
        select(Variant, Price.price_minor, Price.currency, stock)
        .select_from(Variant)
        .join(stock, true())
        .outerjoin(Price, (Price.sku == Variant.sku) & pricing.is_current(here.market_id, now))
        .where(Variant.style_color_id == of.id)
        .order_by(Variant.position, Variant.sku)
        .limit(SIZES_MAX)
    )
    return [
        shown.Size(
            sku=row.Variant.sku,
            name=row.Variant.size,
            system=row.Variant.size_system,
            gtin=row.Variant.gtin,
            price=_money(row.price_minor, row.currency),
            here=row.here,
            elsewhere=row.elsewhere,
        )
        for row in await db.execute(statement)
    ]


async def _colors(db: AsyncSession, *, of: StyleColor, lang: str) -> Sequence[shown.OtherColor]:
    text, picture = catalog.text_in(lang), catalog.first_picture()
    statement = (
        select(StyleColor.code, StyleColor.color_family, text.c.color, picture.c.picture)
        .select_from(StyleColor)
        .join(text, true())
        .outerjoin(picture, true())
        .where(StyleColor.product_id == of.product_id)
        .order_by(StyleColor.id)
        .limit(COLORS_MAX)
    )
    return [
        shown.OtherColor(
            code=row.code,
            name=row.color,
            family=row.color_family,
            media=catalog.picture(row.picture),
            current=row.code == of.code,
        )
        for row in await db.execute(statement)
    ]


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and currency else None


def _stock(location_id: LocationId | None) -> LateralFromClause:
    is_here = StockPosition.location_id == location_id
    return (
        select(
            func.coalesce(func.sum(StockPosition.available).filter(is_here), 0).label("here"),
            func.coalesce(func.sum(StockPosition.available).filter(~is_here), 0).label("elsewhere"),
            func.array_agg(
                aggregate_order_by(Variant.size, Variant.position),
            )
            .filter(is_here, Variant.size.is_not(None))
            .label("sizes"),
        )
        .join(Variant, Variant.sku == StockPosition.sku)
        .where(Variant.style_color_id == StyleColor.id, StockPosition.available > 0)
        .lateral("stock")
    )
