"""Closures as the order desk sees them: what moved, what waits for whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.closures.models import (
    Closure,
    ClosureChoice,
    ClosureLocation,
    ClosureMove,
    ClosurePlan,
    ClosureTransition,
)
from sellier.domain.closures.states import (
    IN_FORCE,
    NOT_OVER,
    Choice,
    ClosureEvent,
    ClosureState,
    MoveState,
)
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, Order, OrderAddress
from sellier.domain.orders.states import KEEPS, Work
from sellier.domain.promising.states import Way
from sellier.kernel.ids import ClosureId, LocationId, Sku

CLOSURES_MAX: Final = 200
ROWS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRead:
    """A closure and the locations that it closes."""

    id: ClosureId
    number: str
    reason: str
    starts_at: datetime
    planned_reopening: datetime | None
    state: ClosureState
    created_at: datetime
    by: str
    location_ids: Sequence[LocationId]
    codes: Sequence[str]
    names: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRead:
    """One plan of a closure, in figures."""

    at: datetime
    orders: int
    units: int
    cost_before_minor: int
    cost_minor: int
    bound_minor: int
    greedy_minor: int

    @property
    def gap(self) -> float:
        return (self.cost_minor - self.bound_minor) / self.cost_minor if self.cost_minor else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """Units that were planned anew, and what became of them."""

    order: str
    sku: Sku
    quantity: int
    origin: str | None
    destination: str | None
    state: MoveState
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRow:
    """Something that keeps a location from being empty, and for whom it waits."""

    order: str
    location: str
    units: int
    work: Work
    way: Way
    customer: str
    deadline_at: datetime | None
    is_later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionRead:
    """A row of a closure's history."""

    event: ClosureEvent
    after: ClosureState
    note: str | None
    at: datetime
    by: str


async def closures(db: AsyncSession) -> Sequence[ClosureRead]:
    """List closures, the newest first."""
    return await _read(db, _closures().order_by(Closure.id.desc()).limit(CLOSURES_MAX))


async def closure_by_number(db: AsyncSession, *, number: str) -> ClosureRead | None:
    """Return the closure with this number, or None."""
    return next(iter(await _read(db, _closures().where(Closure.number == number))), None)


async def closure_by_id(db: AsyncSession, *, closure_id: ClosureId) -> ClosureRead | None:
    """Return one closure, or None."""
    return next(iter(await _read(db, _closures().where(Closure.id == closure_id))), None)


async def in_force(db: AsyncSession) -> Sequence[ClosureId]:
    """List the closures that have begun and are not over."""
    found = await db.scalars(
        select(Closure.id).where(Closure.state.in_(IN_FORCE)).order_by(Closure.id)
    )
    return found.all()


async def to_begin(db: AsyncSession, *, now: datetime) -> Sequence[ClosureId]:
    """List the closures whose time has come."""
    found = await db.scalars(
        select(Closure.id)
        .where(Closure.state == ClosureState.SCHEDULED, Closure.starts_at <= now)
        .order_by(Closure.id)
    )
    return found.all()


async def closing_already(
    db: AsyncSession, *, location_ids: Collection[LocationId]
) -> Sequence[tuple[str, str]]:
    """Return the codes of those locations that other closures have, with the closures' numbers."""
    rows = await db.execute(
        select(Location.code, Closure.number)
        .join(ClosureLocation, ClosureLocation.location_id == Location.id)
        .join(Closure, Closure.id == ClosureLocation.closure_id)
        .where(Location.id.in_(location_ids), Closure.state.in_(NOT_OVER))
        .order_by(Location.code)
    )
    return [(row.code, row.number) for row in rows]


async def stays_open(
    db: AsyncSession,
    *,
    but: Collection[LocationId],
    since: datetime,
    until: datetime | None,
) -> bool:
    """Tell whether, beside some locations, there is one that no closure closes in a time."""
    is_closed = (
        select(ClosureLocation.location_id)
        .join(Closure, Closure.id == ClosureLocation.closure_id)
        .where(
            ClosureLocation.location_id == Location.id,
            Closure.state.in_(NOT_OVER),
            func.tstzrange(Closure.starts_at, Closure.planned_reopening).op("&&")(
                func.tstzrange(since, until)
            ),
        )
    )
    found = await db.scalar(
        select(Location.id).where(Location.id.not_in(but), ~is_closed.exists()).limit(1)
    )
    return found is not None


async def plans(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[PlanRead]:
    """List the plans of a closure, the first one first."""
    rows = await db.scalars(
        select(ClosurePlan)
        .where(ClosurePlan.closure_id == closure_id)
        .order_by(ClosurePlan.id)
        .limit(ROWS_MAX)
    )
    return [
        PlanRead(
            at=row.at,
            orders=row.orders,
            units=row.units,
            cost_before_minor=row.cost_before_minor,
            cost_minor=row.cost_minor,
            bound_minor=row.bound_minor,
            greedy_minor=row.greedy_minor,
        )
        for row in rows
    ]


async def moves(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[MoveRow]:
    """List what was planned anew: first what did not go as planned."""
    origin, destination = aliased(Location), aliased(Location)
    rows = await db.execute(
        select(
            Order.number.label("order"),
            ClosureMove.sku,
            ClosureMove.quantity,
            origin.name.label("origin"),
            destination.name.label("destination"),
            became().label("state"),
            ClosureMove.done_at,
        )
        .join(Order, Order.id == ClosureMove.order_id)
        .outerjoin(origin, origin.id == ClosureMove.from_location_id)
        .outerjoin(destination, destination.id == ClosureMove.to_location_id)
        .where(ClosureMove.closure_id == closure_id)
        .order_by(
            (ClosureMove.state == MoveState.MOVED).asc(),
            Order.number.desc(),
            ClosureMove.id,
        )
        .limit(ROWS_MAX)
    )
    return [MoveRow(**{**row, "state": MoveState(row["state"])}) for row in rows.mappings()]


def became() -> ColumnElement[str]:
    """Return what became of units of a plan; those that waited may have found a place since."""
    still = exists(
        select(FulfillmentLine.line_id)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .where(FulfillmentLine.line_id == ClosureMove.line_id, Fulfillment.state == Work.UNSOURCED)
    )
    has_waited = and_(ClosureMove.state == MoveState.WAITS, not_(still))
    return case((has_waited, MoveState.FOUND.value), else_=ClosureMove.state)


async def waiting(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[WaitRow]:
    """List what is still at the locations of a closure, and for whom it waits."""
    mine = select(ClosureLocation.location_id).where(ClosureLocation.closure_id == closure_id)
    rows = await db.execute(
        select(
            Order.number.label("order"),
            Location.name.label("location"),
            func.sum(FulfillmentLine.quantity).label("units"),
            Fulfillment.state.label("work"),
            Fulfillment.way,
            OrderAddress.name.label("customer"),
            ClosureChoice.deadline_at,
            ClosureChoice.choice,
        )
        .select_from(Fulfillment)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .join(Location, Location.id == Fulfillment.location_id)
        .outerjoin(OrderAddress, OrderAddress.order_id == Order.id)
        .outerjoin(
            ClosureChoice,
            (ClosureChoice.fulfillment_id == Fulfillment.id)
            & (ClosureChoice.closure_id == closure_id),
        )
        .where(Fulfillment.location_id.in_(mine), Fulfillment.state.in_(KEEPS))
        .group_by(Order.id, Location.name, Fulfillment.id, OrderAddress.order_id, ClosureChoice.id)
        .order_by(ClosureChoice.deadline_at.nulls_first(), Order.number)
        .limit(ROWS_MAX)
    )
    return [
        WaitRow(
            order=row.order,
            location=row.location,
            units=int(row.units),
            work=Work(row.work),
            way=Way(row.way),
            customer=row.customer or row.order,
            deadline_at=row.deadline_at if row.choice is None else None,
            is_later=row.choice == Choice.LATER,
        )
        for row in rows
    ]


async def transitions(db: AsyncSession, *, closure_id: ClosureId) -> Sequence[TransitionRead]:
    """Return the history of a closure, the first row first."""
    rows = await db.scalars(
        select(ClosureTransition)
        .where(ClosureTransition.closure_id == closure_id)
        .order_by(ClosureTransition.id)
    )
    return [
        TransitionRead(
            event=ClosureEvent(row.event),
            after=ClosureState(row.after),
            note=row.note,
            at=row.at,
            by=row.by,
        )
        for row in rows
    ]


def _closures() -> Select[*tuple[Any, ...]]:
    def all_of(column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.array_agg(aggregate_order_by(column, Location.code))

    return (
        select(
            Closure,
            all_of(Location.__table__.c.id).label("location_ids"),
            all_of(Location.__table__.c.code).label("codes"),
            all_of(Location.__table__.c.name).label("names"),
        )
        .join(ClosureLocation, ClosureLocation.closure_id == Closure.id)
        .join(Location, Location.id == ClosureLocation.location_id)
        .group_by(Closure.id)
    )


async def _read(db: AsyncSession, statement: Select[*tuple[Any, ...]]) -> Sequence[ClosureRead]:
    return [
        ClosureRead(
            id=row.Closure.id,
            number=row.Closure.number,
            reason=row.Closure.reason,
            starts_at=row.Closure.starts_at,
            planned_reopening=row.Closure.planned_reopening,
            state=ClosureState(row.Closure.state),
            created_at=row.Closure.created_at,
            by=row.Closure.by,
            location_ids=row.location_ids,
            codes=row.codes,
            names=row.names,
        )
        for row in await db.execute(statement)
    ]
