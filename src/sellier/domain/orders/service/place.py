"""Place an order: intent, order and reservation in one transaction, before any outside call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.events import OrderPlaced
from sellier.domain.orders.models import ORDER_NUMBER, Order, OrderAddress, OrderLine
from sellier.domain.orders.queries import IntentRead
from sellier.domain.orders.rules import Draft
from sellier.domain.orders.states import START
from sellier.domain.payments import service as payments
from sellier.domain.payments.states import PaymentState
from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Need
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.queries import KeptForCart
from sellier.infra import keys, outbox
from sellier.infra.batch import Later, Statement, inserting, later
from sellier.kernel.ids import OrderId, OrderLineId, PaymentId, new_id

# Longer than a payment may take, so that whoever pays in time finds the units still kept.
RESERVATION_LASTS: Final = payments.PAYMENT_LASTS + timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A new order. `secret` lets a guest read it and is not kept in the clear."""

    order_id: OrderId
    number: str
    secret: str
    payment_id: PaymentId
    intent: IntentRead


def draw_number(db: AsyncSession) -> Later:
    """Draw an order's number with the next statements, so that it costs no round trip."""
    (drawn,) = later(db, _NUMBER())
    return drawn


async def place(
    db: AsyncSession,
    *,
    draft: Draft,
    order_id: OrderId,
    drawn: Later,
    kept: Sequence[KeptForCart] = (),
    now: datetime,
) -> Placed:
    """Write the order, its payment intent and its reservations, all or nothing.

    `kept` is what its cart kept, locked by the caller; what does not fit is given back. Raises
    `OutOfStock` when the group has too few of a SKU.
    """
    assert draft.lines, "a cart is checked before it becomes a draft"
    number = f"S-{now.year}-{drawn.rows[0].nextval:06d}"
    placed = Placed(
        order_id=order_id,
        number=number,
        secret=keys.new_token(),
        payment_id=PaymentId(new_id()),
        intent=IntentRead(
            amount=draft.total, state=PaymentState.CREATED, hosted_url=None, order_number=number
        ),
    )
    line_ids = [OrderLineId(new_id()) for _ in draft.lines]
    # Ahead of the units: a hot counter is locked only while the transaction commits.
    _write(db, draft=draft, placed=placed, line_ids=line_ids, now=now)
    needs = [
        Need(line_id=line_id, sku=line.sku, quantity=line.quantity, to=draft.to(line))
        for line_id, line in zip(line_ids, draft.lines, strict=True)
    ]
    if kept:
        needs = await _take_over(db, needs, kept=kept, order_id=order_id, now=now)
    if needs:
        await promising.hold(
            db,
            order_id=order_id,
            channel_id=draft.channel_id,
            needs=needs,
            lasts=RESERVATION_LASTS,
            now=now,
        )
    return placed


async def _take_over(
    db: AsyncSession,
    needs: Sequence[Need],
    *,
    kept: Sequence[KeptForCart],
    order_id: OrderId,
    now: datetime,
) -> list[Need]:
    """Keep for the order what was kept for its cart, and return the needs that are left.

    The counters of these SKUs are not touched, so that nobody who wants one waits for us.
    """
    served = {need.line_id: mine for need in needs if (mine := _kept_for(need, kept))}
    for line_id, mine in served.items():
        ids = [one.id for one in mine]
        stock.hand_over(db, kept=ids, order_id=order_id, line_id=line_id, lasts=RESERVATION_LASTS)
    left = [need for need in needs if need.line_id not in served]
    taken = {one.id for mine in served.values() for one in mine}
    unfit = [one for one in kept if one.id not in taken]
    if unfit:
        await stock.let_go(db, kept=unfit, skus=[need.sku for need in left], now=now)
    if served:
        ours = [need for need in needs if need.line_id in served]
        promising.record_kept(db, order_id=order_id, needs=ours, kept=served, now=now)
    return left


def _kept_for(need: Need, kept: Sequence[KeptForCart]) -> Sequence[KeptForCart]:
    """Return what was kept for a line, if that is all of it and can be sent."""
    mine = [one for one in kept if one.sku == need.sku]
    fits = need.to.way is Way.SHIP and sum(one.quantity for one in mine) == need.quantity
    return mine if fits else ()


def _write(
    db: AsyncSession,
    *,
    draft: Draft,
    placed: Placed,
    line_ids: Sequence[OrderLineId],
    now: datetime,
) -> None:
    order_id = placed.order_id
    later(
        db,
        _ORDER(**_order_values(draft, placed, now)),
        _ADDRESS(order_id=order_id, **_address_values(draft)),
        *(_LINE(**values) for values in _line_values(draft, order_id, line_ids)),
    )
    payments.open_payment(
        db, payment_id=placed.payment_id, order_id=order_id, amount=draft.total, now=now
    )
    outbox.publish(db, OrderPlaced(happened_at=now, order_id=order_id))


def _order_values(draft: Draft, placed: Placed, now: datetime) -> dict[str, object]:
    return {
        "id": placed.order_id,
        "number": placed.number,
        "cart_id": draft.cart_id,
        "cart_version": draft.cart_version,
        "channel_id": draft.channel_id,
        "market_id": draft.market_id,
        "language": draft.language,
        "currency": draft.currency,
        "items_minor": draft.items.minor,
        "shipping_minor": draft.shipping.minor,
        "total_minor": draft.total.minor,
        "email": draft.email,
        "secret_sha256": keys.fingerprint(placed.secret),
        "placed_at": now,
        "promised_from": draft.promised.earliest if draft.promised else None,
        "promised_to": draft.promised.latest if draft.promised else None,
    }


def _address_values(draft: Draft) -> dict[str, object]:
    address = draft.address
    return {
        "name": address.name,
        "phone": address.phone,
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "region": address.region,
        "country": address.country,
    }


def _line_values(
    draft: Draft, order_id: OrderId, line_ids: Sequence[OrderLineId]
) -> list[dict[str, object]]:
    return [
        {
            "id": line_id,
            "order_id": order_id,
            "position": position,
            "sku": line.sku,
            "style_color_id": line.style_color_id,
            "brand": line.brand,
            "title": line.title,
            "color": line.color,
            "size": line.size,
            "quantity": line.quantity,
            "unit_minor": line.unit.minor,
            "state": START,
            "way": line.way,
            "location_id": line.location_id,
        }
        for position, (line_id, line) in enumerate(zip(line_ids, draft.lines, strict=True))
    ]


_NUMBER: Final = Statement(select(ORDER_NUMBER.next_value().label("nextval")))
_ORDER: Final = inserting(Order)
_ADDRESS: Final = inserting(OrderAddress)
_LINE: Final = inserting(OrderLine, without=("canceled_units", "replaces_id"))
