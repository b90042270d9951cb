"""What moved where, and what is on its way to locations that close."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.closures.models import ClosureLocation, ClosureMove
from sellier.domain.closures.queries.lists import became
from sellier.domain.closures.queries.situation import COMING
from sellier.domain.closures.states import MoveState
from sellier.domain.locations.models import Location
from sellier.domain.stock.models import Transfer
from sellier.domain.stock.states import TransferState
from sellier.kernel.ids import ClosureId

PLACES_MAX: Final = 5_000
COMING_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRow:
    """What a place was given of the work, or, without a place, what nobody could take."""

    place: str | None
    state: MoveState
    orders: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingRow:
    """A transfer that still goes to a location of the closure."""

    number: str
    origin: str
    destination: str
    state: TransferState


async def given(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[GivenRow]:
    """Sum up what was planned anew by place and by what became of it, the most first."""
    units = func.sum(ClosureMove.quantity).label("units")
    state = became()
    rows = await db.execute(
        select(
            Location.name.label("place"),
            state.label("state"),
            func.count(distinct(ClosureMove.order_id)).label("orders"),
            units,
        )
        .outerjoin(Location, Location.id == ClosureMove.to_location_id)
        .where(ClosureMove.closure_id == closure_id)
        .group_by(Location.id, state)
        .order_by(units.desc(), Location.name)
        .limit(PLACES_MAX)
    )
    return [
        GivenRow(
            place=row.place, state=MoveState(row.state), orders=row.orders, units=int(row.units)
        )
        for row in rows
    ]


async def coming(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[ComingRow]:
    """List transfers that still go to the locations of a closure."""
    mine = select(ClosureLocation.location_id).where(ClosureLocation.closure_id == closure_id)
    origin, destination = aliased(Location), aliased(Location)
    rows = await db.execute(
        select(
            Transfer.number,
            origin.name.label("origin"),
            destination.name.label("destination"),
            Transfer.state,
        )
        .join(origin, origin.id == Transfer.origin_id)
        .join(destination, destination.id == Transfer.destination_id)
        .where(Transfer.destination_id.in_(mine), Transfer.state.in_(COMING))
        .order_by(Transfer.number)
        .limit(COMING_MAX)
    )
    return [ComingRow(**{**row, "state": TransferState(row["state"])}) for row in rows.mappings()]
