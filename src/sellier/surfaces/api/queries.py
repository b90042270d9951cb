"""Reads that join several modules, one round trip for each answer.

Where a program asks and what time it is are bound when a statement runs, by `_asked`: the hot
statements are built once, since building them costs more than running them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Row,
    Select,
    String,
    and_,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

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
from sellier.domain.locations.models import Location
from sellier.domain.organization.models import Banner, BannerLocation, Brand
from sellier.domain.pricing.models import Price
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import StockPosition
from sellier.infra.db import covers
from sellier.kernel.ids import ChannelId, MarketId, Sku

VARIANTS_MAX: Final = 200
COLORS_MAX: Final = 60
PICTURES_MAX: Final = 30
PLACES_MAX: Final = 5_000
HITS_MAX: Final = 1_000

_CHANNEL: Final[BindParameter[Any]] = bindparam("channel_id")
_MARKET: Final[BindParameter[Any]] = bindparam("market_id")
_LANG: Final[BindParameter[Any]] = bindparam("lang")
_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
# One array, however many codes: the statement stays the same, and PostgreSQL keeps its plan.
_CODES: Final = bindparam("codes", type_=ARRAY(String))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What is listed and priced where, as far as reads must know."""

    channel_id: ChannelId
    market_id: MarketId
    lang: str


async def hits(
    db: AsyncSession, *, codes: Sequence[str], shop: Shop, now: datetime
) -> Sequence[Row[Any]]:
    """Return rows for a list in the order of `codes`; what is not sold here is left out."""
    found = await db.execute(_HITS, {**_asked(shop, now), "codes": list(codes)})
    rows = {row.code: row for row in found}
    return [rows[code] for code in codes if code in rows]


async def product(db: AsyncSession, *, code: str, shop: Shop, now: datetime) -> Row[Any] | None:
    """Return one style-color with all that is said of it, or None when it is not sold here."""
    found = await db.execute(_PRODUCT, {**_asked(shop, now), "code": code})
    return found.one_or_none()


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


def _asked(shop: Shop, now: datetime) -> dict[str, object]:
    return {
        "channel_id": shop.channel_id,
        "market_id": shop.market_id,
        "lang": shop.lang,
        "now": now,
    }


def _hits() -> Select[*tuple[Any, ...]]:
    text, prices, picture = _text(), _prices(), catalog.first_picture()
    sizes = _sizes_available()
    return (
        select(
            StyleColor.code,
            StyleColor.color_family,
            Brand.name.label("brand"),
            text.c.title,
            text.c.color,
            prices,
            sizes,
            picture,
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .join(prices, prices.c.lowest.is_not(None))
        .join(sizes, true())
        .outerjoin(picture, true())
        .where(StyleColor.code == func.any(_CODES), _is_listed())
        .limit(HITS_MAX)
    )


def _product() -> Select[*tuple[Any, ...]]:
    text = _text()
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
            _all_pictures().label("pictures"),
            _variants().label("variants"),
            _other_colors().label("colors"),
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .where(StyleColor.code == bindparam("code"), _is_listed())
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


def _is_listed() -> ColumnElement[bool]:
    return and_(
        Listing.channel_id == _CHANNEL,
        Listing.market_id == _MARKET,
        covers(Listing.listed_from, Listing.listed_until, _NOW),
    )


def _text() -> LateralFromClause:
    """Read the text in the language asked for, or in another when there is none."""
    text = StyleColorText
    return (
        select(text.title, text.description, text.color, text.material, text.pattern, text.facts)
        .where(text.style_color_id == StyleColor.id)
        .order_by((text.language == _LANG).desc(), text.language)
        .limit(1)
        .lateral("text")
    )


def _price_of_variant() -> ColumnElement[bool]:
    return and_(
        Price.sku == Variant.sku,
        Price.market_id == _MARKET,
        covers(Price.valid_from, Price.valid_until, _NOW),
    )


def _prices() -> LateralFromClause:
    return (
        select(
            func.min(Price.price_minor).label("lowest"),
            func.max(Price.price_minor).label("highest"),
            func.min(Price.currency).label("currency"),
        )
        .join(Variant, _price_of_variant())
        .where(Variant.style_color_id == StyleColor.id)
        .lateral("prices")
    )


def _sizes_available() -> LateralFromClause:
    sendable = stock.sendable()
    size = func.coalesce(Variant.size, "")
    return (
        select(
            func.array_agg(aggregate_order_by(size, Variant.position))
            .filter(sendable.c.units > 0)
            .label("sizes")
        )
        .select_from(Variant)
        .join(sendable, true())
        .where(Variant.style_color_id == StyleColor.id)
        .lateral("stock")
    )


def _all_pictures() -> ScalarSelect[Any]:
    return (
        select(func.jsonb_agg(aggregate_order_by(catalog.picture_json(), Media.position)))
        .where(Media.style_color_id == StyleColor.id, Media.position < PICTURES_MAX)
        .correlate(StyleColor)
        .scalar_subquery()
    )


def _variants() -> ScalarSelect[Any]:
    sendable = stock.sendable()
    rows = (
        select(
            Variant.sku,
            Variant.size,
            Variant.size_system,
            Variant.gtin,
            Variant.position,
            Price.price_minor,
            Price.currency,
            sendable.c.units,
        )
        .outerjoin(Price, _price_of_variant())
        .join(sendable, true())
        .where(Variant.style_color_id == StyleColor.id)
        .order_by(Variant.position, Variant.sku)
        .limit(VARIANTS_MAX)
        .correlate(StyleColor)
        .subquery("rows")
    )
    return select(
        func.jsonb_agg(aggregate_order_by(func.to_jsonb(rows.table_valued()), rows.c.position))
    ).scalar_subquery()


def _other_colors() -> ScalarSelect[Any]:
    other, listed = StyleColor.__table__.alias("other"), Listing.__table__.alias("other_listing")
    text = StyleColorText.__table__.alias("other_text")
    named = (
        select(text.c.color)
        .where(text.c.style_color_id == other.c.id)
        .order_by((text.c.language == _LANG).desc(), text.c.language)
        .limit(1)
        .correlate(other)
        .scalar_subquery()
    )
    rows = (
        select(other.c.id, other.c.code, other.c.color_family, named.label("color"))
        .select_from(other.join(listed, listed.c.style_color_id == other.c.id))
        .where(
            other.c.product_id == StyleColor.product_id,
            other.c.id != StyleColor.id,
            listed.c.channel_id == _CHANNEL,
            listed.c.market_id == _MARKET,
            covers(listed.c.listed_from, listed.c.listed_until, _NOW),
        )
        .order_by(other.c.id)
        .limit(COLORS_MAX)
        .correlate(StyleColor)
        .subquery("rows")
    )
    return select(
        func.jsonb_agg(aggregate_order_by(func.to_jsonb(rows.table_valued()), rows.c.id))
    ).scalar_subquery()


_HITS: Final = _hits()
_PRODUCT: Final = _product()
