"""Holds: kept beside the state of work, and asked about where it leaves."""

from typing import Final

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import OnHold
from sellier.domain.orders.models import Fulfillment, FulfillmentHold
from sellier.infra.batch import Statement
from sellier.kernel.ids import FulfillmentId


def is_held() -> ColumnElement[bool]:
    """Tell of a fulfillment whether a hold is on it."""
    mine = FulfillmentHold.fulfillment_id == Fulfillment.id
    return exists().where(mine, FulfillmentHold.released_at.is_(None))


async def refuse_held(db: AsyncSession, fulfillment_id: FulfillmentId) -> None:
    """Raise `OnHold` if this work may not leave; it is locked by whoever asks."""
    reason = await db.scalar(
        select(FulfillmentHold.reason).where(
            FulfillmentHold.fulfillment_id == fulfillment_id,
            FulfillmentHold.released_at.is_(None),
        )
    )
    if reason is not None:
        raise OnHold(
            "The order desk keeps this from leaving. Ask them before you go on.", reason=reason
        )


def _following() -> Statement:
    after = bindparam("after", type_=Uuid())
    kept = select(after, FulfillmentHold.reason, FulfillmentHold.at, FulfillmentHold.by).where(
        FulfillmentHold.fulfillment_id == bindparam("before"),
        FulfillmentHold.released_at.is_(None),
    )
    columns = ["fulfillment_id", "reason", "at", "by"]
    return Statement(insert(FulfillmentHold).from_select(columns, kept))


FOLLOW: Final = _following()
