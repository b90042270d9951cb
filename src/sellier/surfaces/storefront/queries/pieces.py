"""Tiles of a list and the piece of a product page: the reads that have to be quick."""

from collections.abc import Mapping, Sequence
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
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import (
    Category,
    Listing,
    Media,
    Product,
    StyleColor,
)
from sellier.domain.organization.models import Brand
from sellier.domain.pricing import queries as pricing
from sellier.domain.stock import queries as stock
from sellier.infra.batch import Statement, send
from sellier.kernel.money import Money
from sellier.surfaces.storefront import shown
from sellier.surfaces.storefront.shown import Here

LIMIT: Final = 1_000
# One array, however many codes: the statement stays the same, and PostgreSQL keeps its plan.
_CODES: Final = bindparam("codes", type_=ARRAY(String))


async def tiles(
    db: AsyncSession, *, codes: Sequence[str], here: Here, now: datetime
) -> tuple[shown.Tile, ...]:
    """Return tiles in the order of `codes`; what is not listed and priced here is left out."""
    (found,) = await send(db, _TILES(**catalog.asked(here, now), codes=list(codes)))
    by_code = {row.code: _tile(row) for row in found}
    return tuple(by_code[code] for code in codes if code in by_code)


def _tiles() -> Select[*tuple[Any, ...]]:
    text, picture = catalog.text_in(catalog.LANG), catalog.first_picture()
    prices, left, others = pricing.price_range(), stock.units_left(), _other_families()
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
            left,
            others.c.families,
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .join(prices, prices.c.lowest.is_not(None))
        .outerjoin(picture, true())
        .join(left, true())
        .join(others, true())
        .where(StyleColor.code == func.any(_CODES), catalog.is_listed())
        .limit(LIMIT)
    )


def _other_families() -> LateralFromClause:
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


async def piece(db: AsyncSession, *, code: str, here: Here, now: datetime) -> shown.Piece | None:
    """Return what a product page says, or None when the piece is not shown here."""
    (found,) = await send(db, _PIECE(**catalog.asked(here, now), code=code))
    if not found:
        return None
    told = found[0]._asdict()
    pictures, sizes, colors = (told.pop(name) or () for name in ("pictures", "sizes", "colors"))
    return shown.Piece(
        **told,
        pictures=tuple(catalog.Picture(**one) for one in pictures),
        sizes=stock.sizes_of(sizes),
        colors=tuple(map(_color, colors)),
    )


def _piece() -> Select[*tuple[Any, ...]]:
    text = catalog.text_in(catalog.LANG)
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
            catalog.pictures().label("pictures"),
            stock.sizes().label("sizes"),
            _colors().label("colors"),
        )
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .join(Listing, Listing.style_color_id == StyleColor.id)
        .join(text, true())
        .where(StyleColor.code == bindparam("code"), catalog.is_listed())
    )


def _colors() -> ScalarSelect[Any]:
    picture = (
        select(catalog.picture_json())
        .where(Media.style_color_id == catalog.COLOR.id)
        .order_by(Media.position)
        .limit(1)
        .scalar_subquery()
    )
    return catalog.colors(picture.label("picture"))


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


def _color(told: Mapping[str, Any]) -> shown.OtherColor:
    return shown.OtherColor(
        code=told["code"],
        name=told["name"],
        family=told["family"],
        picture=catalog.picture(told["picture"]),
    )


_TILES: Final = Statement(_tiles())
_PIECE: Final = Statement(_piece())
