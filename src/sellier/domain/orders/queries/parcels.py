"""The parcels of fulfillments, and what a carrier needs to know of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.rules.tracking import Party, Sending
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderAddress,
    Parcel,
)
from sellier.domain.orders.rules import parcel_weight_g
from sellier.domain.orders.states import ParcelState
from sellier.kernel.ids import FulfillmentId, LocationId, ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRead:
    """A parcel as it stands with its carrier."""

    id: ParcelId
    fulfillment_id: FulfillmentId
    state: ParcelState
    service: str
    created_at: datetime
    refusal: str | None
    tracking_number: str | None
    tracking_url: str | None
    returned_at: datetime | None


async def parcels(
    db: AsyncSession, *, fulfillment_ids: Collection[FulfillmentId]
) -> Mapping[FulfillmentId, Sequence[ParcelRead]]:
    """Return the parcels of fulfillments, the newest first; the others were refused or dropped."""
    statement = (
        select(Parcel)
        .where(Parcel.fulfillment_id.in_(fulfillment_ids))
        .order_by(Parcel.id.desc())
        .limit(1_000)
    )
    found: dict[FulfillmentId, list[ParcelRead]] = {}
    for row in await db.scalars(statement):
        read = ParcelRead(
            id=row.id,
            fulfillment_id=row.fulfillment_id,
            state=ParcelState(row.state),
            service=row.service,
            created_at=row.created_at,
            refusal=row.refusal,
            tracking_number=row.tracking_number,
            tracking_url=row.tracking_url,
            returned_at=row.returned_at,
        )
        found.setdefault(row.fulfillment_id, []).append(read)
    return found


async def label(
    db: AsyncSession, *, parcel_id: ParcelId, at: LocationId | None = None
) -> bytes | None:
    """Return the label of a parcel as PDF; with `at`, only if it is packed there. None: no such."""
    statement = (
        select(Parcel.label)
        .join(Fulfillment, Fulfillment.id == Parcel.fulfillment_id)
        .where(Parcel.id == parcel_id, Parcel.state == ParcelState.LABELED)
    )
    if at is not None:
        statement = statement.where(Fulfillment.location_id == at)
    return await db.scalar(statement)


async def labels_due(db: AsyncSession, *, now: datetime, limit: int = 100) -> Sequence[ParcelId]:
    """List the parcels whose label is to be asked for again, the longest waiting first."""
    statement = (
        select(Parcel.id)
        .where(Parcel.state == ParcelState.ASKED, Parcel.next_try_at <= now)
        .order_by(Parcel.next_try_at)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def is_dropped(db: AsyncSession, *, parcel_id: ParcelId) -> bool:
    """Tell whether a parcel will not leave."""
    state = await db.scalar(select(Parcel.state).where(Parcel.id == parcel_id))
    return state == ParcelState.CANCELED


async def sending(db: AsyncSession, *, parcel_id: ParcelId) -> Sending:
    """Return what a carrier is asked for: from where, to whom, how heavy."""
    units = (
        select(func.sum(FulfillmentLine.quantity))
        .where(FulfillmentLine.fulfillment_id == Fulfillment.id)
        .scalar_subquery()
    )
    statement = (
        select(Parcel.service, Order.number, Location, OrderAddress, units.label("units"))
        .join(Fulfillment, Fulfillment.id == Parcel.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Location, Location.id == Fulfillment.location_id)
        .where(Parcel.id == parcel_id)
    )
    row = (await db.execute(statement)).one()
    return Sending(
        parcel_id=parcel_id,
        reference=row.number,
        service=row.service,
        origin=_origin(row.Location),
        destination=_destination(row.OrderAddress),
        weight_g=parcel_weight_g(row.units),
    )


def _origin(place: Location) -> Party:
    """Write where a parcel leaves: carriers know our places by their names."""
    return Party(
        name=place.name, lines=(place.name,), postal_code="", city=place.city, country=place.country
    )


def _destination(to: OrderAddress) -> Party:
    town = to.city if to.region is None else f"{to.city}, {to.region}"
    return Party(
        name=to.name,
        lines=tuple(line for line in (to.line1, to.line2) if line),
        postal_code=to.postal_code,
        city=town,
        country=to.country,
        phone=to.phone,
    )
