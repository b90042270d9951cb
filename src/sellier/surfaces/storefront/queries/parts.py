"""What reads of the storefront are made of."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Listing,
    StyleColor,
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
