"""One order whole, with its lines and the work at each location."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Select,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentHold,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.queries.paying import latest_payment
from sellier.domain.orders.rules import Address, Days, OrderStatus, due_at, status
from sellier.domain.orders.states import COUNTS, NOT_PICKED, PAID, Cause, LineState, Work
from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import PaymentState
from sellier.domain.promising.states import Way
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
    canceled_units: int
    way: Way
    location_id: LocationId | None
    replaces: OrderLineId | None  # the line whose units come back for these


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentRead:
    """The work of one location for an order; units that wait for a location have none."""

    id: FulfillmentId
    location_id: LocationId | None
    location_code: str | None
    location_name: str | None
    city: str | None
    zone: str | None  # the time zone of the location
    way: Way
    state: Work
    cause: Cause | None
    created_at: datetime
    accept_by: datetime | None
    collect_by: datetime | None
    pickup_code: str | None
    since: datetime  # in this state
    hold: str | None  # why it may not leave
    parts: Mapping[OrderLineId, int]  # units of each line

    @property
    def units(self) -> int:
        return sum(self.parts.values())

    @property
    def due_at(self) -> datetime | None:
        """Return until when it is to go on."""
        return due_at(
            self.state, since=self.since, accept_by=self.accept_by, collect_by=self.collect_by
        )

    @property
    def is_over(self) -> bool:
        """Tell whether its units went another way than to the customer."""
        return self.state not in COUNTS


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
    promised: Days | None
    status: OrderStatus
    payment_id: PaymentId
    payment_state: PaymentState
    payment_refusal: str | None
    hosted_url: str | None
    lines: Sequence[LineRead]
    fulfillments: Sequence[FulfillmentRead]

    @property
    def bought(self) -> Sequence[LineRead]:
        """Return the lines that the customer paid for, without what replaces them."""
        return [line for line in self.lines if line.replaces is None]

    @property
    def was_paid(self) -> bool:
        """Tell whether its money was there, now or before it was canceled."""
        return any(line.state in PAID for line in self.lines)

    @property
    def is_cancelable(self) -> bool:
        """Tell whether nobody has picked any of it yet, and nothing has left."""
        works = [work for work in self.fulfillments if not work.is_over]
        return bool(works) and all(work.state in NOT_PICKED for work in works)

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer fetches all of it."""
        return all(line.way is Way.COLLECT for line in self.lines)


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
        address=address_of(address),
        items=Money(found.items_minor, found.currency),
        shipping=Money(found.shipping_minor, found.currency),
        total=Money(found.total_minor, found.currency),
        placed_at=found.placed_at,
        promised=_promised(found),
        status=status(
            PaymentState(payment.state), [line.state for line in lines if line.replaces is None]
        ),
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
            canceled_units=line.canceled_units,
            way=Way(line.way),
            location_id=line.location_id,
            replaces=line.replaces_id,
        )
        for line in await db.scalars(statement)
    ]


async def _fulfillments(db: AsyncSession, order_id: OrderId) -> Sequence[FulfillmentRead]:
    parts = func.jsonb_object_agg(FulfillmentLine.line_id, FulfillmentLine.quantity)
    since = (
        select(func.max(FulfillmentTransition.at))
        .where(FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .scalar_subquery()
    )
    held = (
        select(FulfillmentHold.reason)
        .where(
            FulfillmentHold.fulfillment_id == Fulfillment.id, FulfillmentHold.released_at.is_(None)
        )
        .scalar_subquery()
    )
    statement = (
        select(
            Fulfillment,
            Location,
            parts.label("parts"),
            since.label("since"),
            held.label("hold"),
        )
        .outerjoin(Location, Location.id == Fulfillment.location_id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(Fulfillment.order_id == order_id)
        .group_by(Fulfillment.id, Location.id)
        .order_by(Fulfillment.id)
        .limit(LINES_MAX)
    )
    return [
        FulfillmentRead(
            id=work.id,
            location_id=work.location_id,
            location_code=place.code if place else None,
            location_name=place.name if place else None,
            city=place.city if place else None,
            zone=place.time_zone if place else None,
            way=Way(work.way),
            state=Work(work.state),
            cause=Cause(work.cause) if work.cause else None,
            created_at=work.created_at,
            accept_by=work.accept_by,
            collect_by=work.collect_by,
            pickup_code=work.pickup_code,
            since=at,
            hold=why,
            parts={OrderLineId(UUID(line)): units for line, units in told.items()},
        )
        for work, place, told, at, why in await db.execute(statement)
    ]


def _one() -> Select[Order, OrderAddress, Payment]:
    return (
        select(Order, OrderAddress, Payment)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Payment, Payment.id == latest_payment())
    )


def _promised(found: Order) -> Days | None:
    if found.promised_from is None or found.promised_to is None:
        return None
    return Days(earliest=found.promised_from, latest=found.promised_to)


def address_of(row: OrderAddress) -> Address:
    """Return an address as a value."""
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
