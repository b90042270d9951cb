"""Take in what came, and look at it: what is good goes back into stock."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.returns import queries
from sellier.domain.returns.errors import PlaceUnknown
from sellier.domain.returns.models import ReturnFinding, ReturnLine
from sellier.domain.returns.queries import LineRead
from sellier.domain.returns.rules import Finding, accepted, check_findings, check_received
from sellier.domain.returns.service.exchange import let_out
from sellier.domain.returns.service.settle import settle
from sellier.domain.returns.service.work import advance, locked
from sellier.domain.returns.states import INTO, ReturnEvent, ReturnState, next_state
from sellier.domain.stock import service as stock
from sellier.domain.stock.rules import Move
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import LocationId, ReturnId, ReturnLineId


async def receive(
    db: AsyncSession,
    *,
    return_id: ReturnId,
    at: LocationId,
    received: Mapping[ReturnLineId, int],
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Count what came, at whatever location it came to; what did not may be announced again.

    Raises `ReturnUnitsAbsurd`, `PlaceUnknown`, `ReturnTransitionRefused`.
    """
    found = await locked(db, return_id)
    next_state(found.state, ReturnEvent.RECEIVE)
    if not await queries.is_place(db, location_id=at):
        raise PlaceUnknown("There is no such place.")
    check_received(received, announced={line.id: line.quantity for line in found.lines})
    for line_id, units in received.items():
        await db.execute(
            update(ReturnLine)
            .where(ReturnLine.id == line_id)
            .values(received=units)
            .execution_options(synchronize_session=False)
        )
    await advance(db, found, ReturnEvent.RECEIVE, by=by, now=now, note=note, received_at_id=at)


async def inspect(
    db: AsyncSession,
    *,
    return_id: ReturnId,
    findings: Mapping[ReturnLineId, Sequence[Finding]],
    by: str,
    now: datetime,
) -> ReturnState:
    """Write down what each unit is like and put it where it belongs; return the state after.

    Units that are refused go back to the customer, and nothing is owed for them. For those taken
    back goes out what is to replace them; where no money is left to be given back, that settles
    the return. Raises `ReturnUnitsAbsurd`, `ReturnTransitionRefused`.
    """
    found = await locked(db, return_id)
    is_taken = any(accepted(each) for each in findings.values())
    event = ReturnEvent.INSPECT if is_taken else ReturnEvent.REFUSE
    next_state(found.state, event)
    check_findings(findings, received={line.id: line.units for line in found.lines})
    assert found.received_at_id is not None, "what is received is somewhere"
    for line in found.lines:
        told = findings.get(line.id, ())
        db.add_all(
            ReturnFinding(
                return_line_id=line.id,
                quantity=one.quantity,
                look=one.look,
                disposition=one.disposition,
                note=one.note,
            )
            for one in told
        )
    taken = {line.id: accepted(findings.get(line.id, ())) for line in found.lines}
    await let_out(db, found, taken=taken, by=by, now=now)
    # In the order of SKUs, as everyone takes positions.
    for line in sorted(found.lines, key=lambda line: (line.sku, line.id)):
        moves = _moves(line, findings.get(line.id, ()), at=found.received_at_id)
        if moves:
            source = f"return:{found.id}:{line.id}"
            await stock.move(db, moves=moves, cause=Cause.RETURN, source=source, by=by, now=now)
    after = await advance(db, found, event, by=by, now=now)
    looked_at = await queries.return_of(db, return_id=return_id)
    assert looked_at is not None, "returns are never deleted"
    is_owed = any(line.taken > line.exchanged for line in looked_at.lines)
    if after is ReturnState.INSPECTED and not is_owed:
        await settle(db, return_id=return_id, by=by, now=now)
        return ReturnState.SETTLED
    return after


def _moves(line: LineRead, findings: Sequence[Finding], *, at: LocationId) -> Sequence[Move]:
    units: dict[Condition, int] = {}
    for one in findings:
        condition = INTO.get(one.disposition)
        if condition is not None:
            units[condition] = units.get(condition, 0) + one.quantity
    return [
        Move(sku=line.sku, location_id=at, quantity=quantity, condition=condition)
        for condition, quantity in sorted(units.items())
    ]
