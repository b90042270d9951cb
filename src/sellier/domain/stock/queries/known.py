"""Which SKUs and locations there are."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Variant
from sellier.domain.locations.models import Location
from sellier.kernel.ids import LocationId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Which of some SKUs and locations there are."""

    skus: AbstractSet[Sku]
    location_ids: AbstractSet[LocationId]


async def known(
    db: AsyncSession, *, skus: AbstractSet[Sku], location_ids: AbstractSet[LocationId]
) -> Known:
    """Return those of some SKUs and locations that there are."""
    found = await db.scalars(select(Variant.sku).where(Variant.sku.in_(skus)))
    places = await db.scalars(select(Location.id).where(Location.id.in_(location_ids)))
    return Known(skus=set(found), location_ids=set(places))


async def skus_of(db: AsyncSession, *, tags: Sequence[str]) -> Mapping[str, Sku]:
    """Return what each of some tags stands for: a SKU, or a GTIN with or without its zeros."""
    written = {form: tag for tag in tags for form in (tag, tag.upper(), *_gtins(tag))}
    found = await db.execute(
        select(Variant.sku, Variant.gtin)
        .where(or_(Variant.sku.in_(list(written)), Variant.gtin.in_(list(written))))
        .limit(2 * max(1, len(tags)))
    )
    skus: dict[str, Sku] = {}
    for row in found:
        for form in (row.gtin, row.sku):
            if form in written:
                skus[written[form]] = row.sku
    return skus


def _gtins(tag: str) -> Sequence[str]:
    digits = tag.lstrip("0")
    if not (tag.isascii() and tag.isdigit() and digits):
        return ()
    return [digits.zfill(length) for length in (8, 12, 13, 14) if length >= len(digits)]
