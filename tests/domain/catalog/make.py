"""Pieces for tests. Every argument has a default; a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import (
    Category,
    Listing,
    Product,
    StyleColor,
    StyleColorText,
    Variant,
)
from sellier.domain.organization import service as organization
from sellier.kernel.ids import CategoryId, ProductId, Sku, StyleColorId, new_id
from tests.domain.organization.make import Site

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def category(db: AsyncSession, *, path: str = "bags/totes") -> CategoryId:
    found = await db.scalar(select(Category.id).where(Category.path == path))
    if found is not None:
        return found
    row = Category(id=CategoryId(new_id()), path=path, names={"en": path.rsplit("/", 1)[-1]})
    db.add(row)
    await db.flush()
    return row.id


async def style_color(
    db: AsyncSession,
    *,
    code: str = "ECLUSE-RED",
    title: str = "Tote Écluse",
    brand: str = "Hautefeuille",
    color: str = "red",
    sizes: Sequence[str] = ("U",),
    path: str = "bags/totes",
    site: Site | None = None,
) -> StyleColorId:
    """Make a style-color with a variant a size (`CODE-SIZE`), listed in `site` if given."""
    brands = await organization.ensure_brands(db, names=[brand])
    product = Product(
        id=ProductId(new_id()),
        code=f"{code}-P",
        brand_id=brands[brand],
        category_id=await category(db, path=path),
    )
    db.add(product)
    await db.flush()
    made = StyleColor(
        id=StyleColorId(new_id()),
        code=code,
        product_id=product.id,
        color_family=color,
        created_at=LONG_AGO,
    )
    db.add(made)
    await db.flush()
    for lang in ("en", "fr"):
        text = StyleColorText(
            style_color_id=made.id, language=lang, title=title, description=title, color=color
        )
        db.add(text)
    for position, size in enumerate(sizes):
        db.add(
            Variant(sku=Sku(f"{code}-{size}"), style_color_id=made.id, size=size, position=position)
        )
    await db.flush()
    if site is not None:
        await listing(db, style_color_id=made.id, site=site)
    return made.id


async def listing(db: AsyncSession, *, style_color_id: StyleColorId, site: Site) -> None:
    db.add(
        Listing(
            style_color_id=style_color_id,
            channel_id=site.channel_id,
            market_id=site.market_id,
            listed_from=LONG_AGO,
        )
    )
    await db.flush()
