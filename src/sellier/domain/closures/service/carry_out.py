"""Plan what a closure's locations have, and carry it out order by order.

Each order is a transaction, and what is still to be done stands in rows: whoever dies in the middle
is followed by whoever runs next. Work that comes to a closed location after the plan (an order paid
for at that moment) gets a plan of its own.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures.errors import ClosureNotFound, NotEmpty, TransitionRefused
from sellier.domain.closures.events import CustomerAsked
from sellier.domain.closures.models import (
    Closure,
    ClosureChoice,
    ClosureMove,
    ClosurePlan,
)
from sellier.domain.closures.queries import ClosureRead, Inbound, Pickup, Situation
from sellier.domain.closures.rules import Plan, solve
from sellier.domain.closures.rules.build import Held, build, cost_before
from sellier.domain.closures.rules.told import log_of
from sellier.domain.closures.service.change import finish
from sellier.domain.closures.states import IN_FORCE, ChoiceState, ClosureState, MoveState
from sellier.domain.locations import queries as locations
from sellier.domain.orders import service as orders
from sellier.domain.orders.service import Moved, Target
from sellier.domain.orders.states import Cause
from sellier.domain.promising import service as promising
from sellier.domain.stock.service import transfers
from sellier.domain.stock.service.papers import Turn
from sellier.domain.stock.states import TransferState
from sellier.infra import outbox
from sellier.kernel.ids import (
    ClosureChoiceId,
    ClosureId,
    OrderId,
    OrderLineId,
    new_id,
)

BY: Final = "closure"
TIME_TO_CHOOSE: Final = timedelta(days=3)

Sessions = async_sessionmaker[AsyncSession]


async def carry_out(sessions: Sessions, *, closure_id: ClosureId, now: datetime) -> None:
    """Do all that a closure still has to do. Again and again the same, until nothing is left."""
    async with sessions.begin() as db:
        closure = await queries.closure_by_id(db, closure_id=closure_id)
    if closure is None:
        raise ClosureNotFound("There is no such closure.")
    if closure.state not in IN_FORCE:
        return
    await _plan(sessions, closure, now=now)
    async with sessions.begin() as db:
        left = await _planned(db, closure_id)
    for order_id in left:
        async with sessions.begin() as db:
            await _carry(db, closure, order_id, now=now)
    if closure.state is ClosureState.CLOSING:
        # Where somebody has still to choose, or was quicker to say so, it is not for us to say.
        with suppress(NotEmpty, TransitionRefused):
            async with sessions.begin() as db:
                await finish(db, closure_id=closure_id, by=BY, now=now)


async def _plan(sessions: Sessions, closure: ClosureRead, *, now: datetime) -> None:
    async with sessions.begin() as db:
        if await _planned(db, closure.id):
            return
        found = await queries.situation(db, location_ids=closure.location_ids, now=now)
    if found.is_empty:
        return
    # Seconds of arithmetic, in which nothing is locked.
    plan = await asyncio.to_thread(solve, build(found.held, found.world))
    async with sessions.begin() as db:
        await _keep(db, closure, found, plan=plan, now=now)


async def _planned(db: AsyncSession, closure_id: ClosureId) -> Sequence[OrderId]:
    found = await db.scalars(
        select(ClosureMove.order_id)
        .where(ClosureMove.closure_id == closure_id, ClosureMove.state == MoveState.PLANNED)
        .distinct()
        .order_by(ClosureMove.order_id)
    )
    return found.all()


async def _keep(
    db: AsyncSession, closure: ClosureRead, found: Situation, *, plan: Plan, now: datetime
) -> None:
    """Write a plan down, if nobody did meanwhile, and ask the customers of pickups."""
    state = await db.scalar(select(Closure.state).where(Closure.id == closure.id).with_for_update())
    if state not in IN_FORCE or await _planned(db, closure.id):
        return
    if plan.shares:
        kept = ClosurePlan(
            closure_id=closure.id,
            at=now,
            orders=len({one.order_id for one in found.held}),
            units=sum(one.quantity for one in found.held),
            cost_before_minor=cost_before(found.held, found.world),
            cost_minor=plan.cost,
            bound_minor=plan.bound,
            greedy_minor=plan.greedy_cost,
        )
        db.add(kept)
        await db.flush()
        db.add_all(_moves(kept, found.held, plan))
    for pickup in found.pickups:
        await _ask(db, closure.id, pickup, now=now)
    for transfer in found.inbound:
        await _redirect(db, closure, transfer, now=now)


def _moves(kept: ClosurePlan, held: Sequence[Held], plan: Plan) -> Iterator[ClosureMove]:
    """Hand the shares of each line to the work that has its units."""
    left: defaultdict[OrderLineId, list[tuple[Held, int]]] = defaultdict(list)
    for one in held:
        left[one.line_id].append((one, one.quantity))
    for share in plan.shares:
        wanted = share.quantity
        while wanted:
            mine, has = left[share.line_id].pop()
            units = min(wanted, has)
            wanted -= units
            if has > units:
                left[share.line_id].append((mine, has - units))
            yield ClosureMove(
                closure_id=kept.closure_id,
                plan_id=kept.id,
                order_id=mine.order_id,
                fulfillment_id=mine.fulfillment_id,
                line_id=mine.line_id,
                sku=mine.sku,
                quantity=units,
                from_location_id=mine.location_id,
                to_location_id=share.location_id,
                state=MoveState.PLANNED,
            )


async def _carry(
    db: AsyncSession, closure: ClosureRead, order_id: OrderId, *, now: datetime
) -> None:
    """Move the units of one order, and write down what became of each."""
    rows = (
        await db.scalars(
            select(ClosureMove)
            .where(
                ClosureMove.closure_id == closure.id,
                ClosureMove.order_id == order_id,
                ClosureMove.state == MoveState.PLANNED,
            )
            .order_by(ClosureMove.id)
            .with_for_update()
        )
    ).all()
    if not rows:
        return
    targets = {row.id: _target(row) for row in rows}
    moved = await orders.replan(
        db,
        order_id=order_id,
        targets=list(targets.values()),
        cause=Cause.CLOSED,
        by=BY,
        now=now,
        note=closure.number,
    )
    for row in rows:
        row.state = _became(targets[row.id], moved)
        row.done_at = now
    await db.flush()
    await _decide(db, closure, rows, now=now)


def _target(row: ClosureMove) -> Target:
    return Target(
        fulfillment_id=row.fulfillment_id,
        line_id=row.line_id,
        quantity=row.quantity,
        location_id=row.to_location_id,
    )


def _became(target: Target, moved: Moved) -> MoveState:
    if target in moved.taken:
        return MoveState.MOVED
    return MoveState.WAITS if target in moved.waits else MoveState.GONE


async def _decide(
    db: AsyncSession, closure: ClosureRead, rows: Sequence[ClosureMove], *, now: datetime
) -> None:
    """Keep a decision that the order's page shows as it shows those of sourcing."""
    wanted: Counter[str] = Counter()
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    codes = {place: code for code, place in (await locations.ids_by_code(db)).items()}
    for row in rows:
        if row.state == MoveState.GONE:
            continue
        wanted[row.sku] += row.quantity
        if row.state == MoveState.MOVED and row.to_location_id is not None:
            given[codes[row.to_location_id]][row.sku] += row.quantity
    if wanted:
        log = log_of(country="", wanted=wanted, given=given)
        why = f"closure {closure.number}"
        promising.record(db, order_id=rows[0].order_id, log=log, why=why, now=now)


async def _ask(db: AsyncSession, closure_id: ClosureId, pickup: Pickup, *, now: datetime) -> None:
    choice_id = ClosureChoiceId(new_id())
    asked = await db.scalar(
        insert(ClosureChoice)
        .values(
            id=choice_id,
            closure_id=closure_id,
            order_id=pickup.order_id,
            fulfillment_id=pickup.fulfillment_id,
            asked_at=now,
            deadline_at=now + TIME_TO_CHOOSE,
            state=ChoiceState.OPEN,
        )
        .on_conflict_do_nothing()
        .returning(ClosureChoice.id)
    )
    if asked is not None:
        told = CustomerAsked(happened_at=now, choice_id=choice_id, order_id=pickup.order_id)
        outbox.publish(db, told)


async def _redirect(
    db: AsyncSession, closure: ClosureRead, transfer: Inbound, *, now: datetime
) -> None:
    """Cancel a transfer that has not left; what is on its way goes to a place that is open."""
    turn = Turn(paper_id=transfer.transfer_id, version=None, key=new_id())
    note = closure.number
    if transfer.state in (TransferState.DRAFT, TransferState.REQUESTED):
        await transfers.cancel(db, turn=turn, by=BY, now=now, note=note)
        return
    other = await locations.open_one(db, but=transfer.origin_id)
    if other is not None:
        await transfers.redirect(db, turn=turn, destination_id=other, by=BY, now=now, note=note)
