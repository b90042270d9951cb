"""What customers choose, shown to whoever holds the key of the letter's link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures.models import Closure, ClosureChoice
from sellier.domain.closures.states import Choice, ChoiceState, ClosureState
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, OrderLine
from sellier.kernel.ids import (
    ClosureChoiceId,
    ClosureId,
    FulfillmentId,
    OrderId,
    OrderLineId,
    Sku,
)

DUE_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRead:
    """A pickup at a boutique that closes, and what its customer wants of it."""

    id: ClosureChoiceId
    closure_id: ClosureId
    order_id: OrderId
    fulfillment_id: FulfillmentId
    asked_at: datetime
    deadline_at: datetime
    state: ChoiceState
    choice: Choice | None
    by: str | None
    boutique: str
    city: str
    to_boutique: str | None
    to_city: str | None
    closes_at: datetime
    planned_reopening: datetime | None
    closure_state: ClosureState
    time_zone: str
    units: Mapping[OrderLineId, int]
    wanted: Mapping[Sku, int]


async def choice(db: AsyncSession, *, choice_id: ClosureChoiceId) -> ChoiceRead | None:
    """Return one choice, or None."""
    mine = Location.__table__.alias("mine")
    statement = (
        select(
            ClosureChoice,
            Closure,
            mine.c.name,
            mine.c.city,
            mine.c.time_zone,
            Location.name.label("to_name"),
            Location.city.label("to_city"),
        )
        .join(Closure, Closure.id == ClosureChoice.closure_id)
        .join(Fulfillment, Fulfillment.id == ClosureChoice.fulfillment_id)
        .join(mine, mine.c.id == Fulfillment.location_id)
        .outerjoin(Location, Location.id == ClosureChoice.to_location_id)
        .where(ClosureChoice.id == choice_id)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    found, closure = row.ClosureChoice, row.Closure
    parts = (await db.execute(_parts(found.fulfillment_id))).all()
    wanted: dict[Sku, int] = {}
    for part in parts:
        wanted[part.sku] = wanted.get(part.sku, 0) + part.quantity
    return ChoiceRead(
        id=found.id,
        closure_id=closure.id,
        order_id=found.order_id,
        fulfillment_id=found.fulfillment_id,
        asked_at=found.asked_at,
        deadline_at=found.deadline_at,
        state=ChoiceState(found.state),
        choice=Choice(found.choice) if found.choice else None,
        by=found.by,
        boutique=row.name,
        city=row.city,
        to_boutique=row.to_name,
        to_city=row.to_city,
        closes_at=closure.starts_at,
        planned_reopening=closure.planned_reopening,
        closure_state=ClosureState(closure.state),
        time_zone=row.time_zone,
        units={part.line_id: part.quantity for part in parts},
        wanted=wanted,
    )


async def due(db: AsyncSession, *, now: datetime) -> Sequence[ClosureChoiceId]:
    """List the choices that nobody made in time."""
    statement = (
        select(ClosureChoice.id)
        .where(ClosureChoice.state == ChoiceState.OPEN, ClosureChoice.deadline_at <= now)
        .order_by(ClosureChoice.deadline_at, ClosureChoice.id)
        .limit(DUE_MAX)
    )
    return (await db.scalars(statement)).all()


def _parts(fulfillment_id: FulfillmentId) -> Select[*tuple[Any, ...]]:
    return (
        select(FulfillmentLine.line_id, OrderLine.sku, FulfillmentLine.quantity)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(FulfillmentLine.fulfillment_id == fulfillment_id)
        .order_by(OrderLine.position)
    )
