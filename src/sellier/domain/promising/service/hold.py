"""Hold what an order needs: choose the locations, then take the units."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising import queries
from sellier.domain.promising.models import SourcingDecision
from sellier.domain.promising.queries import Found
from sellier.domain.promising.rules import Decision, Log, Need, Question, Take, decide
from sellier.domain.promising.rules.log import Chosen, Part
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.queries import KeptForCart
from sellier.domain.stock.service import Units, commit
from sellier.infra.batch import inserting, later
from sellier.kernel.ids import ChannelId, LocationId, OrderId, OrderLineId, Sku

# Others may take what was chosen before we do. Each try that fails means that they sold, so this
# ends by itself when nothing is left; the number only bounds how long one buyer insists.
TRIES: Final = 50
PLACED: Final = "placed"
KEPT: Final = "kept_for_cart"

_DECISION: Final = inserting(SourcingDecision)


async def hold(
    db: AsyncSession,
    *,
    order_id: OrderId,
    channel_id: ChannelId,
    needs: Sequence[Need],
    lasts: timedelta,
    now: datetime,
    why: str = PLACED,
) -> Sequence[Take]:
    """Reserve all that an order needs, all or nothing, and return from where.

    Raises `OutOfStock` naming a SKU of which there are too few for it.
    """
    for attempt in range(TRIES):
        found, decision = await _choose(db, channel_id=channel_id, needs=needs, now=now)
        units = _units(decision.takes)
        try:
            await stock.reserve(db, order_id=order_id, units=units, lasts=lasts, now=now)
        except OutOfStock:
            if attempt == TRIES - 1:
                raise
        else:
            _record(db, order_id=order_id, found=found, decision=decision, why=why, now=now)
            return decision.takes
    raise AssertionError("the last try returns or raises")


async def resource(
    db: AsyncSession,
    *,
    order_id: OrderId,
    channel_id: ChannelId,
    needs: Sequence[Need],
    excluded: Mapping[Sku, Collection[LocationId]],
    why: str,
    now: datetime,
) -> Sequence[Take]:
    """Commit what can be had of a paid order's needs, and return from where; the rest waits.

    `excluded` are the locations that a SKU is not taken from any more, `why` says what happened
    to whoever was to serve it. A decision that finds nothing is not recorded: it is asked again
    whenever stock comes.
    """
    skus = list(dict.fromkeys(need.sku for need in needs))
    for attempt in range(TRIES):
        found = await queries.sources(db, channel_id=channel_id, skus=skus, now=now)
        question = Question(
            sources=found.sources,
            needs=needs,
            maisons=found.maisons,
            excluded=excluded,
            is_partial=True,
        )
        decision = decide(question, found.rule_set)
        if not decision.takes:
            return ()
        try:
            await commit(db, order_id=order_id, units=_units(decision.takes), now=now)
        except OutOfStock:
            if attempt == TRIES - 1:
                raise
        else:
            _record(db, order_id=order_id, found=found, decision=decision, why=why, now=now)
            return decision.takes
    raise AssertionError("the last try returns or raises")


def record(db: AsyncSession, *, order_id: OrderId, log: Log, why: str, now: datetime) -> None:
    """Write down a decision that was not made for one order alone."""
    step = _DECISION(
        order_id=order_id, at=now, rule_set_id=None, why=why, log=msgspec.to_builtins(log)
    )
    later(db, step)


def record_kept(
    db: AsyncSession,
    *,
    order_id: OrderId,
    needs: Sequence[Need],
    kept: Mapping[OrderLineId, Sequence[KeptForCart]],
    now: datetime,
) -> None:
    """Write down that an order's units were kept for its cart: where from was decided then."""
    parts = [
        Part(
            way=need.to.way,
            country=need.to.country,
            at=None,
            wanted={str(need.sku): need.quantity},
            rules=(),
            steps=(),
            chosen=[
                Chosen(code=one.location, units={str(one.sku): one.quantity}, km=None)
                for one in kept[need.line_id]
            ],
        )
        for need in needs
    ]
    record(db, order_id=order_id, log=Log(parts=parts), why=KEPT, now=now)


def _units(takes: Sequence[Take]) -> Sequence[Units]:
    return [
        Units(
            line_id=take.line_id,
            sku=take.sku,
            location_id=take.location_id,
            quantity=take.quantity,
        )
        for take in takes
    ]


def _record(
    db: AsyncSession,
    *,
    order_id: OrderId,
    found: Found,
    decision: Decision,
    why: str,
    now: datetime,
) -> None:
    """Keep the decision; it leaves with whatever is sent next."""
    step = _DECISION(
        order_id=order_id,
        at=now,
        rule_set_id=found.rule_set_id,
        why=why,
        log=msgspec.to_builtins(decision.log),
    )
    later(db, step)


async def _choose(
    db: AsyncSession, *, channel_id: ChannelId, needs: Sequence[Need], now: datetime
) -> tuple[Found, Decision]:
    skus = list(dict.fromkeys(need.sku for need in needs))
    for is_swept in (False, True):
        found = await queries.sources(db, channel_id=channel_id, skus=skus, now=now)
        question = Question(sources=found.sources, needs=needs, maisons=found.maisons)
        decision = decide(question, found.rule_set)
        if decision.short is None:
            return found, decision
        if not is_swept:
            # Units may wait in reservations that have ended: free them before saying no, and look
            # again even when there were none. Others may have freed them since we looked.
            await stock.expire(db, now=now, skus=skus)
    assert decision.short is not None
    raise OutOfStock(sku=decision.short.sku, quantity=decision.short.quantity)
