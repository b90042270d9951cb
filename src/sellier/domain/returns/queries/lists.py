"""Lists of returns, for the order desk and for a location."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentTransition,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.states import LineState, Work
from sellier.domain.returns.models import Return, ReturnLine
from sellier.domain.returns.rules import CARRIED_WITHIN
from sellier.domain.returns.states import FREED, ReturnState, ReturnWay
from sellier.kernel.ids import FulfillmentId, LocationId, ParcelId, ReturnId
from sellier.kernel.money import Money


class Which(StrEnum):
    """Which returns somebody looks at."""

    WAITING = "waiting"  # still to come
    TO_INSPECT = "to_inspect"
    TO_SETTLE = "to_settle"
    SETTLED = "settled"
    CLOSED = "closed"  # came to nothing


STATES: Final[Mapping[Which, Sequence[ReturnState]]] = {
    Which.WAITING: (ReturnState.ANNOUNCED, ReturnState.ON_THE_WAY),
    Which.TO_INSPECT: (ReturnState.RECEIVED,),
    Which.TO_SETTLE: (ReturnState.INSPECTED,),
    Which.SETTLED: (ReturnState.SETTLED,),
    Which.CLOSED: (ReturnState.REFUSED, ReturnState.CANCELED, ReturnState.LAPSED),
}

_NAMED: Final = case((Location.id.is_not(None), func.concat(Location.name, ", ", Location.city)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """A return in a list."""

    id: ReturnId
    number: str
    order_number: str
    name: str
    way: ReturnWay
    state: ReturnState
    place: str | None  # where it came, else where it is said to go
    units: int
    refund: Money | None
    created_at: datetime

    @property
    def is_exchanged(self) -> bool:
        """Tell whether it ended with pieces that went out, and no money."""
        return self.refund is not None and not self.refund.minor


async def listed(
    db: AsyncSession,
    *,
    which: Which | None = None,
    at: LocationId | None = None,
    words: str = "",
    limit: int = 50,
    skip: int = 0,
) -> Sequence[ReturnRow]:
    """List returns, newest first, by what is to be done; `at`: those that a location has to do.

    `words` are the number of a return or of an order, or part of a name.
    """
    statement = _rows().order_by(Return.id.desc()).limit(limit).offset(skip)
    if which is not None:
        statement = statement.where(Return.state.in_(STATES[which]))
    if at is not None:
        statement = statement.where(_place() == at)
    if words:
        part = func.lower(words)
        statement = statement.where(
            or_(
                func.lower(Return.number) == part,
                func.lower(Order.number) == part,
                func.strpos(func.lower(OrderAddress.name), part) > 0,
            )
        )
    return [
        ReturnRow(
            id=one.id,
            number=one.number,
            order_number=number,
            name=name,
            way=ReturnWay(one.way),
            state=ReturnState(one.state),
            place=where,
            units=count,
            refund=None if one.refund_minor is None else Money(one.refund_minor, one.currency),
            created_at=one.created_at,
        )
        for one, number, name, where, count in await db.execute(statement)
    ]


def _place() -> ColumnElement[LocationId | None]:
    """Return where it came, else where it is said to go."""
    return func.coalesce(Return.received_at_id, Return.expected_at_id)


def _rows() -> Select[Return, str, str, str | None, int]:
    units = (
        select(func.sum(func.coalesce(ReturnLine.received, ReturnLine.quantity)))
        .where(ReturnLine.return_id == Return.id)
        .correlate(Return)
        .scalar_subquery()
    )
    return (
        select(
            Return,
            Order.number,
            OrderAddress.name,
            _NAMED,
            units,
        )
        .join(Order, Order.id == Return.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .outerjoin(Location, Location.id == _place())
    )


async def due_to_lapse(db: AsyncSession, *, now: datetime, limit: int = 200) -> Sequence[ReturnId]:
    """List the returns that were announced, never came, and are not waited for any longer."""
    statement = (
        select(Return.id)
        .where(Return.state == ReturnState.ANNOUNCED, Return.lapses_at <= now)
        .order_by(Return.lapses_at)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def due_to_let_go(db: AsyncSession, *, now: datetime, limit: int = 200) -> Sequence[ReturnId]:
    """List the returns that are still on their way long after what they were for was kept."""
    statement = (
        select(Return.id)
        .join(ReturnLine, ReturnLine.return_id == Return.id)
        .join(OrderLine, OrderLine.id == ReturnLine.replacement_id)
        .where(
            Return.state == ReturnState.ON_THE_WAY,
            Return.lapses_at <= now - CARRIED_WITHIN,
            OrderLine.state == LineState.SET_ASIDE,
        )
        .distinct()
        .order_by(Return.id)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def lost_since(
    db: AsyncSession, *, before: datetime, limit: int = 200
) -> Sequence[FulfillmentId]:
    """List what carriers lost before a moment and nobody has been paid back for."""
    since = (
        select(func.max(FulfillmentTransition.at))
        .where(
            FulfillmentTransition.fulfillment_id == Fulfillment.id,
            FulfillmentTransition.after == Work.LOST,
        )
        .correlate(Fulfillment)
        .scalar_subquery()
    )
    statement = (
        select(Fulfillment.id)
        .where(
            Fulfillment.state == Work.LOST,
            since <= before,
            ~exists().where(
                ReturnLine.fulfillment_id == Fulfillment.id,
                Return.id == ReturnLine.return_id,
                Return.state.not_in(FREED),
            ),
        )
        .order_by(Fulfillment.id)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def sent_by_post(db: AsyncSession, *, parcel_id: ParcelId) -> ReturnId | None:
    """Return the announced return that travels under this id, or None: most parcels are others."""
    return_id = ReturnId(parcel_id)
    waiting = (Return.id == return_id, Return.state == ReturnState.ANNOUNCED)
    return await db.scalar(select(Return.id).where(*waiting))
