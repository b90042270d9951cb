"""Take units back over the counter: everything at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.returns import queries
from sellier.domain.returns.rules import Finding, Plan, Wish
from sellier.domain.returns.service.announce import announce
from sellier.domain.returns.service.exchange import carry_out, lock_stock
from sellier.domain.returns.service.receive import inspect, receive
from sellier.domain.returns.service.settle import settle
from sellier.domain.returns.states import Disposition, Look, ReturnState, ReturnWay
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, ReturnId


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Units that a customer hands over, and what they are like."""

    wish: Wish
    look: Look
    disposition: Disposition


async def take_back(
    db: AsyncSession,
    *,
    return_id: ReturnId,
    order_id: OrderId,
    handed: Sequence[Handed],
    at: LocationId,
    by: str,
    now: datetime,
) -> ReturnState:
    """Announce, receive, inspect and settle in one transaction; return the state after.

    What the customer takes instead is handed over too, where this boutique has it. The same id
    again changes nothing. Raises what these verbs raise.
    """
    known = await queries.return_of(db, return_id=return_id)
    if known is not None:
        return known.state
    plan = Plan(
        order_id=order_id,
        wishes=[one.wish for one in handed],
        way=ReturnWay.BOUTIQUE,
        expected_at=at,
    )
    await lock_stock(db, plan=plan)
    await announce(db, return_id=return_id, plan=plan, by=by, now=now)
    found = await queries.return_of(db, return_id=return_id)
    assert found is not None, "it was announced just now"
    every = {line.id: line.quantity for line in found.lines}
    await receive(db, return_id=return_id, at=at, received=every, by=by, now=now)
    seen: Mapping[OrderLineId, Handed] = {one.wish.line_id: one for one in handed}
    findings = {
        line.id: [
            Finding(
                quantity=line.quantity,
                look=seen[line.line_id].look,
                disposition=seen[line.line_id].disposition,
            )
        ]
        for line in found.lines
    }
    state = await inspect(db, return_id=return_id, findings=findings, by=by, now=now)
    if state is ReturnState.INSPECTED:
        await settle(db, return_id=return_id, by=by, now=now)
        state = ReturnState.SETTLED
    await carry_out(db, found, by=by, now=now)
    return state
