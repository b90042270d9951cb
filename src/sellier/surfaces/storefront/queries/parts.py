"""What reads of the storefront are made of.

Where the visitor is and what time it is are bound when a statement runs, by `asked`: so the hot
statements are built once, which costs more than the database needs to answer them.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, DateTime, and_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog.models import (
    Listing,
    StyleColor,
    StyleColorText,
    Variant,
)
from sellier.domain.pricing.models import Price
from sellier.domain.stock import queries as stock
from sellier.infra.db import covers
from sellier.surfaces.storefront.shown import Here

CHANNEL: Final[BindParameter[Any]] = bindparam("channel_id")
MARKET: Final[BindParameter[Any]] = bindparam("market_id")
LANG: Final[BindParameter[Any]] = bindparam("lang")
NOW: Final = bindparam("now", type_=DateTime(timezone=True))


def asked(here: Here, now: datetime) -> dict[str, object]:
    """Return what a statement asks for: where and when."""
    return {
        "channel_id": here.channel_id,
        "market_id": here.market_id,
        "lang": here.lang,
        "now": now,
    }


def is_listed(listing: type[Listing] = Listing) -> ColumnElement[bool]:
    """Tell whether a style-color is published where the visitor is."""
    return and_(
        listing.channel_id == CHANNEL,
        listing.market_id == MARKET,
        covers(listing.listed_from, listing.listed_until, NOW),
    )


def text() -> LateralFromClause:
    """Read the text in the page's language, or in another when there is none."""
    each = StyleColorText
    return (
        select(each.title, each.description, each.color, each.material, each.pattern, each.facts)
        .where(each.style_color_id == StyleColor.id)
        .order_by((each.language == LANG).desc(), each.language)
        .limit(1)
        .lateral("text")
    )


def prices() -> LateralFromClause:
    """Select the lowest and highest price of a style-color, and their currency."""
    return (
        select(
            func.min(Price.price_minor).label("lowest"),
            func.max(Price.price_minor).label("highest"),
            func.min(Price.currency).label("currency"),
        )
        .join(Variant, Variant.sku == Price.sku)
        .where(
            Variant.style_color_id == StyleColor.id,
            Price.market_id == MARKET,
            covers(Price.valid_from, Price.valid_until, NOW),
        )
        .lateral("prices")
    )


def units() -> LateralFromClause:
    """Select what can be sent of a style-color: units, the sizes left, how many sizes it has."""
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


def other_families() -> LateralFromClause:
    """Select the color families that the product also comes in."""
    other, listed = aliased(StyleColor), aliased(Listing)
    return (
        select(func.array_agg(other.color_family).label("families"))
        .join(listed, listed.style_color_id == other.id)
        .where(
            other.product_id == StyleColor.product_id,
            other.id != StyleColor.id,
            is_listed(listed),
        )
        .lateral("others")
    )
