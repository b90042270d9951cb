"""What waits to be done at a boutique, and what left it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor
from sellier.domain.orders import rules
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentHold,
    FulfillmentLine,
    FulfillmentOffer,
    FulfillmentTransition,
    Order,
    OrderAddress,
    OrderLine,
    Parcel,
)
from sellier.domain.orders.rules import Pace
from sellier.domain.orders.states import KEEPS, ParcelState, Work, WorkEvent
from sellier.domain.promising.states import Way
from sellier.kernel.ids import FulfillmentId, LocationId
from sellier.surfaces.boutique import shown

TASKS_MAX: Final = 200
MANIFEST_MAX: Final = 500


async def tasks(
    db: AsyncSession,
    *,
    location_id: LocationId | None,
    now: datetime,
    words: str = "",
    state: Work | None = None,
) -> Sequence[shown.Task]:
    """List what waits here, the most urgent first, with a picture of each piece.

    `words`: an order's number, a customer's name, or the code that a customer says.
    """
    wanted = and_(is_here(location_id), Fulfillment.state.in_(KEEPS))
    if state is not None:
        wanted = and_(wanted, Fulfillment.state == state)
    if words:
        wanted = and_(wanted, _said(words))
    lines, parcel = _lines(wanted), _latest_parcel()
    until = func.coalesce(Fulfillment.accept_by, Fulfillment.collect_by, Fulfillment.created_at)
    statement = (
        select(
            Fulfillment,
            Order.number,
            OrderAddress.name,
            OrderAddress.city,
            OrderAddress.country,
            lines.c.units,
            lines.c.picked,
            lines.c.pictures,
            parcel.c.state.label("label"),
            parcel.c.tracking_number,
            _is_shared().label("is_shared"),
            is_held().label("is_held"),
            since().label("since"),
        )
        .join(lines, lines.c.fulfillment_id == Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .outerjoin(parcel, true())
        .order_by(until, Fulfillment.id)
        .limit(TASKS_MAX)
    )
    return [_task(row, now=now) for row in await db.execute(statement)]


def is_here(location_id: LocationId | None) -> ColumnElement[bool]:
    """Say that work is a boutique's own, or offered to it as well as to another."""
    is_offered_here = exists().where(
        FulfillmentOffer.fulfillment_id == Fulfillment.id,
        FulfillmentOffer.location_id == location_id,
    )
    return or_(
        Fulfillment.location_id == location_id,
        and_(Fulfillment.state == Work.OFFERED, is_offered_here),
    )


def is_held() -> ColumnElement[bool]:
    """Say that the order desk keeps work from leaving."""
    return exists().where(
        FulfillmentHold.fulfillment_id == Fulfillment.id, FulfillmentHold.released_at.is_(None)
    )


def since() -> ScalarSelect[datetime]:
    """Say since when work is where it is."""
    return (
        select(func.max(FulfillmentTransition.at))
        .where(FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .scalar_subquery()
    )


async def to_hand_over(
    db: AsyncSession, *, location_id: LocationId | None, ids: Sequence[FulfillmentId]
) -> Sequence[FulfillmentId]:
    """Return those of some parcels that a carrier may take from here: packed, with a label."""
    statement = (
        select(Fulfillment.id)
        .join(Parcel, Parcel.fulfillment_id == Fulfillment.id)
        .where(
            Fulfillment.id.in_(ids),
            Fulfillment.location_id == location_id,
            Fulfillment.state == Work.PACKED,
            Parcel.state == ParcelState.LABELED,
        )
        .limit(TASKS_MAX)
    )
    return (await db.scalars(statement)).all()


async def left(
    db: AsyncSession, *, location_id: LocationId | None, since: datetime, until: datetime
) -> Sequence[shown.Leaving]:
    """List the parcels that were handed to a carrier here, in order."""
    parcel = _latest_parcel()
    units = (
        select(func.sum(FulfillmentLine.quantity))
        .where(FulfillmentLine.fulfillment_id == Fulfillment.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Order.number,
            OrderAddress.name,
            OrderAddress.city,
            OrderAddress.country,
            units.label("units"),
            parcel.c.tracking_number,
            FulfillmentTransition.at,
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentTransition.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .outerjoin(parcel, true())
        .where(
            Fulfillment.location_id == location_id,
            FulfillmentTransition.event == WorkEvent.HAND_OVER,
            FulfillmentTransition.at >= since,
            FulfillmentTransition.at < until,
        )
        .order_by(FulfillmentTransition.at, Order.number)
        .limit(MANIFEST_MAX)
    )
    return [
        shown.Leaving(
            number=row.number,
            name=row.name,
            city=row.city,
            country=row.country,
            units=row.units,
            tracking_number=row.tracking_number,
            at=row.at,
        )
        for row in await db.execute(statement)
    ]


def _task(row: Any, *, now: datetime) -> shown.Task:
    work: Fulfillment = row.Fulfillment
    state = Work(work.state)
    until = rules.due_at(
        state, since=row.since, accept_by=work.accept_by, collect_by=work.collect_by
    )
    return shown.Task(
        id=work.id,
        number=row.number,
        name=row.name,
        city=row.city,
        country=row.country,
        way=Way(work.way),
        state=state,
        units=row.units,
        picked=row.picked,
        shelf=work.shelf,
        deadline=until,
        is_late=rules.pace(state, due=until, now=now) is Pace.LATE,
        is_shared=row.is_shared,
        is_held=row.is_held,
        label=ParcelState(row.label) if row.label else None,
        tracking_number=row.tracking_number,
        pictures=[catalog.picture(told) for told in row.pictures],
    )


def _lines(wanted: ColumnElement[bool]) -> Subquery:
    picture = catalog.first_picture()
    return (
        select(
            FulfillmentLine.fulfillment_id,
            func.sum(FulfillmentLine.quantity).label("units"),
            func.sum(FulfillmentLine.picked).label("picked"),
            func.jsonb_agg(aggregate_order_by(picture.c.picture, OrderLine.position)).label(
                "pictures"
            ),
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .outerjoin(StyleColor, StyleColor.id == OrderLine.style_color_id)
        .outerjoin(picture, true())
        .where(wanted)
        .group_by(FulfillmentLine.fulfillment_id)
        .subquery("lines")
    )


def _said(words: str) -> ColumnElement[bool]:
    plain = words.replace("%", "").replace("_", "").replace("\\", "")
    code = "".join(words.split()).upper()
    of_order = (
        select(Order.id)
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .where(or_(Order.number.ilike(f"%{plain}%"), OrderAddress.name.ilike(f"%{plain}%")))
    )
    return or_(Fulfillment.order_id.in_(of_order), Fulfillment.pickup_code == code)


def _latest_parcel() -> LateralFromClause:
    return (
        select(Parcel.state, Parcel.tracking_number)
        .where(Parcel.fulfillment_id == Fulfillment.id)
        .order_by(Parcel.id.desc())
        .limit(1)
        .lateral("parcel")
    )


def _is_shared() -> ColumnElement[bool]:
    return and_(
        Fulfillment.state == Work.OFFERED,
        exists().where(FulfillmentOffer.fulfillment_id == Fulfillment.id),
    )
