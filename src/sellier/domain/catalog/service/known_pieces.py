"""What other modules' files say of pieces, held against the catalog."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, String, Table, any_, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Variant
from sellier.infra import staging
from sellier.infra.reports import Report
from sellier.kernel.ids import Sku, StyleColorId


async def refuse_unknown_skus(
    db: AsyncSession, report: Report, staged: Table, *, column: str
) -> None:
    """Refuse the staged rows (`line`, `sku`) whose SKU the catalog does not have."""
    found = (
        select(
            staged.c.line,
            staged.c.sku.label("value"),
            literal("the catalog has no such SKU").label("why"),
        )
        .outerjoin(Variant, Variant.sku == staged.c.sku)
        .where(Variant.sku.is_(None))
        .order_by(staged.c.line)
    )
    await staging.refuse_where(db, report, found, column=column)


async def style_colors_of(db: AsyncSession, *, skus: Sequence[Sku]) -> set[StyleColorId]:
    """Return the style-colors that these SKUs are sizes of."""
    given = bindparam("skus", list(skus), ARRAY(String))
    found = select(Variant.style_color_id).where(Variant.sku == any_(given)).distinct()
    return set((await db.scalars(found)).all())
