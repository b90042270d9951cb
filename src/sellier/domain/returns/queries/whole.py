"""One return whole, with its lines, what was found, and how it came to be where it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Order, OrderLine
from sellier.domain.orders.states import LineState
from sellier.domain.promising.states import Way
from sellier.domain.returns.models import Return, ReturnFinding, ReturnLine, ReturnTransition
from sellier.domain.returns.states import (
    Disposition,
    Look,
    Reason,
    ReturnEvent,
    ReturnState,
    ReturnWay,
)
from sellier.kernel.ids import (
    LocationId,
    OrderId,
    OrderLineId,
    ReturnId,
    ReturnLineId,
    Sku,
    StyleColorId,
)
from sellier.kernel.money import Money

EACH_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRead:
    """What an inspection found."""

    quantity: int
    look: Look
    disposition: Disposition
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementRead:
    """What goes out instead, once the piece is back."""

    line_id: OrderLineId
    sku: Sku
    style_color_id: StyleColorId
    title: str
    color: str | None
    size: str | None
    state: LineState
    way: Way
    quantity: int  # without those canceled

    @property
    def is_waiting(self) -> bool:
        """Tell whether it is set aside for the customer, until the other piece is back."""
        return self.state is LineState.SET_ASIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRead:
    """Units of one line that come back, as they were bought."""

    id: ReturnLineId
    line_id: OrderLineId
    sku: Sku
    style_color_id: StyleColorId
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    received: int | None
    unit: Money
    reason: Reason
    words: str | None
    findings: Sequence[FindingRead]
    replacement: ReplacementRead | None  # what the customer wanted instead
    exchanged: int  # units that it went out for: their money stays

    @property
    def taken(self) -> int:
        """Return how many units were taken back; all of them where nobody had to look."""
        if self.received is None:
            return self.quantity
        return sum(
            one.quantity for one in self.findings if one.disposition is not Disposition.REFUSE
        )

    @property
    def units(self) -> int:
        """Return how many units it stands for: those that came, once somebody counted."""
        return self.quantity if self.received is None else self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that happened to a return."""

    event: ReturnEvent
    after: ReturnState
    note: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRead:
    """A return whole."""

    id: ReturnId
    number: str
    order_id: OrderId
    order_number: str
    way: ReturnWay
    state: ReturnState
    expected_at_id: LocationId | None
    expected_at: str | None
    received_at_id: LocationId | None
    received_at: str | None
    is_in_time: bool
    lapses_at: datetime
    refund: Money | None
    delivery: Money
    created_at: datetime
    by: str
    lines: Sequence[LineRead]
    turns: Sequence[Turn]

    @property
    def replacements(self) -> Sequence[ReplacementRead]:
        """Return what the customer wanted instead of money."""
        return [line.replacement for line in self.lines if line.replacement is not None]

    @property
    def is_exchanged(self) -> bool:
        """Tell whether it ended with pieces that went out, and no money."""
        return self.refund is not None and not self.refund.minor

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def parts(self) -> Mapping[OrderLineId, int]:
        """Return its units by the line they were bought on."""
        found: dict[OrderLineId, int] = {}
        for line in self.lines:
            found[line.line_id] = found.get(line.line_id, 0) + line.units
        return found

    @property
    def worth(self) -> Money:
        """Return what its units were paid for, without those that others replace."""
        nothing = self.delivery - self.delivery
        return sum(
            (line.unit * (line.units - _replaced(line)) for line in self.lines), start=nothing
        )


def _replaced(line: LineRead) -> int:
    if line.replacement is None or not line.replacement.is_waiting:
        return line.exchanged
    return min(line.replacement.quantity, line.units)


async def return_of(db: AsyncSession, *, return_id: ReturnId) -> ReturnRead | None:
    """Return one return whole, or None."""
    found = await _whole(db, Return.id == return_id)
    return found[0] if found else None


async def return_by_number(db: AsyncSession, *, number: str) -> ReturnRead | None:
    """Return the return with this number, or None."""
    found = await _whole(db, Return.number == number)
    return found[0] if found else None


async def of_order(db: AsyncSession, *, order_id: OrderId) -> Sequence[ReturnRead]:
    """List the returns of an order, oldest first."""
    return await _whole(db, Return.order_id == order_id)


async def _whole(db: AsyncSession, which: ColumnElement[bool]) -> Sequence[ReturnRead]:
    expected, received = aliased(Location), aliased(Location)
    statement = (
        select(Return, Order.number, expected.name, expected.city, received.name, received.city)
        .join(Order, Order.id == Return.order_id)
        .outerjoin(expected, expected.id == Return.expected_at_id)
        .outerjoin(received, received.id == Return.received_at_id)
        .where(which)
        .order_by(Return.id)
        .limit(EACH_MAX)
        .execution_options(populate_existing=True)
    )
    rows = (await db.execute(statement)).all()
    ids = [row[0].id for row in rows]
    if not ids:
        return ()
    lines, turns = await _lines(db, ids), await _turns(db, ids)
    return [
        ReturnRead(
            id=one.id,
            number=one.number,
            order_id=one.order_id,
            order_number=number,
            way=ReturnWay(one.way),
            state=ReturnState(one.state),
            expected_at_id=one.expected_at_id,
            expected_at=_place(*to),
            received_at_id=one.received_at_id,
            received_at=_place(*at),
            is_in_time=one.is_in_time,
            lapses_at=one.lapses_at,
            refund=None if one.refund_minor is None else Money(one.refund_minor, one.currency),
            delivery=Money(one.delivery_minor, one.currency),
            created_at=one.created_at,
            by=one.by,
            lines=lines.get(one.id, ()),
            turns=turns.get(one.id, ()),
        )
        for one, number, *places in rows
        for to, at in [(places[:2], places[2:])]
    ]


def _place(name: str | None, city: str | None) -> str | None:
    return None if name is None else f"{name}, {city}"


async def _lines(db: AsyncSession, ids: Sequence[ReturnId]) -> dict[ReturnId, list[LineRead]]:
    other = aliased(OrderLine)
    statement = (
        select(ReturnLine, OrderLine, Return.currency, other)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(OrderLine, OrderLine.id == ReturnLine.line_id)
        .outerjoin(other, other.id == ReturnLine.replacement_id)
        .where(ReturnLine.return_id.in_(ids))
        .order_by(OrderLine.position, ReturnLine.id)
        .execution_options(populate_existing=True)
    )
    findings = await _findings(db, ids)
    found: dict[ReturnId, list[LineRead]] = {}
    for one, bought, currency, instead in await db.execute(statement):
        read = LineRead(
            id=one.id,
            line_id=one.line_id,
            sku=one.sku,
            style_color_id=bought.style_color_id,
            brand=bought.brand,
            title=bought.title,
            color=bought.color,
            size=bought.size,
            quantity=one.quantity,
            received=one.received,
            unit=Money(one.unit_minor, currency),
            reason=Reason(one.reason),
            words=one.words,
            findings=findings.get(one.id, ()),
            replacement=_replacement(instead),
            exchanged=one.exchanged,
        )
        found.setdefault(one.return_id, []).append(read)
    return found


def _replacement(row: OrderLine | None) -> ReplacementRead | None:
    if row is None:
        return None
    return ReplacementRead(
        line_id=row.id,
        sku=row.sku,
        style_color_id=row.style_color_id,
        title=row.title,
        color=row.color,
        size=row.size,
        state=LineState(row.state),
        way=Way(row.way),
        quantity=row.quantity - row.canceled_units,
    )


async def _findings(
    db: AsyncSession, ids: Sequence[ReturnId]
) -> dict[ReturnLineId, list[FindingRead]]:
    statement = (
        select(ReturnFinding)
        .join(ReturnLine, ReturnLine.id == ReturnFinding.return_line_id)
        .where(ReturnLine.return_id.in_(ids))
        .order_by(ReturnFinding.id)
    )
    found: dict[ReturnLineId, list[FindingRead]] = {}
    for row in await db.scalars(statement):
        read = FindingRead(
            quantity=row.quantity,
            look=Look(row.look),
            disposition=Disposition(row.disposition),
            note=row.note,
        )
        found.setdefault(row.return_line_id, []).append(read)
    return found


async def _turns(db: AsyncSession, ids: Sequence[ReturnId]) -> dict[ReturnId, list[Turn]]:
    statement = (
        select(ReturnTransition)
        .where(ReturnTransition.return_id.in_(ids))
        .order_by(ReturnTransition.id)
    )
    found: dict[ReturnId, list[Turn]] = {}
    for row in await db.scalars(statement):
        read = Turn(
            event=ReturnEvent(row.event),
            after=ReturnState(row.after),
            note=row.note,
            at=row.at,
            by=row.by,
        )
        found.setdefault(row.return_id, []).append(read)
    return found
