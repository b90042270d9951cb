"""Which SKUs everyone wants at once, and what is kept for carts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    SQLColumnExpression,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.stock.models import HotMode, Reservation
from sellier.domain.stock.states import ReservationState
from sellier.infra.batch import Rows, Statement, Step
from sellier.kernel.ids import CartId, LocationId, ReservationId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForCart:
    """Units of a SKU at one location that are kept for a cart."""

    id: ReservationId
    cart_id: CartId
    sku: Sku
    location_id: LocationId
    location: str  # its code
    quantity: int
    expires_at: datetime


async def is_hot(db: AsyncSession, *, sku: Sku) -> bool:
    """Tell whether a SKU is sold as one that everyone wants at once."""
    return bool(await db.scalar(_LATEST.where(HotMode.sku == sku)))


def hot_step(*, sku: Sku) -> Step:
    """Ask `is_hot` as a step of a batch: its one row says so, no row says no."""
    return _IS_HOT(sku=sku)


def kept_step(*, cart_ids: list[CartId]) -> Step:
    """Ask, as a step of a batch, what is kept for carts, and lock it; `kept_of` reads the rows."""
    return _KEPT(cart_ids=cart_ids)


def kept_of(rows: Rows) -> list[KeptForCart]:
    """Read what is kept for carts."""
    return [KeptForCart(**row._asdict()) for row in rows]


def keeps(cart_id: SQLColumnExpression[CartId]) -> ColumnElement[bool]:
    """Tell whether anything is kept for a cart."""
    return exists().where(_is_kept(cart_id))


def kept_units(
    *, cart_id: SQLColumnExpression[CartId], sku: SQLColumnExpression[Sku]
) -> ColumnElement[int]:
    """Count the units of a SKU that are kept for a cart."""
    units = func.coalesce(func.sum(Reservation.quantity), 0)
    return select(units).where(_is_kept(cart_id), Reservation.sku == sku).scalar_subquery()


def kept_until(
    *, cart_id: SQLColumnExpression[CartId], sku: SQLColumnExpression[Sku]
) -> ColumnElement[datetime]:
    """Tell until when units of a SKU are kept for a cart; NULL when none are."""
    first = func.min(Reservation.expires_at)
    return select(first).where(_is_kept(cart_id), Reservation.sku == sku).scalar_subquery()


def _is_kept(cart_id: SQLColumnExpression[CartId]) -> ColumnElement[bool]:
    return and_(Reservation.cart_id == cart_id, Reservation.state == ReservationState.OPEN)


_LATEST: Final = select(HotMode.is_hot).order_by(HotMode.id.desc()).limit(1)
_IS_HOT: Final = Statement(_LATEST.where(HotMode.sku == bindparam("sku")))
_KEPT: Final = Statement(
    select(
        Reservation.id,
        Reservation.cart_id,
        Reservation.sku,
        Reservation.location_id,
        Location.code.label("location"),
        Reservation.quantity,
        Reservation.expires_at,
    )
    .join(Location, Location.id == Reservation.location_id)
    .where(
        Reservation.cart_id == any_(bindparam("cart_ids", type_=ARRAY(Uuid))),
        Reservation.state == ReservationState.OPEN,
    )
    .order_by(Reservation.id)
    .with_for_update(of=Reservation)
)
