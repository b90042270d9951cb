"""Transfers: units leave one location, are in transit, and arrive at another."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import events
from sellier.domain.stock.errors import SamePlace
from sellier.domain.stock.models import Transfer, TransferLine
from sellier.domain.stock.rules import Move
from sellier.domain.stock.rules.arrivals import (
    Arrived,
    Split,
    check_arrived,
    check_lines,
    check_sent,
    moves_of,
    split,
)
from sellier.domain.stock.service import papers
from sellier.domain.stock.service.move import move
from sellier.domain.stock.service.papers import Turn
from sellier.domain.stock.states import (
    TRANSFER,
    TRANSFER_START,
    Cause,
    TransferEvent,
    TransferState,
    next_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku, TransferId

_TOLD: Final = {
    TransferState.REQUESTED: events.TransferRequested,
    TransferState.SENT: events.TransferSent,
    TransferState.PARTLY_RECEIVED: events.TransferPartlyReceived,
    TransferState.RECEIVED: events.TransferReceived,
    TransferState.CANCELED: events.TransferCanceled,
}


async def draft(
    db: AsyncSession,
    *,
    transfer_id: TransferId,
    origin_id: LocationId,
    destination_id: LocationId,
    lines: Mapping[Sku, int],
    expected_at: datetime | None,
    now: datetime,
) -> None:
    """Write a transfer down; nothing is asked of anybody yet. The same id again changes nothing.

    Raises `SamePlace`, `LinesAbsurd`, `UnknownPlace` and `LocationClosed`.
    """
    if origin_id == destination_id:
        raise SamePlace("Choose two places: one that sends, another that receives.")
    check_lines(lines)
    await papers.check_known(db, skus=lines, location_ids=(origin_id, destination_id))
    await papers.check_open(db, location_id=destination_id)
    new = insert(Transfer).values(
        id=transfer_id,
        number=await papers.number(db, "T", now=now),
        version=1,
        created_at=now,
        origin_id=origin_id,
        destination_id=destination_id,
        state=TRANSFER_START,
        expected_at=expected_at,
    )
    if await db.scalar(new.on_conflict_do_nothing().returning(Transfer.id)) is not None:
        _add_lines(db, transfer_id, lines)


async def amend(
    db: AsyncSession,
    *,
    turn: Turn,
    lines: Mapping[Sku, int],
    expected_at: datetime | None,
    by: str,
    now: datetime,
) -> None:
    """Replace the lines of a draft, and when it is expected."""
    check_lines(lines)
    await papers.check_known(db, skus=lines, location_ids=())
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is None:
        return
    _turned(db, transfer, turn, event=TransferEvent.AMEND, by=by, now=now)
    transfer.expected_at = expected_at
    await db.execute(delete(TransferLine).where(TransferLine.transfer_id == transfer.id))
    _add_lines(db, transfer.id, lines)


async def request(db: AsyncSession, *, turn: Turn, by: str, now: datetime) -> None:
    """Ask the location to send."""
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is not None:
        _turned(db, transfer, turn, event=TransferEvent.REQUEST, by=by, now=now)


async def cancel(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Do not send it. What has left cannot be canceled: it is received, or closed as lost."""
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is not None:
        _turned(db, transfer, turn, event=TransferEvent.CANCEL, by=by, now=now, note=note)


async def send(
    db: AsyncSession,
    *,
    turn: Turn,
    sent: Mapping[Sku, int],
    expected_at: datetime | None,
    by: str,
    now: datetime,
) -> None:
    """Let units leave; from here they are in transit. Fewer may leave than were asked for.

    Raises `NotThere` when units are not there, promised to orders or lent: a reservation never
    stays behind without its units. Raises `LocationClosed` when nobody would receive them.
    """
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is None:
        return
    await papers.check_open(db, location_id=transfer.destination_id)
    lines = await _lines(db, transfer)
    check_sent(sent, lines={sku: line.quantity for sku, line in lines.items()})
    _turned(db, transfer, turn, event=TransferEvent.SEND, by=by, now=now)
    transfer.expected_at = expected_at or transfer.expected_at
    moves = [
        Move(sku=sku, location_id=transfer.origin_id, quantity=-quantity)
        for sku, quantity in sorted(sent.items())
        if quantity
    ]
    source = f"transfer:{transfer.id}:out"
    await move(db, moves=moves, cause=Cause.TRANSFER_OUT, source=source, by=by, now=now)
    for sku, quantity in sent.items():
        lines[sku].sent = quantity


async def receive(
    db: AsyncSession, *, turn: Turn, arrived: Mapping[Sku, Arrived], by: str, now: datetime
) -> None:
    """Take in what arrived; repeat it as boxes come. Once all is there, the transfer is over.

    Units beyond those that were sent are taken in as found. Raises `NotOnPaper`, `LinesAbsurd`, and
    `LocationClosed`: what arrived there has to be sent on.
    """
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is None:
        return
    await papers.check_open(db, location_id=transfer.destination_id)
    lines = await _lines(db, transfer)
    check_arrived(arrived, lines={sku: line.in_transit for sku, line in lines.items()})
    splits = {sku: split(one, on_the_way=lines[sku].in_transit) for sku, one in arrived.items()}
    for sku, one in splits.items():
        _count_in(lines[sku], one)
    is_all = not any(line.in_transit for line in lines.values())
    event = TransferEvent.RECEIVE_ALL if is_all else TransferEvent.RECEIVE_SOME
    _turned(db, transfer, turn, event=event, by=by, now=now)
    source = f"transfer:{transfer.id}:{turn.key}"
    expected = {sku: one.expected for sku, one in splits.items()}
    if moves := moves_of(expected, location_id=transfer.destination_id):
        await move(db, moves=moves, cause=Cause.TRANSFER_IN, source=source, by=by, now=now)
    over = {sku: one.over for sku, one in splits.items()}
    if moves := moves_of(over, location_id=transfer.destination_id):
        await move(
            db,
            moves=moves,
            cause=Cause.ADJUSTMENT,
            source=f"{source}:over",
            by=by,
            now=now,
            note=f"{transfer.number}: more than was sent",
        )


async def redirect(
    db: AsyncSession,
    *,
    turn: Turn,
    destination_id: LocationId,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Have what is in transit arrive at another place, though not at the one that it left.

    Raises `UnknownPlace` and `LocationClosed`.
    """
    await papers.check_known(db, skus=(), location_ids=(destination_id,))
    await papers.check_open(db, location_id=destination_id)
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is not None:
        _turned(db, transfer, turn, event=TransferEvent.REDIRECT, by=by, now=now, note=note)
        transfer.destination_id = destination_id


async def close(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Give up what is still in transit: it is booked as lost where it should have arrived."""
    transfer = await papers.begun(db, Transfer, turn)
    if transfer is None:
        return
    _turned(db, transfer, turn, event=TransferEvent.CLOSE, by=by, now=now, note=note)
    lines = await _lines(db, transfer)
    lost = {sku: line.in_transit for sku, line in lines.items() if line.in_transit}
    come = moves_of(
        {sku: Arrived(sound=units) for sku, units in lost.items()},
        location_id=transfer.destination_id,
    )
    source = f"transfer:{transfer.id}:lost"
    # Through the books of the place that waited for them: so nothing leaves transit unseen.
    await move(db, moves=come, cause=Cause.TRANSFER_IN, source=source, by=by, now=now)
    await move(
        db,
        moves=[replace(one, quantity=-one.quantity) for one in come],
        cause=Cause.ADJUSTMENT,
        source=f"{source}:gone",
        by=by,
        now=now,
        note=f"{transfer.number}: lost in transit",
    )
    for sku, units in lost.items():
        lines[sku].missing = units


def _add_lines(db: AsyncSession, transfer_id: TransferId, lines: Mapping[Sku, int]) -> None:
    db.add_all(
        TransferLine(transfer_id=transfer_id, sku=sku, quantity=quantity)
        for sku, quantity in lines.items()
    )


async def _lines(db: AsyncSession, transfer: Transfer) -> Mapping[Sku, TransferLine]:
    found = await db.scalars(
        select(TransferLine)
        .where(TransferLine.transfer_id == transfer.id)
        .order_by(TransferLine.sku)
        .execution_options(populate_existing=True)
    )
    return {line.sku: line for line in found}


def _count_in(line: TransferLine, arrived: Split) -> None:
    line.received += arrived.expected.units
    line.over += arrived.over.units
    line.damaged += arrived.expected.damaged + arrived.over.damaged


def _turned(
    db: AsyncSession,
    transfer: Transfer,
    turn: Turn,
    *,
    event: TransferEvent,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    before = TransferState(transfer.state)
    after = transfer.state = next_state(TRANSFER, before, event)
    papers.ended(db, transfer, turn, event=event, states=(before, after), by=by, now=now, note=note)
    if told := _TOLD.get(after):
        outbox.publish(db, told(happened_at=now, transfer_id=transfer.id))
