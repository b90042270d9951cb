"""Fulfillments: opened, locked, moved on and split. Every verb on them is made of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import FulfillmentNotFound
from sellier.domain.orders.events import FulfillmentAdvanced
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    FulfillmentTransition,
    OrderLine,
)
from sellier.domain.orders.rules import Opening, Part
from sellier.domain.orders.service import holds, parcels
from sellier.domain.orders.states import COUNTS, Cause, Work, WorkEvent, next_work
from sellier.domain.promising.states import Way
from sellier.domain.stock.service import Units
from sellier.infra import outbox
from sellier.infra.batch import Step, inserting, later
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, OrderLineId, new_id

# An offer that nobody takes in this time goes to another location.
ACCEPT_WITHIN: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRead:
    """A fulfillment as it stands, locked to the end of the transaction."""

    id: FulfillmentId
    order_id: OrderId
    location_id: LocationId | None
    way: Way
    state: Work
    parts: Sequence[Part]

    @property
    def allocated(self) -> Sequence[Units]:
        """Return its units as stock keeps them."""
        return units_at(self.location_id, self.parts)


def units_at(location_id: LocationId | None, parts: Sequence[Part]) -> Sequence[Units]:
    """Return parts of a fulfillment as the stock of its location keeps them."""
    assert location_id is not None, "work that keeps units is done at a place"
    return [
        Units(line_id=one.line_id, sku=one.sku, location_id=location_id, quantity=one.quantity)
        for one in parts
    ]


async def locked(db: AsyncSession, ids: Sequence[FulfillmentId]) -> Sequence[WorkRead]:
    """Lock fulfillments, in the order in which everyone does, and return them.

    Raises `FulfillmentNotFound` when there is not one of them.
    """
    rows = await db.scalars(
        select(Fulfillment)
        .where(Fulfillment.id.in_(ids))
        .order_by(Fulfillment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = rows.all()
    if len(found) < len(set(ids)):
        raise FulfillmentNotFound("There is no such work to do. Look at the list again.")
    parts = await _parts(db, ids)
    return [
        WorkRead(
            id=row.id,
            order_id=row.order_id,
            location_id=row.location_id,
            way=Way(row.way),
            state=Work(row.state),
            parts=parts.get(row.id, ()),
        )
        for row in found
    ]


async def one_locked(
    db: AsyncSession, fulfillment_id: FulfillmentId, *, at: LocationId | None = None
) -> WorkRead:
    """Lock one fulfillment and return it; with `at`, only if it is done there.

    Raises `FulfillmentNotFound`.
    """
    (found,) = await locked(db, [fulfillment_id])
    if at not in (None, found.location_id):
        raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
    return found


async def _parts(
    db: AsyncSession, ids: Sequence[FulfillmentId]
) -> Mapping[FulfillmentId, Sequence[Part]]:
    rows = await db.execute(
        select(
            FulfillmentLine.fulfillment_id,
            OrderLine.id,
            OrderLine.sku,
            case((OrderLine.replaces_id.is_(None), OrderLine.unit_minor), else_=0).label("due"),
            FulfillmentLine.quantity,
        )
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(FulfillmentLine.fulfillment_id.in_(ids))
        .order_by(OrderLine.position)
    )
    found: dict[FulfillmentId, list[Part]] = {}
    for row in rows:
        part = Part(line_id=row.id, sku=row.sku, quantity=row.quantity, due_minor=row.due)
        found.setdefault(row.fulfillment_id, []).append(part)
    return found


def opening(
    *,
    order_id: OrderId,
    opened: Sequence[Opening],
    by: str,
    now: datetime,
    instead_of: FulfillmentId | None = None,
) -> Iterator[Step]:
    """Write fulfillments, each offered to its location, set aside there, or waiting for one.

    A hold on the work that they are `instead_of` goes on with them.
    """
    for one in opened:
        row_id = FulfillmentId(new_id())
        state = _begins(one)
        yield _FULFILLMENT(
            id=row_id,
            order_id=order_id,
            location_id=one.location_id,
            way=one.way,
            state=state,
            created_at=now,
            accept_by=now + ACCEPT_WITHIN if state is Work.OFFERED else None,
        )
        for line_id, quantity in sorted(one.units.items()):
            yield _LINE(fulfillment_id=row_id, line_id=line_id, quantity=quantity)
        yield _TRANSITION(
            fulfillment_id=row_id,
            event=WorkEvent.OPEN,
            before=None,
            after=state,
            note=None,
            at=now,
            by=by,
        )
        if instead_of is not None:
            yield holds.FOLLOW(before=instead_of, after=row_id)


def _begins(one: Opening) -> Work:
    if one.location_id is None:
        return Work.UNSOURCED
    return Work.SET_ASIDE if one.is_set_aside else Work.OFFERED


async def advance(
    db: AsyncSession,
    work: WorkRead,
    event: WorkEvent,
    *,
    by: str,
    now: datetime,
    note: str | None = None,
    **changes: object,
) -> Work:
    """Move a locked fulfillment on and return its new state. Raises `TransitionRefused`."""
    after = next_work(work.state, event)
    await db.execute(
        update(Fulfillment)
        .where(Fulfillment.id == work.id, Fulfillment.state == work.state)
        .values(state=after, **changes)
        .execution_options(synchronize_session=False)
    )
    if work.state is Work.PACKED and after not in COUNTS:
        await parcels.drop(db, fulfillment_id=work.id, by=by, now=now)
    _tell(db, work, event=event, before=work.state, after=after, by=by, now=now, note=note)
    return after


async def take_out(
    db: AsyncSession,
    work: WorkRead,
    *,
    units: Mapping[OrderLineId, int],
    event: WorkEvent,
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> Sequence[Part]:
    """End a fulfillment for some of its units and return them as parts; the others go on.

    What leaves becomes a fulfillment of its own that has ended, so that nothing is forgotten.
    """
    assert all(0 < units.get(one.line_id, 1) <= one.quantity for one in work.parts)
    left = [one.less(units.get(one.line_id, 0)) for one in work.parts]
    parts = [one.only(units[one.line_id]) for one in work.parts if one.line_id in units]
    if not any(one.quantity for one in left):
        await advance(db, work, event, by=by, now=now, note=note, cause=cause)
        return parts
    after = next_work(work.state, event)
    ended = FulfillmentId(new_id())
    db.add(
        Fulfillment(
            id=ended,
            order_id=work.order_id,
            location_id=work.location_id,
            way=work.way,
            state=after,
            cause=cause,
            created_at=now,
        )
    )
    await db.flush()
    for part in parts:
        await _less(db, work.id, part)
        db.add(FulfillmentLine(fulfillment_id=ended, line_id=part.line_id, quantity=part.quantity))
    split = WorkRead(
        id=ended,
        order_id=work.order_id,
        location_id=work.location_id,
        way=work.way,
        state=after,
        parts=parts,
    )
    await db.flush()
    _tell(db, split, event=event, before=work.state, after=after, by=by, now=now, note=note)
    return parts


async def _less(db: AsyncSession, fulfillment_id: FulfillmentId, part: Part) -> None:
    which = (
        FulfillmentLine.fulfillment_id == fulfillment_id,
        FulfillmentLine.line_id == part.line_id,
    )
    whole = delete(FulfillmentLine).where(*which, FulfillmentLine.quantity == part.quantity)
    some = (
        update(FulfillmentLine)
        .where(*which, FulfillmentLine.quantity > part.quantity)
        .values(
            quantity=FulfillmentLine.quantity - part.quantity,
            picked=func.least(FulfillmentLine.picked, FulfillmentLine.quantity - part.quantity),
        )
    )
    for statement in (whole, some):
        await db.execute(statement.execution_options(synchronize_session=False))


def _tell(
    db: AsyncSession,
    work: WorkRead,
    *,
    event: WorkEvent,
    before: Work,
    after: Work,
    by: str,
    now: datetime,
    note: str | None,
) -> None:
    written = _TRANSITION(
        fulfillment_id=work.id, event=event, before=before, after=after, note=note, at=now, by=by
    )
    later(db, written)
    told = FulfillmentAdvanced(
        happened_at=now, fulfillment_id=work.id, order_id=work.order_id, state=after
    )
    outbox.publish(db, told)


_FULFILLMENT: Final = inserting(
    Fulfillment,
    without=("cause", "pickup_code", "collect_by", "reminded_at", "shelf", "widened_at"),
)
_LINE: Final = inserting(FulfillmentLine, without=("picked",))
_TRANSITION: Final = inserting(FulfillmentTransition)
