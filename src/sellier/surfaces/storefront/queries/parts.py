"""What reads of the storefront are made of."""

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Listing,
    StyleColor,
    Variant,
)
from sellier.domain.stock import queries as stock


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
            catalog.is_listed(listed),
        )
        .lateral("others")
    )
