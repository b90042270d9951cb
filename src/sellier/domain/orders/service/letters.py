"""Remember which letters left, so that an event told twice writes one."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import OrderLetter
from sellier.kernel.ids import OrderId


async def remember_letter(
    db: AsyncSession, *, event_id: int, order_id: OrderId, kind: str, now: datetime
) -> None:
    """Write down that a letter left for an event; a second time changes nothing."""
    statement = insert(OrderLetter).values(
        event_id=event_id, order_id=order_id, kind=kind, sent_at=now
    )
    await db.execute(statement.on_conflict_do_nothing())
