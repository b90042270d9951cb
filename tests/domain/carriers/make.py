"""Lanes for tests."""

from dataclasses import replace
from datetime import time
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.models import Lane
from sellier.domain.carriers.rules.lanes import LaneTerms

_LANE: Final = LaneTerms(
    carrier="velora",
    service="standard",
    from_country="FR",
    to_country="FR",
    days_min=1,
    days_max=2,
    cut_off=time(17),
    pickup_days=(1, 2, 3, 4, 5),
    delivery_days=(1, 2, 3, 4, 5, 6),
    prices={"EUR": 0},
    cost=None,
)


def lane(**changed: Any) -> LaneTerms:
    """Return a lane within France, one or two days, unless told otherwise."""
    return replace(_LANE, **changed)


async def keep(db: AsyncSession, one: LaneTerms) -> None:
    """Put a lane into the database."""
    row = Lane(
        carrier=one.carrier,
        service=one.service,
        from_country=one.from_country,
        to_country=one.to_country,
        days_min=one.days_min,
        days_max=one.days_max,
        cut_off=one.cut_off,
        pickup_days=list(one.pickup_days),
        delivery_days=list(one.delivery_days),
        prices=dict(one.prices),
        cost_minor=one.cost and one.cost.minor,
        cost_currency=one.cost and one.cost.currency,
    )
    db.add(row)
    await db.flush()
