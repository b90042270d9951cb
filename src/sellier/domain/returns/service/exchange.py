"""What goes out for units that come back: kept for the customer, let out, or freed for others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import service as orders
from sellier.domain.orders.service import Replacement
from sellier.domain.promising.states import Way
from sellier.domain.returns import queries
from sellier.domain.returns.events import ExchangeEnded, ExchangeReleased
from sellier.domain.returns.models import ReturnLine
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import Choice, Plan, Portion, chosen_for, gone
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.infra import outbox
from sellier.kernel.ids import OrderLineId, ReturnLineId, new_id


async def set_aside(
    db: AsyncSession, *, plan: Plan, chosen: Sequence[Portion], by: str, now: datetime
) -> Sequence[Portion]:
    """Keep what is wanted instead, so that nobody else has it, and say which line it became.

    Raises `OtherStyle`, `NotSoldHere`, `WantedGone`.
    """
    language = await queries.language_of(db, order_id=plan.order_id)
    choices = await queries.choices(db, order_id=plan.order_id, lang=language, now=now)
    told, wanted = [], []
    for one in chosen:
        choice = chosen_for(one.wish, choices.get(one.part.line_id, ()))
        if choice is None:
            told.append(one)
            continue
        new = _replacement(one, choice)
        wanted.append(new)
        told.append(replace(one, replacement_id=new.line_id))
    try:
        await orders.set_aside(db, order_id=plan.order_id, wanted=wanted, by=by, now=now)
    except OutOfStock as refusal:  # sold since we looked
        raise gone(refusal.sku) from refusal
    return told


async def let_out(
    db: AsyncSession,
    found: ReturnRead,
    *,
    taken: Mapping[ReturnLineId, int],
    by: str,
    now: datetime,
) -> None:
    """Have prepared what replaces the units taken back; free what was kept for the others."""
    lines = {line.replacement.line_id: line for line in found.lines if line.replacement}
    if not lines:
        return
    go = await orders.let_out(
        db,
        order_id=found.order_id,
        units={line_id: taken[line.id] for line_id, line in lines.items()},
        skus={line.sku for line in found.lines},
        by=by,
        now=now,
    )
    for line_id, units in go.items():
        await db.execute(
            update(ReturnLine)
            .where(ReturnLine.id == lines[line_id].id)
            .values(exchanged=units)
            .execution_options(synchronize_session=False)
        )
    told = ExchangeReleased if any(go.values()) else ExchangeEnded
    outbox.publish(db, told(happened_at=now, return_id=found.id, order_id=found.order_id))


async def let_go(db: AsyncSession, found: ReturnRead, *, by: str, now: datetime) -> bool:
    """Free what was kept for units that do not come; False when nothing was."""
    nothing: Mapping[OrderLineId, int] = {
        one.line_id: 0 for one in found.replacements if one.is_waiting
    }
    if not nothing:
        return False
    await orders.let_out(db, order_id=found.order_id, units=nothing, skus=(), by=by, now=now)
    ended = ExchangeEnded(happened_at=now, return_id=found.id, order_id=found.order_id)
    outbox.publish(db, ended)
    return True


async def carry_out(db: AsyncSession, found: ReturnRead, *, by: str, now: datetime) -> None:
    """Hand over what the customer takes along from the counter."""
    ids = [one.line_id for one in found.replacements if one.way is Way.CARRY]
    if ids:
        await orders.carry_out(db, order_id=found.order_id, line_ids=ids, by=by, now=now)


async def lock_stock(db: AsyncSession, *, plan: Plan) -> None:
    """Lock what goes out and what comes in at once: one after the other is two orders."""
    wanted = {wish.wanted.sku for wish in plan.wishes if wish.wanted}
    if wanted:
        await queries.lock_order(db, order_id=plan.order_id)
        back = await queries.skus_of(db, line_ids=[wish.line_id for wish in plan.wishes])
        await stock.lock(db, skus=sorted({*wanted, *back}))


def _replacement(one: Portion, choice: Choice) -> Replacement:
    assert one.wish.wanted is not None
    place = one.wish.wanted.carried_at
    way = Way.CARRY if place is not None else Way.SHIP
    if place is None and choice.collectable >= one.wish.quantity:
        way, place = Way.COLLECT, choice.collected_at
    return Replacement(
        line_id=OrderLineId(new_id()),
        replaces_id=one.part.line_id,
        sku=choice.sku,
        style_color_id=choice.style_color_id,
        title=choice.title,
        color=choice.color,
        size=choice.size,
        quantity=one.quantity,
        way=way,
        location_id=place,
    )
