"""Run by `sellier invariants`, and after every test.

Each query returns the rows that break it, so an empty answer is a good one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.invariants import audit, books, deadlines, told
from sellier.invariants.values import Breach, Invariant

SAMPLE: Final = 5
ALWAYS: Final[Sequence[Invariant]] = (
    *books.INVARIANTS,
    *told.INVARIANTS,
    *audit.INVARIANTS,
)
IN_TIME: Final[Sequence[Invariant]] = deadlines.INVARIANTS


async def breaches(db: AsyncSession) -> Sequence[Breach]:
    """Run what holds after every transaction; return what does not."""
    return await _broken(db, ALWAYS, {})


async def overdue(db: AsyncSession, *, now: datetime) -> Sequence[Breach]:
    """Run what holds as soon as the worker had a moment; return what does not."""
    return await _broken(db, IN_TIME, {"now": now})


async def _broken(
    db: AsyncSession, invariants: Sequence[Invariant], values: Mapping[str, object]
) -> Sequence[Breach]:
    found = []
    for invariant in invariants:
        limited = text(f"{invariant.query} LIMIT {SAMPLE}")
        rows = (await db.execute(limited, values)).mappings().all()
        if rows:
            found.append(Breach(invariant=invariant, rows=[dict(row) for row in rows]))
    return found
