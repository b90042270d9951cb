"""Which SKUs and locations there are."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import select
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
