from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor
from sellier.domain.orders.models import (
    OrderLetter,
)
from sellier.domain.orders.queries import OrderRead
from sellier.domain.organization.models import Channel, Market
from sellier.domain.payments import queries as payments
from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import PaymentState
from sellier.kernel.ids import OrderId
from sellier.kernel.money import Money
from sellier.surfaces.studio import shown

EACH_MAX: Final = 200


async def around(db: AsyncSession, *, order: OrderRead) -> shown.Around:
    """Tell where an order was placed, every attempt to pay it, its letters and its pictures."""
    sold = (
        select(Channel.name, Market.code)
        .select_from(Channel)
        .join(Market, Market.id == order.market_id)
        .where(Channel.id == order.channel_id)
    )
    channel, market = (await db.execute(sold)).one()
    picture = catalog.first_picture()
    pieces = (
        select(StyleColor.id, StyleColor.code, picture.c.picture)
        .select_from(StyleColor)
        .outerjoin(picture, true())
        .where(StyleColor.id.in_({line.style_color_id for line in order.lines}))
        .limit(EACH_MAX)
    )
    found = (await db.execute(pieces)).all()
    return shown.Around(
        channel=channel,
        market=market,
        payments=await _payments(db, order.id),
        operations=await payments.operations(db, order_id=order.id),
        letters=await _letters(db, order.id),
        pictures={row.id: catalog.Picture(**row.picture) for row in found if row.picture},
        codes={row.id: row.code for row in found},
    )


async def _payments(db: AsyncSession, order_id: OrderId) -> Sequence[shown.PaymentTold]:
    statement = (
        select(Payment)
        .where(Payment.order_id == order_id)
        .order_by(Payment.id.desc())
        .limit(EACH_MAX)
    )
    return [
        shown.PaymentTold(
            id=payment.id,
            state=PaymentState(payment.state),
            amount=Money(payment.amount_minor, payment.currency),
            refusal=payment.refusal,
            provider_id=payment.provider_id,
            created_at=payment.created_at,
        )
        for payment in await db.scalars(statement)
    ]


async def _letters(db: AsyncSession, order_id: OrderId) -> Sequence[shown.Letter]:
    statement = (
        select(OrderLetter.kind, OrderLetter.sent_at)
        .where(OrderLetter.order_id == order_id)
        .order_by(OrderLetter.sent_at)
        .limit(EACH_MAX)
    )
    return [shown.Letter(**row) for row in (await db.execute(statement)).mappings()]
