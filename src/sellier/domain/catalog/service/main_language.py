"""The language a catalog began with."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Category
from sellier.domain.catalog.rules import is_main_language


async def main_language(db: AsyncSession, *, among: Sequence[str]) -> str:
    """Return the language that shelves got their codes from; the first of all if there are none."""
    shelves = (await db.scalars(select(Category))).all()
    named = {shelf.path: shelf.names for shelf in shelves}
    return next((language for language in among if is_main_language(named, language)), among[0])
