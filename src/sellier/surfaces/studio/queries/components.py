"""Pictures for the page of all components."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import Media
from sellier.domain.catalog.queries import Picture

PICTURES_MAX: Final = 8


async def some_pictures(db: AsyncSession) -> Sequence[Picture]:
    """List a few pictures to show parts with."""
    statement = (
        select(catalog.picture_json())
        .where(Media.position == 0)
        .order_by(Media.sha256)
        .limit(PICTURES_MAX)
    )
    return [Picture(**told) for told in await db.scalars(statement)]
