"""Reads of orders by whoever may see them: the holder of a secret, or of a letter's link."""

import hashlib
import hmac

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import OrderLetter
from sellier.domain.orders.queries.whole import OrderRead, order, order_by_secret
from sellier.infra.keys import Keys
from sellier.kernel.ids import OrderId


def link_key(keys: Keys, order_id: OrderId) -> str:
    """Return the key of an order's links: 256 bits, made anew each time and kept nowhere."""
    purpose = keys.derive("orders:links").encode()
    return hmac.new(purpose, order_id.bytes, hashlib.sha256).hexdigest()


async def order_shown_to(
    db: AsyncSession, *, order_id: OrderId, secret: str, keys: Keys
) -> OrderRead | None:
    """Return the order to whoever holds its secret or the key of its links."""
    if _opens(secret, order_id=order_id, keys=keys):
        return await order(db, order_id=order_id)
    return await order_by_secret(db, order_id=order_id, secret=secret)


async def is_letter_sent(db: AsyncSession, *, event_id: int) -> bool:
    """Tell whether the letter that an event asks for has left."""
    return bool(await db.scalar(select(exists().where(OrderLetter.event_id == event_id))))


def _opens(secret: str, *, order_id: OrderId, keys: Keys) -> bool:
    expected = link_key(keys, order_id)
    return hmac.compare_digest(expected.encode(), secret.encode("utf-8", "replace"))
