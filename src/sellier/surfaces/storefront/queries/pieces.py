"""Tiles of a list and the piece of a product page: the reads that have to be quick."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, String, and_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Category,
    Listing,
    Media,
    Product,
    StyleColor,
    Variant,
)
from sellier.domain.organization.models import Brand
from sellier.domain.pricing.models import Price
from sellier.domain.stock import queries as stock
from sellier.infra.db import covers
from sellier.kernel.money import Money
from sellier.surfaces.storefront import shown
from sellier.surfaces.storefront.queries import parts
from sellier.surfaces.storefront.queries.parts import MARKET, NOW, asked
from sellier.surfaces.storefront.shown import Here

LIMIT: Final = 1_000
# One array, however many codes: the statement stays the same, and PostgreSQL keeps its plan.
_CODES: Final = bindparam("codes", type_=ARRAY(String))


async def tiles(
    db: AsyncSession, *, codes: Sequence[str], here: Here, now: datetime
) -> tuple[shown.Tile, ...]:
    """Return tiles in the order of `codes`; what is not listed and priced here is left out."""
    found = await db.execute(_TILES, {**asked(here, now), "codes": list(codes)})
    by_code = {row.code: _tile(row) for row in found}
    return tuple(by_code[code] for code in codes if code in by_code)


def _tiles() -> Select[*tuple[Any, ...]]:
    text, prices, picture = parts.text(), parts.prices(), catalog.first_picture()
    units, others = parts.units(), parts.other_families()
    return (
        select(
            StyleColor.code,
            Product.code.label("product_code"),
            StyleColor.color_family,
            Brand.name.label("brand"),
            text.c.title,
            text.c.color,
            prices,
            picture,
            units,
            others.c.families,
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .join(prices, prices.c.lowest.is_not(None))
        .outerjoin(picture, true())
        .join(units, true())
        .join(others, true())
        .where(StyleColor.code == func.any(_CODES), parts.is_listed())
        .limit(LIMIT)
    )


async def piece(db: AsyncSession, *, code: str, here: Here, now: datetime) -> shown.Piece | None:
    """Return what a product page says, or None when the piece is not shown here."""
    head = await db.execute(_PIECE, {**asked(here, now), "code": code})
    row = head.mappings().one_or_none()
    if row is None:
        return None
    sizes = await db.execute(_SIZES, {**asked(here, now), "style_color_id": row["id"]})
    colors = await db.execute(_COLORS, {**asked(here, now), "product_id": row["product_id"]})
    return shown.Piece(
        **{name: value for name, value in row.items() if name != "pictures"},
        pictures=tuple(catalog.Picture(**one) for one in row["pictures"] or ()),
        sizes=tuple(_size(each) for each in sizes),
        colors=tuple(_color(each) for each in colors),
    )


def _piece() -> Select[*tuple[Any, ...]]:
    text = parts.text()
    pictures = (
        select(func.jsonb_agg(aggregate_order_by(catalog.picture_json(), Media.position)))
        .where(Media.style_color_id == StyleColor.id)
        .scalar_subquery()
    )
    return (
        select(
            StyleColor.id,
            StyleColor.code,
            StyleColor.product_id,
            StyleColor.color_family.label("family"),
            Product.code.label("product_code"),
            Product.gender,
            Product.age_group,
            Brand.name.label("brand"),
            Brand.code.label("brand_code"),
            Category.path.label("category"),
            text,
            pictures.label("pictures"),
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .where(StyleColor.code == bindparam("code"), parts.is_listed())
    )


def _sizes() -> Select[*tuple[Any, ...]]:
    sendable = stock.sendable()
    return (
        select(
            Variant.sku,
            func.coalesce(Variant.size, "").label("name"),
            Variant.size_system.label("system"),
            Variant.gtin,
            Variant.mpn,
            Price.price_minor,
            Price.currency,
            sendable.c.units,
        )
        .outerjoin(
            Price,
            and_(
                Price.sku == Variant.sku,
                Price.market_id == MARKET,
                covers(Price.valid_from, Price.valid_until, NOW),
            ),
        )
        .join(sendable, true())
        .where(Variant.style_color_id == bindparam("style_color_id"))
        .order_by(Variant.position, Variant.sku)
        .limit(LIMIT)
    )


def _colors() -> Select[*tuple[Any, ...]]:
    text, picture = parts.text(), catalog.first_picture()
    return (
        select(StyleColor.code, text.c.color, StyleColor.color_family, picture)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .outerjoin(picture, true())
        .where(StyleColor.product_id == bindparam("product_id"), parts.is_listed())
        .order_by(StyleColor.id)
        .limit(LIMIT)
    )


def _tile(row: Row[*tuple[Any, ...]]) -> shown.Tile:
    return shown.Tile(
        code=row.code,
        product_code=row.product_code,
        brand=row.brand,
        title=row.title,
        color=row.color,
        family=row.color_family,
        lowest=Money(row.lowest, row.currency),
        highest=Money(row.highest, row.currency),
        picture=catalog.picture(row.picture),
        families=tuple(row.families or ()),
        sizes=tuple(size for size in row.sizes or () if size),
        sizes_made=row.sizes_made,
        units=int(row.units),
    )


def _size(row: Row[*tuple[Any, ...]]) -> shown.Size:
    return shown.Size(
        sku=row.sku,
        name=row.name,
        system=row.system,
        gtin=row.gtin,
        mpn=row.mpn,
        price=Money(row.price_minor, row.currency) if row.currency else None,
        available=int(row.units) if row.currency else 0,
    )


def _color(row: Row[*tuple[Any, ...]]) -> shown.OtherColor:
    return shown.OtherColor(
        code=row.code,
        name=row.color,
        family=row.color_family,
        picture=catalog.picture(row.picture),
    )


_TILES: Final = _tiles()
_PIECE: Final = _piece()
_SIZES: Final = _sizes()
_COLORS: Final = _colors()
