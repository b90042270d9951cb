"""The lanes, as values."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.models import Lane
from sellier.domain.carriers.rules.lanes import LaneTerms
from sellier.kernel.money import Money

LANES_MAX: Final = 50_000

Lanes = Mapping[tuple[str, str], Sequence[LaneTerms]]  # by the countries that they join


async def lanes(db: AsyncSession) -> Lanes:
    """Return every lane under the countries that it leaves and reaches."""
    statement = select(Lane).order_by(Lane.carrier, Lane.service).limit(LANES_MAX)
    found: dict[tuple[str, str], list[LaneTerms]] = {}
    for row in await db.scalars(statement):
        found.setdefault((row.from_country, row.to_country), []).append(_terms(row))
    return found


def _terms(row: Lane) -> LaneTerms:
    has_cost = row.cost_minor is not None and row.cost_currency is not None
    return LaneTerms(
        carrier=row.carrier,
        service=row.service,
        from_country=row.from_country,
        to_country=row.to_country,
        days_min=row.days_min,
        days_max=row.days_max,
        cut_off=row.cut_off,
        pickup_days=frozenset(row.pickup_days),
        delivery_days=frozenset(row.delivery_days),
        prices=row.prices,
        cost=Money(row.cost_minor or 0, row.cost_currency or "") if has_cost else None,
    )
