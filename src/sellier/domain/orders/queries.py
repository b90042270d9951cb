"""Reads of orders: one order whole, its history, lists for the desk and for a location."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    all_,
    and_,
    any_,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    LineTransition,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.rules import Address, OrderStatus, status
from sellier.domain.orders.states import LineState
from sellier.domain.payments.models import Payment, PaymentTransition
from sellier.domain.payments.states import PaymentState
from sellier.domain.stock.models import Allocation
from sellier.infra import keys
from sellier.kernel.ids import (
    CartId,
    ChannelId,
    FulfillmentId,
    LocationId,
    MarketId,
    OrderId,
    OrderLineId,
    PaymentId,
    Sku,
    StyleColorId,
)
from sellier.kernel.money import Money

LINES_MAX = 100
HISTORY_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRead:
    """What the provider is asked for."""

    amount: Money
    state: PaymentState
    hosted_url: str | None
    order_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRead:
    line_id: OrderLineId
    location_id: LocationId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRead:
    """A line as ordered, and where it is in its life."""

    id: OrderLineId
    sku: Sku
    style_color_id: StyleColorId
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    unit: Money
    state: LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentRead:
    """The work of one location for an order."""

    id: FulfillmentId
    location_id: LocationId
    location_code: str
    location_name: str
    city: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRead:
    """An order whole. `status` is derived from its payment and lines."""

    id: OrderId
    number: str
    cart_id: CartId
    channel_id: ChannelId
    market_id: MarketId
    language: str
    email: str
    address: Address
    items: Money
    shipping: Money
    total: Money
    placed_at: datetime
    status: OrderStatus
    payment_id: PaymentId
    payment_state: PaymentState
    payment_refusal: str | None
    hosted_url: str | None
    lines: Sequence[LineRead]
    fulfillments: Sequence[FulfillmentRead]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as a line of a list."""

    id: OrderId
    number: str
    email: str
    name: str
    total: Money
    units: int
    placed_at: datetime
    status: OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an order: what, to which part of it, when, by whom."""

    at: datetime
    subject: str  # payment | line
    what: str  # the event, as in the transition table
    detail: str  # the SKU of a line, the reason of a refusal
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPrepare:
    """An order's share at one location, for the people who pick it."""

    fulfillment_id: FulfillmentId
    number: str
    placed_at: datetime
    name: str
    city: str
    country: str
    units: int


async def intent(db: AsyncSession, *, payment_id: PaymentId) -> IntentRead | None:
    """Return what is to be asked of the provider for a payment, or None."""
    statement = (
        select(
            Payment.amount_minor,
            Payment.currency,
            Payment.state,
            Payment.hosted_url,
            Order.number,
        )
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.id == payment_id)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    return IntentRead(
        amount=Money(row.amount_minor, row.currency),
        state=PaymentState(row.state),
        hosted_url=row.hosted_url,
        order_number=row.number,
    )


async def allocations(db: AsyncSession, *, order_id: OrderId) -> Sequence[AllocationRead]:
    """List where the units of an order come from, in a steady order."""
    statement = (
        select(Allocation.order_line_id, Allocation.location_id, Allocation.quantity)
        .where(Allocation.order_id == order_id)
        .order_by(Allocation.location_id, Allocation.order_line_id)
        .limit(LINES_MAX * 10)
    )
    return [
        AllocationRead(line_id=line_id, location_id=location_id, quantity=quantity)
        for line_id, location_id, quantity in await db.execute(statement)
    ]


async def order(db: AsyncSession, *, order_id: OrderId) -> OrderRead | None:
    """Return one order whole, or None."""
    return await _whole(db, _one().where(Order.id == order_id))


async def order_by_number(db: AsyncSession, *, number: str) -> OrderRead | None:
    """Return the order with this number, or None."""
    return await _whole(db, _one().where(Order.number == number))


async def order_by_secret(db: AsyncSession, *, order_id: OrderId, secret: str) -> OrderRead | None:
    """Return the order to whoever holds its secret; a wrong secret finds nothing."""
    mine = Order.secret_sha256 == keys.fingerprint(secret)
    return await _whole(db, _one().where(Order.id == order_id, mine))


async def orders(
    db: AsyncSession,
    *,
    words: str = "",
    wanted: OrderStatus | None = None,
    before: OrderId | None = None,
    limit: int = 50,
) -> Sequence[OrderRow]:
    """List orders, newest first, by number, e-mail or name; `before` is the last id seen."""
    lines = (
        select(
            OrderLine.order_id,
            func.sum(OrderLine.quantity).label("units"),
            func.array_agg(OrderLine.state.distinct()).label("states"),
        )
        .group_by(OrderLine.order_id)
        .subquery("lines")
    )
    statement = (
        select(Order, OrderAddress.name, Payment.state, lines.c.units, lines.c.states)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Payment, Payment.id == _latest_payment())
        .join(lines, lines.c.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(limit)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        statement = statement.where(
            or_(Order.number.ilike(like), Order.email.ilike(like), OrderAddress.name.ilike(like))
        )
    if before is not None:
        statement = statement.where(Order.id < before)
    if wanted is not None:
        statement = statement.where(_has_status(wanted, lines.c.states))
    return [
        OrderRow(
            id=found.id,
            number=found.number,
            email=found.email,
            name=name,
            total=Money(found.total_minor, found.currency),
            units=units,
            placed_at=found.placed_at,
            status=status(PaymentState(payment), [LineState(s) for s in states]),
        )
        for found, name, payment, units, states in await db.execute(statement)
    ]


async def history(db: AsyncSession, *, order_id: OrderId) -> Sequence[HistoryEntry]:
    """Tell all that happened to an order, oldest first."""
    payments = (
        select(
            PaymentTransition.at,
            literal("payment").label("subject"),
            PaymentTransition.event.label("what"),
            func.coalesce(Payment.refusal, "").label("detail"),
            PaymentTransition.by,
            PaymentTransition.id.label("rank"),
        )
        .join(Payment, Payment.id == PaymentTransition.payment_id)
        .where(Payment.order_id == order_id)
    )
    lines = (
        select(
            LineTransition.at,
            literal("line").label("subject"),
            LineTransition.event.label("what"),
            OrderLine.sku.label("detail"),
            LineTransition.by,
            LineTransition.id.label("rank"),
        )
        .join(OrderLine, OrderLine.id == LineTransition.line_id)
        .where(OrderLine.order_id == order_id)
    )
    told = union_all(payments, lines).subquery("told")
    statement = (
        select(told).order_by(told.c.at, told.c.subject.desc(), told.c.rank).limit(HISTORY_MAX)
    )
    return [
        HistoryEntry(at=row.at, subject=row.subject, what=row.what, detail=row.detail, by=row.by)
        for row in await db.execute(statement)
    ]


async def to_prepare(
    db: AsyncSession, *, location_id: LocationId, limit: int = 100
) -> Sequence[ToPrepare]:
    """List the orders a location has to prepare, longest waiting first."""
    statement = (
        select(
            Fulfillment.id,
            Order.number,
            Order.placed_at,
            OrderAddress.name,
            OrderAddress.city,
            OrderAddress.country,
            func.sum(FulfillmentLine.quantity).label("units"),
        )
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(Fulfillment.location_id == location_id)
        .group_by(Fulfillment.id, Order.id, OrderAddress.order_id)
        .order_by(Order.placed_at, Fulfillment.id)
        .limit(limit)
    )
    return [
        ToPrepare(
            fulfillment_id=row.id,
            number=row.number,
            placed_at=row.placed_at,
            name=row.name,
            city=row.city,
            country=row.country,
            units=row.units,
        )
        for row in await db.execute(statement)
    ]


async def _whole(
    db: AsyncSession, statement: Select[Order, OrderAddress, Payment]
) -> OrderRead | None:
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    found, address, payment = row
    lines = await _lines(db, found)
    return OrderRead(
        id=found.id,
        number=found.number,
        cart_id=found.cart_id,
        channel_id=found.channel_id,
        market_id=found.market_id,
        language=found.language,
        email=found.email,
        address=_address(address),
        items=Money(found.items_minor, found.currency),
        shipping=Money(found.shipping_minor, found.currency),
        total=Money(found.total_minor, found.currency),
        placed_at=found.placed_at,
        status=status(PaymentState(payment.state), [line.state for line in lines]),
        payment_id=payment.id,
        payment_state=PaymentState(payment.state),
        payment_refusal=payment.refusal,
        hosted_url=payment.hosted_url,
        lines=lines,
        fulfillments=await _fulfillments(db, found.id),
    )


async def _lines(db: AsyncSession, found: Order) -> Sequence[LineRead]:
    statement = (
        select(OrderLine)
        .where(OrderLine.order_id == found.id)
        .order_by(OrderLine.position)
        .limit(LINES_MAX)
    )
    return [
        LineRead(
            id=line.id,
            sku=line.sku,
            style_color_id=line.style_color_id,
            brand=line.brand,
            title=line.title,
            color=line.color,
            size=line.size,
            quantity=line.quantity,
            unit=Money(line.unit_minor, found.currency),
            state=LineState(line.state),
        )
        for line in await db.scalars(statement)
    ]


async def _fulfillments(db: AsyncSession, order_id: OrderId) -> Sequence[FulfillmentRead]:
    statement = (
        select(
            Fulfillment.id,
            Location.id.label("location_id"),
            Location.code,
            Location.name,
            Location.city,
            func.sum(FulfillmentLine.quantity).label("units"),
        )
        .join(Location, Location.id == Fulfillment.location_id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(Fulfillment.order_id == order_id)
        .group_by(Fulfillment.id, Location.id)
        .order_by(Fulfillment.id)
        .limit(LINES_MAX)
    )
    return [
        FulfillmentRead(
            id=row.id,
            location_id=row.location_id,
            location_code=row.code,
            location_name=row.name,
            city=row.city,
            units=row.units,
        )
        for row in await db.execute(statement)
    ]


def _one() -> Select[Order, OrderAddress, Payment]:
    return (
        select(Order, OrderAddress, Payment)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Payment, Payment.id == _latest_payment())
    )


def _latest_payment() -> ScalarSelect[PaymentId]:
    return (
        select(Payment.id)
        .where(Payment.order_id == Order.id)
        .order_by(Payment.id.desc())
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
    )


def _has_status(wanted: OrderStatus, states: ColumnElement[list[str]]) -> ColumnElement[bool]:
    """Write `orders.rules.status` as a condition; a test holds the two together."""
    canceled = literal(LineState.CANCELED.value)
    is_canceled = canceled == all_(states)
    is_paid = Payment.state == PaymentState.AUTHORIZED
    match wanted:
        case OrderStatus.CANCELED:
            return is_canceled
        case OrderStatus.AWAITING_PAYMENT:
            return and_(not_(is_canceled), not_(is_paid))
        case OrderStatus.PARTLY_CANCELED:
            return and_(is_paid, not_(is_canceled), canceled == any_(states))
        case OrderStatus.CONFIRMED:
            return and_(is_paid, canceled != all_(states))


def _address(row: OrderAddress) -> Address:
    return Address(
        name=row.name,
        phone=row.phone,
        line1=row.line1,
        line2=row.line2,
        postal_code=row.postal_code,
        city=row.city,
        region=row.region,
        country=row.country,
    )
