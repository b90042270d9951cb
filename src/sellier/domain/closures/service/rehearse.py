"""What would happen if locations closed now, without anything happening."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures.rules import Plan, solve
from sellier.domain.closures.rules.build import build, cost_before
from sellier.kernel.ids import LocationId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A plan and what it means, in figures."""

    orders: int
    units: int
    customers: int
    pickups: int
    transfers: int
    cost_before: int
    plan: Plan
    work: Mapping[LocationId, int]  # parcels that each location gets
    short: Mapping[Sku, int]  # units that nobody has


async def rehearse(
    sessions: async_sessionmaker[AsyncSession],
    *,
    location_ids: Collection[LocationId],
    now: datetime,
    seconds: float,
) -> Rehearsal:
    """Plan on what is read in one transaction that cannot write. Raises `PlannerMissing`."""
    async with sessions.begin() as db:
        await db.execute(text("SET TRANSACTION READ ONLY"))
        found = await queries.situation(db, location_ids=location_ids, now=now)
    problem = build(found.held, found.world)
    # Seconds of arithmetic, on which nobody else should wait.
    plan = await asyncio.to_thread(solve, problem, seconds=seconds)
    parcels = {(one.order_id, one.location_id) for one in plan.shares}
    short: Counter[Sku] = Counter()
    for one in plan.shares:
        if one.location_id is None:
            short[one.sku] += one.quantity
    return Rehearsal(
        orders=len(problem.orders),
        units=problem.units,
        customers=found.customers,
        pickups=len(found.pickups),
        transfers=len(found.inbound),
        cost_before=cost_before(found.held, found.world),
        plan=plan,
        work=Counter(place for _, place in parcels if place is not None),
        short=short,
    )
