"""What a customer wants of a pickup whose boutique closes, done at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures.errors import ChoiceNotFound, ChoiceRefused
from sellier.domain.closures.models import ClosureChoice
from sellier.domain.closures.queries import ChoiceRead
from sellier.domain.closures.states import Choice, ChoiceState
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import TransitionRefused
from sellier.domain.stock.errors import OutOfStock
from sellier.kernel.ids import ClosureChoiceId, LocationId

CUSTOMER: Final = "customer"
NOBODY: Final = "time-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice; elsewhere names the boutique."""

    choice: Choice
    location_id: LocationId | None = None


async def choose(
    db: AsyncSession, *, choice_id: ClosureChoiceId, chosen: Chosen, by: str, now: datetime
) -> None:
    """Do what the customer wants. The same choice again changes nothing.

    Raises `ChoiceNotFound`, and `ChoiceRefused` when another choice was made, the time is over, or
    it cannot be had any more.
    """
    row = await db.get(ClosureChoice, choice_id, with_for_update=True, populate_existing=True)
    found = await queries.choice(db, choice_id=choice_id)
    if row is None or found is None:
        raise ChoiceNotFound("There is nothing to choose here.")
    if row.state == ChoiceState.MADE and row.choice == chosen.choice:
        return
    if row.state != ChoiceState.OPEN:
        raise ChoiceRefused("This was decided already. The page shows how.")
    if by == CUSTOMER and now >= found.deadline_at:
        raise ChoiceRefused("The time to choose is over. The page shows what happens now.")
    await _do(db, found, chosen, by=by, now=now)
    row.state, row.choice = ChoiceState.MADE, chosen.choice
    row.to_location_id = chosen.location_id
    row.made_at, row.by = now, by
    await db.flush()


async def settle_overdue(sessions: async_sessionmaker[AsyncSession], *, now: datetime) -> int:
    """Send what nobody chose about in time, else refund it; return how many there were."""
    async with sessions.begin() as db:
        due = await queries.due(db, now=now)
    for choice_id in due:
        async with sessions.begin() as db:
            await _settle(db, choice_id, now=now)
    return len(due)


async def _settle(db: AsyncSession, choice_id: ClosureChoiceId, *, now: datetime) -> None:
    row = await db.get(ClosureChoice, choice_id, with_for_update=True, populate_existing=True)
    found = await queries.choice(db, choice_id=choice_id)
    assert row is not None and found is not None  # noqa: PT018  both or neither
    if row.state != ChoiceState.OPEN:
        return
    can = await queries.options(db, found, now=now)
    chosen = Chosen(choice=Choice.SHIPPED if can.shipped else Choice.REFUNDED)
    try:
        async with db.begin_nested():
            await choose(db, choice_id=choice_id, chosen=chosen, by=NOBODY, now=now)
    except ChoiceRefused:
        row.state = ChoiceState.LAPSED
        await db.flush()


async def _do(
    db: AsyncSession, found: ChoiceRead, chosen: Chosen, *, by: str, now: datetime
) -> None:
    try:
        match chosen.choice:
            case Choice.LATER:
                await _later(db, found, now=now)
            case Choice.ELSEWHERE:
                await _elsewhere(db, found, chosen.location_id, by=by, now=now)
            case Choice.SHIPPED:
                await orders.send_instead(
                    db,
                    order_id=found.order_id,
                    fulfillment_id=found.fulfillment_id,
                    by=by,
                    now=now,
                )
            case Choice.REFUNDED:
                await orders.refund_pickup(
                    db,
                    order_id=found.order_id,
                    fulfillment_id=found.fulfillment_id,
                    by=by,
                    now=now,
                )
    except TransitionRefused as refusal:
        raise ChoiceRefused("This order was collected or canceled meanwhile.") from refusal


async def _later(db: AsyncSession, found: ChoiceRead, *, now: datetime) -> None:
    until = found.planned_reopening
    if until is None or until <= now:
        raise ChoiceRefused("This boutique does not open again. Choose another way.")
    await orders.collect_later(
        db,
        order_id=found.order_id,
        fulfillment_id=found.fulfillment_id,
        until=until + queries.KEPT,
    )


async def _elsewhere(
    db: AsyncSession,
    found: ChoiceRead,
    location_id: LocationId | None,
    *,
    by: str,
    now: datetime,
) -> None:
    can = await queries.options(db, found, now=now)
    if location_id not in {one.location_id for one in can.elsewhere} or location_id is None:
        raise ChoiceRefused("This boutique has not all of it any more. Choose again.")
    try:
        await orders.collect_elsewhere(
            db,
            order_id=found.order_id,
            fulfillment_id=found.fulfillment_id,
            location_id=location_id,
            by=by,
            now=now,
        )
    except OutOfStock as refusal:
        raise ChoiceRefused("It was sold there a moment ago. Choose again.") from refusal
