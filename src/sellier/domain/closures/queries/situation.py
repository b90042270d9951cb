"""All that locations which close still have to do, and who else could do it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures.models import ClosureChoice, ClosureMove
from sellier.domain.closures.rules.build import Held, World
from sellier.domain.closures.states import Choice, ChoiceState, MoveState
from sellier.domain.orders import queries as orders
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.states import KEEPS
from sellier.domain.promising import queries as promising
from sellier.domain.promising.rules.geography import addressed
from sellier.domain.promising.states import Way
from sellier.domain.stock.models import Transfer
from sellier.domain.stock.states import TransferState
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, TransferId

HELD_MAX: Final = 50_000
COMING: Final = (
    TransferState.DRAFT,
    TransferState.REQUESTED,
    TransferState.SENT,
    TransferState.PARTLY_RECEIVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """Work that waits in the boutique for its customer, or is prepared for them."""

    order_id: OrderId
    fulfillment_id: FulfillmentId
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A transfer to a location that closes."""

    transfer_id: TransferId
    state: TransferState
    origin_id: LocationId
    destination_id: LocationId
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is at the locations: units to be sent, pickups, and transfers on their way there."""

    held: Sequence[Held]
    pickups: Sequence[Pickup]
    inbound: Sequence[Inbound]
    customers: int
    world: World

    @property
    def is_empty(self) -> bool:
        return not (self.held or self.pickups or self.inbound)


async def situation(
    db: AsyncSession, *, location_ids: Collection[LocationId], now: datetime
) -> Situation:
    """Return what would have to be planned anew if these locations closed now.

    Units that a plan has, and pickups whose customer was asked, are not there again.
    """
    rows = (await db.execute(_held(location_ids))).all()
    held = [_read(row) for row in rows if Way(row.way) is Way.SHIP]
    pickups = {
        row.fulfillment_id: Pickup(
            order_id=row.order_id, fulfillment_id=row.fulfillment_id, email=row.email
        )
        for row in rows
        if Way(row.way) is not Way.SHIP
    }
    return Situation(
        held=held,
        pickups=list(pickups.values()),
        inbound=await _inbound(db, location_ids),
        customers=len({row.email for row in rows}),
        world=await _world(db, held, location_ids=location_ids, now=now),
    )


async def _world(
    db: AsyncSession,
    held: Sequence[Held],
    *,
    location_ids: Collection[LocationId],
    now: datetime,
) -> World:
    return World(
        found=await promising.snapshot(
            db,
            channel_ids=dict.fromkeys(one.channel_id for one in held),
            skus=sorted({one.sku for one in held}),
            now=now,
        ),
        rule_sets={
            one.channel_id: await promising.rule_set(db, rule_set_id=one.rule_set_id)
            for one in await promising.live(db, now=now)
        },
        closed=location_ids,
        excluded=await orders.passed_over_by(
            db, order_ids=sorted({one.order_id for one in held}), now=now
        ),
    )


def _held(location_ids: Collection[LocationId]) -> Any:
    planned = (
        select(ClosureMove.fulfillment_id)
        .where(ClosureMove.state == MoveState.PLANNED)
        .scalar_subquery()
    )
    asked = (
        select(ClosureChoice.fulfillment_id)
        .where(
            or_(ClosureChoice.state == ChoiceState.OPEN, ClosureChoice.choice == Choice.LATER),
        )
        .scalar_subquery()
    )
    return (
        select(
            Order.id.label("order_id"),
            Order.channel_id,
            Order.email,
            OrderAddress.country,
            OrderAddress.postal_code,
            Fulfillment.id.label("fulfillment_id"),
            Fulfillment.location_id,
            Fulfillment.way,
            OrderLine.id.label("line_id"),
            OrderLine.sku,
            FulfillmentLine.quantity,
        )
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .where(
            Fulfillment.location_id.in_(location_ids),
            Fulfillment.state.in_(KEEPS),
            Fulfillment.id.not_in(planned),
            Fulfillment.id.not_in(asked),
        )
        .order_by(Order.id, OrderLine.position, Fulfillment.id)
        .limit(HELD_MAX)
    )


def _read(row: Any) -> Held:
    return Held(
        order_id=row.order_id,
        channel_id=row.channel_id,
        fulfillment_id=row.fulfillment_id,
        line_id=row.line_id,
        sku=row.sku,
        quantity=row.quantity,
        location_id=row.location_id,
        to=addressed(
            way=Way.SHIP, country=row.country, postal_code=row.postal_code, location_id=None
        ),
    )


async def _inbound(db: AsyncSession, location_ids: Collection[LocationId]) -> Sequence[Inbound]:
    rows = await db.scalars(
        select(Transfer)
        .where(Transfer.destination_id.in_(location_ids), Transfer.state.in_(COMING))
        .order_by(Transfer.id)
        .limit(HELD_MAX)
    )
    return [
        Inbound(
            transfer_id=row.id,
            state=TransferState(row.state),
            origin_id=row.origin_id,
            destination_id=row.destination_id,
            version=row.version,
        )
        for row in rows
    ]
