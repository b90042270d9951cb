"""Reads that join several modules, one round trip for each thing a screen shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Category,
    Listing,
    Media,
    Product,
    StyleColor,
    StyleColorText,
    Variant,
)
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Brand
from sellier.domain.pricing.models import Price
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import StockPosition
from sellier.infra.db import covers
from sellier.kernel.ids import LocationId, MarketId, ProductId, StyleColorId
from sellier.kernel.money import Money
from sellier.surfaces.storefront import shown
from sellier.surfaces.storefront.shown import Here

LIMIT: Final = 5_000  # above any of the lists that are read whole
ADDRESSES_MAX: Final = 25_000  # half of what a sitemap may hold: each in two languages


async def shelves(db: AsyncSession, *, here: Here, now: datetime) -> tuple[shown.Shelf, ...]:
    """Return the tree of categories that hold something here, the fullest first."""
    counts = (
        select(Product.category_id, func.count().label("listed"))
        .join(StyleColor, StyleColor.product_id == Product.id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(_is_listed(here, now))
        .group_by(Product.category_id)
        .cte("counts")
    )
    found = await db.execute(
        select(Category.path, Category.names, func.coalesce(counts.c.listed, 0))
        .outerjoin(counts, counts.c.category_id == Category.id)
        .order_by(Category.path)
        .limit(LIMIT)
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
        .where(_is_listed(here, now))
        .group_by(Brand.id)
        .order_by(func.lower(Brand.name))
        .limit(LIMIT)
    )
    return tuple(shown.House(**row) for row in found.mappings())


async def tiles(
    db: AsyncSession, *, codes: Sequence[str], here: Here, now: datetime
) -> tuple[shown.Tile, ...]:
    """Return tiles in the order of `codes`; what is not listed and priced here is left out."""
    text, prices, picture = _text(here.lang), _prices(here.market_id, now), catalog.first_picture()
    stock, others = _stock(), _other_families(here, now)
    found = await db.execute(
        select(
            StyleColor.code,
            Product.code.label("product_code"),
            StyleColor.color_family,
            Brand.name.label("brand"),
            text.c.title,
            text.c.color,
            prices,
            picture,
            stock,
            others.c.families,
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .join(prices, prices.c.lowest.is_not(None))
        .outerjoin(picture, true())
        .join(stock, true())
        .join(others, true())
        .where(StyleColor.code.in_(codes), _is_listed(here, now))
        .limit(len(codes))
    )
    by_code = {row.code: _tile(row) for row in found}
    return tuple(by_code[code] for code in codes if code in by_code)


async def piece(db: AsyncSession, *, code: str, here: Here, now: datetime) -> shown.Piece | None:
    """Return what a product page says, or None when the piece is not shown here."""
    text = _text(here.lang)
    pictures = (
        select(func.jsonb_agg(aggregate_order_by(catalog.picture_json(), Media.position)))
        .where(Media.style_color_id == StyleColor.id)
        .scalar_subquery()
    )
    head = await db.execute(
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
        .where(StyleColor.code == code, _is_listed(here, now))
    )
    row = head.mappings().one_or_none()
    if row is None:
        return None
    return shown.Piece(
        **{name: value for name, value in row.items() if name != "pictures"},
        pictures=tuple(catalog.Picture(**one) for one in row["pictures"] or ()),
        sizes=await _sizes(db, style_color_id=row["id"], here=here, now=now),
        colors=await _colors(db, product_id=row["product_id"], here=here, now=now),
    )


async def places(
    db: AsyncSession, *, code: str, here: Here, now: datetime
) -> tuple[shown.Place, ...]:
    """Return the boutiques that have the piece right now: those of the visitor's country first."""
    size = func.jsonb_build_object(
        "name", func.coalesce(Variant.size, ""), "units", StockPosition.available
    )
    sizes = func.jsonb_agg(aggregate_order_by(size, Variant.position)).label("sizes")
    found = await db.execute(
        select(Location.code, Location.name, Location.city, Location.country, sizes)
        .join(StockPosition, StockPosition.location_id == Location.id)
        .join(Variant, Variant.sku == StockPosition.sku)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(
            StyleColor.code == code,
            StockPosition.available > 0,
            Location.kind == LocationKind.BOUTIQUE,
            _is_listed(here, now),
        )
        .group_by(Location.id)
        .order_by((Location.country == here.country).desc(), Location.city, Location.name)
        .limit(LIMIT)
    )
    return tuple(
        shown.Place(**{**row, "sizes": tuple(shown.SizeHere(**one) for one in row["sizes"])})
        for row in found.mappings()
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


async def addresses(db: AsyncSession, *, here: Here, now: datetime, page: int) -> tuple[str, ...]:
    """Return one sitemap's worth of style-color codes."""
    found = await db.scalars(
        select(StyleColor.code)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .where(_is_listed(here, now))
        .order_by(StyleColor.id)
        .offset(page * ADDRESSES_MAX)
        .limit(ADDRESSES_MAX)
    )
    return tuple(found)


def _is_listed(here: Here, now: datetime, listing: type[Listing] = Listing) -> ColumnElement[bool]:
    return and_(
        listing.channel_id == here.channel_id,
        listing.market_id == here.market_id,
        covers(listing.listed_from, listing.listed_until, now),
    )


def _text(lang: str) -> LateralFromClause:
    """Read the text in the page's language, or in another when there is none."""
    text = StyleColorText
    return (
        select(text.title, text.description, text.color, text.material, text.pattern, text.facts)
        .where(text.style_color_id == StyleColor.id)
        .order_by((text.language == lang).desc(), text.language)
        .limit(1)
        .lateral("text")
    )


def _prices(market_id: MarketId, now: datetime) -> LateralFromClause:
    return (
        select(
            func.min(Price.price_minor).label("lowest"),
            func.max(Price.price_minor).label("highest"),
            func.min(Price.currency).label("currency"),
        )
        .join(Variant, Variant.sku == Price.sku)
        .where(
            Variant.style_color_id == StyleColor.id,
            Price.market_id == market_id,
            covers(Price.valid_from, Price.valid_until, now),
        )
        .lateral("prices")
    )


def _stock() -> LateralFromClause:
    sendable = stock.sendable()
    size = func.coalesce(Variant.size, "")
    return (
        select(
            func.coalesce(func.sum(sendable.c.units), 0).label("units"),
            func.array_agg(aggregate_order_by(size, Variant.position))
            .filter(sendable.c.units > 0)
            .label("sizes"),
            func.count().label("sizes_made"),
        )
        .select_from(Variant)
        .join(sendable, true())
        .where(Variant.style_color_id == StyleColor.id)
        .lateral("stock")
    )


def _other_families(here: Here, now: datetime) -> LateralFromClause:
    other, listed = aliased(StyleColor), aliased(Listing)
    return (
        select(func.array_agg(other.color_family).label("families"))
        .join(listed, listed.style_color_id == other.id)
        .where(
            other.product_id == StyleColor.product_id,
            other.id != StyleColor.id,
            _is_listed(here, now, listed),
        )
        .lateral("others")
    )


async def _sizes(
    db: AsyncSession, *, style_color_id: StyleColorId, here: Here, now: datetime
) -> tuple[shown.Size, ...]:
    sendable = stock.sendable()
    found = await db.execute(
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
                Price.market_id == here.market_id,
                covers(Price.valid_from, Price.valid_until, now),
            ),
        )
        .join(sendable, true())
        .where(Variant.style_color_id == style_color_id)
        .order_by(Variant.position, Variant.sku)
        .limit(LIMIT)
    )
    return tuple(
        shown.Size(
            sku=row.sku,
            name=row.name,
            system=row.system,
            gtin=row.gtin,
            mpn=row.mpn,
            price=Money(row.price_minor, row.currency) if row.currency else None,
            available=int(row.units) if row.currency else 0,
        )
        for row in found
    )


async def _colors(
    db: AsyncSession, *, product_id: ProductId, here: Here, now: datetime
) -> tuple[shown.OtherColor, ...]:
    text, picture = _text(here.lang), catalog.first_picture()
    found = await db.execute(
        select(StyleColor.code, text.c.color, StyleColor.color_family, picture)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .outerjoin(picture, true())
        .where(StyleColor.product_id == product_id, _is_listed(here, now))
        .order_by(StyleColor.id)
        .limit(LIMIT)
    )
    return tuple(
        shown.OtherColor(code=code, name=name, family=family, picture=catalog.picture(picture))
        for code, name, family, picture in found
    )


def _tile(row: Row[Any]) -> shown.Tile:
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
