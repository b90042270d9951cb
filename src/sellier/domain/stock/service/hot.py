"""Hot SKUs: units are kept for carts, for everyone who asks at the same moment by one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ARRAY,
    Executable,
    Integer,
    Interval,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import HotMode, Reservation
from sellier.domain.stock.queries.hot import KeptForCart, is_hot
from sellier.domain.stock.service.reserve import give_back, lock, taken
from sellier.domain.stock.states import ReservationState
from sellier.infra import outbox
from sellier.infra.batch import Statement, later, send
from sellier.kernel.ids import CartId, LocationId, OrderId, OrderLineId, ReservationId, Sku, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CartUnits:
    """Units of a SKU at one location, for one cart."""

    cart_id: CartId
    location_id: LocationId
    quantity: int


async def set_hot(db: AsyncSession, *, sku: Sku, hot: bool, by: str, now: datetime) -> bool:
    """Sell a SKU as one that everyone wants at once, or as any other; False if it is so already."""
    if await is_hot(db, sku=sku) == hot:
        return False
    db.add(HotMode(sku=sku, is_hot=hot, by=by, at=now))
    await db.flush()
    return True


async def keep_for_carts(
    db: AsyncSession, *, sku: Sku, units: Sequence[CartUnits], lasts: timedelta, now: datetime
) -> None:
    """Keep units for carts. The caller has locked the SKU's positions and seen that they are there.

    However many carts there are, each location is one statement.
    """
    steps = []
    for place in sorted({one.location_id for one in units}):
        here = [one for one in units if one.location_id == place]
        steps.append(
            _KEEP(
                sku=sku,
                location_id=place,
                quantity=sum(one.quantity for one in here),
                buffer=0,
                lasts=lasts,
                ids=[new_id() for _ in here],
                cart_ids=[one.cart_id for one in here],
                quantities=[one.quantity for one in here],
            )
        )
    if steps:
        outbox.publish(db, PositionsChanged(happened_at=now, skus=(sku,)))
    kept = await send(db, *steps)
    assert all(kept), "the positions are ours, and the units were seen there"


def hand_over(
    db: AsyncSession,
    *,
    kept: Sequence[ReservationId],
    order_id: OrderId,
    line_id: OrderLineId,
    lasts: timedelta,
) -> None:
    """Keep for an order's line what its cart kept, and that the caller has locked."""
    later(db, _HAND_OVER(ids=list(kept), order_id=order_id, order_line_id=line_id, lasts=lasts))


async def let_go(
    db: AsyncSession, *, kept: Sequence[KeptForCart], skus: Sequence[Sku] = (), now: datetime
) -> None:
    """Give back what a cart kept, and that the caller has locked.

    `skus` are those that the caller takes units of afterwards: they are locked in turn with these.
    """
    await lock(db, skus=sorted({one.sku for one in kept} | set(skus)))
    await send(db, _LET_GO(ids=[one.id for one in kept]))
    await give_back(db, [(one.sku, one.location_id, one.quantity) for one in kept], now=now)


def _keeping() -> Executable:
    took = taken()
    carts = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)),
            bindparam("cart_ids", type_=ARRAY(Uuid)),
            bindparam("quantities", type_=ARRAY(Integer)),
        )
        .table_valued(column("id", Uuid), column("cart_id", Uuid), column("quantity", Integer))
        .render_derived()
    )
    record = {
        "id": carts.c.id,
        "cart_id": carts.c.cart_id,
        "sku": took.c.sku,
        "location_id": took.c.location_id,
        "quantity": carts.c.quantity,
        "state": literal(ReservationState.OPEN.value),
        "expires_at": func.now() + bindparam("lasts", type_=Interval()),
    }
    each = select(*record.values()).select_from(took.join(carts, literal(value=True)))
    return insert(Reservation).from_select(list(record), each).returning(Reservation.id)


_IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid)))
_KEEP: Final = Statement(_keeping())
_HAND_OVER: Final = Statement(
    update(Reservation)
    .where(Reservation.id == _IDS)
    .values(
        cart_id=None,
        order_id=bindparam("order_id"),
        order_line_id=bindparam("order_line_id"),
        expires_at=func.now() + bindparam("lasts", type_=Interval()),
    )
)
_LET_GO: Final = Statement(
    update(Reservation).where(Reservation.id == _IDS).values(state=ReservationState.RELEASED)
)
