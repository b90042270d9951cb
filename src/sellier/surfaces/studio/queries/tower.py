"""What is late, stuck or waits for a person: one statement for each part of the control tower."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    lateral,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import CTE, LateralFromClause, Subquery

from sellier.domain.carriers.models import Tracking
from sellier.domain.carriers.states import FINAL, TrackingState
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentHold,
    FulfillmentLine,
    FulfillmentTransition,
    Order,
    Parcel,
)
from sellier.domain.orders.rules import PATIENCE, SOON, due_at, pace
from sellier.domain.orders.states import (
    REJECTIONS,
    TO_DO,
    Cause,
    ParcelState,
    Work,
    WorkEvent,
)
from sellier.domain.payments.models import Payment, PaymentOperation
from sellier.domain.payments.states import UNDECIDED, OperationKind, OperationState
from sellier.infra.health import Heartbeat
from sellier.infra.outbox import OutboxRow
from sellier.kernel.money import Money
from sellier.surfaces.studio import shown
from sellier.surfaces.studio.rules import LANES, Lane

EACH_MAX: Final = 3  # works that the tower names in a lane; the lane's own page has them all
LANE_MAX: Final = 200
PLACES_MAX: Final = 12
PARCELS_MAX: Final = 100
NAMED_MAX: Final = 5
SILENT_AFTER: Final = timedelta(days=2)
REFUSALS_OF: Final = timedelta(days=7)
OPEN: Final = tuple(state for states in LANES.values() for state in states)
REFUSED: Final = (*REJECTIONS, Cause.TIMED_OUT)


async def lanes(db: AsyncSession, *, now: datetime) -> Sequence[shown.LaneTold]:
    """Count the work of each lane, and name what is to go on first."""
    work = _open_work()
    due, lane = _due(work), _lane(work)
    late = due <= now
    soon = and_(due > now, or_(*_soon(work, due, now)))
    ranked = select(
        work,
        lane.label("lane"),
        due.label("due"),
        func.row_number().over(partition_by=lane, order_by=(due, work.c.id)).label("rank"),
        func.count().over(partition_by=lane).label("total"),
        func.count().filter(late).over(partition_by=lane).label("late"),
        func.count().filter(soon).over(partition_by=lane).label("soon"),
    ).subquery("ranked")
    rows = (await db.execute(_named(ranked).where(ranked.c.rank <= EACH_MAX))).all()
    found = {each: [row for row in rows if row.lane == each] for each in Lane}
    return [
        shown.LaneTold(
            lane=each,
            total=mine[0].total if mine else 0,
            late=mine[0].late if mine else 0,
            soon=mine[0].soon if mine else 0,
            works=[_watched(row, now=now) for row in mine],
        )
        for each, mine in found.items()
    ]


async def works(
    db: AsyncSession, *, lane: Lane, place: str, now: datetime
) -> Sequence[shown.Watched]:
    """List the work of a lane, at one place or all, what is to go on first."""
    work = _open_work(LANES[lane])
    listed = select(work, _due(work).label("due")).subquery("listed")
    statement = _named(listed)
    if place:
        statement = statement.where(Location.code == place)
    rows = await db.execute(statement.limit(LANE_MAX))
    return [_watched(row, now=now) for row in rows]


async def places(
    db: AsyncSession, *, now: datetime, limit: int = PLACES_MAX
) -> Sequence[shown.PlaceLoad]:
    """List the places with most on their hands, and what they refused in a week."""
    work, asked, refused = load(now), _asked(now), _refused(now)
    late, orders = func.coalesce(work.c.late, 0), func.coalesce(work.c.orders, 0)
    statement = (
        select(
            Location.code,
            Location.name,
            Location.city,
            Location.daily_capacity.label("capacity"),
            orders.label("orders"),
            late.label("late"),
            work.c.oldest,
            func.coalesce(asked.c.count, 0).label("asked"),
            func.coalesce(refused.c.count, 0).label("refused"),
            refused.c.causes,
        )
        .outerjoin(work, work.c.location_id == Location.id)
        .outerjoin(asked, asked.c.location_id == Location.id)
        .outerjoin(refused, refused.c.location_id == Location.id)
        .where(or_(work.c.orders > 0, refused.c.count > 0))
        .order_by(late.desc(), orders.desc(), Location.code)
        .limit(limit)
    )
    return [
        shown.PlaceLoad(**{**row, "causes": row["causes"] or {}})
        for row in (await db.execute(statement)).mappings()
    ]


async def money(db: AsyncSession, *, now: datetime) -> shown.MoneyTold:
    """Count payments that nobody has decided and operations that did not go through."""
    undecided = select(func.count()).where(Payment.state.in_(UNDECIDED))
    failed = (
        select(
            PaymentOperation.kind,
            PaymentOperation.amount_minor,
            PaymentOperation.currency,
            PaymentOperation.answer,
            PaymentOperation.created_at,
            Order.number,
            func.count().over().label("total"),
        )
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .where(PaymentOperation.state == OperationState.FAILED)
        .order_by(PaymentOperation.created_at)
        .limit(NAMED_MAX)
        .subquery("failed")
    )
    tried = select(func.count()).where(
        PaymentOperation.state == OperationState.DUE, PaymentOperation.tries > 0
    )
    counted = select(
        undecided.scalar_subquery().label("undecided"),
        undecided.where(Payment.deadline_at <= now).scalar_subquery().label("overdue"),
        tried.scalar_subquery().label("tried"),
    ).subquery("counted")
    rows = (await db.execute(select(counted, failed).outerjoin(failed, true()))).all()
    named = [row for row in rows if row.number is not None]
    return shown.MoneyTold(
        undecided=rows[0].undecided,
        overdue=rows[0].overdue,
        tried=rows[0].tried,
        failed=named[0].total if named else 0,
        operations=[
            shown.FailedOperation(
                kind=OperationKind(row.kind),
                amount=Money(row.amount_minor, row.currency),
                answer=row.answer,
                number=row.number,
                at=row.created_at,
            )
            for row in named
        ],
    )


async def machinery(db: AsyncSession) -> shown.Machinery:
    """Tell of jobs that gave up, events that wait, and the worker's last sign of life."""
    waiting = OutboxRow.dispatched_at.is_(None)
    failed = text("(SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')")
    row = (
        await db.execute(
            select(
                select(func.count()).where(waiting).scalar_subquery(),
                select(func.min(OutboxRow.happened_at)).where(waiting).scalar_subquery(),
                failed,
                select(Heartbeat.at).where(Heartbeat.process == "worker").scalar_subquery(),
            )
        )
    ).one()
    return shown.Machinery(waiting=row[0], oldest_at=row[1], failed=row[2], seen_at=row[3])


async def parcels(db: AsyncSession, *, now: datetime) -> Sequence[shown.ParcelTold]:
    """List parcels that a carrier refused, lost, could not bring or says nothing of."""
    later = aliased(Parcel)
    newer = select(later.id).where(
        later.fulfillment_id == Parcel.fulfillment_id, later.id > Parcel.id
    )
    refused = (
        select(literal("refused").label("what"), Order.number, Parcel.created_at.label("at"))
        .join(Fulfillment, Fulfillment.id == Parcel.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(
            Parcel.state == ParcelState.REFUSED,
            Fulfillment.state == Work.PACKED,
            ~newer.exists(),
        )
    )
    silent = and_(Tracking.state.not_in(FINAL), Tracking.told_at < now - SILENT_AFTER)
    troubled = (TrackingState.FAILED_ATTEMPT, TrackingState.LOST)
    moving = (
        select(
            case((Tracking.state.in_(troubled), Tracking.state), else_=literal("silent")),
            Order.number,
            Tracking.told_at,
        )
        .join(Parcel, Parcel.id == Tracking.parcel_id)
        .join(Fulfillment, Fulfillment.id == Parcel.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(
            Fulfillment.state.in_((Work.HANDED_OVER, Work.LOST)),
            or_(Tracking.state.in_(troubled), silent),
        )
    )
    told = union_all(refused, moving).subquery("told")
    rows = await db.execute(select(told).order_by(told.c.at, told.c.number).limit(PARCELS_MAX))
    return [shown.ParcelTold(what=row.what, number=row.number, at=row.at) for row in rows]


def load(now: datetime) -> Subquery:
    """Select what each place has to do, how much of it is late, and since when it waits."""
    work = _open_work(tuple(sorted(TO_DO)))
    return (
        select(
            work.c.location_id,
            func.count().label("orders"),
            func.count().filter(_due(work) <= now).label("late"),
            func.min(work.c.since).label("oldest"),
        )
        .group_by(work.c.location_id)
        .subquery("load")
    )


def _open_work(states: Sequence[Work] = OPEN) -> CTE:
    """Select work that is to go on, and since when it is where it is."""
    since = (
        select(func.max(FulfillmentTransition.at))
        .where(FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .correlate(Fulfillment)
        .scalar_subquery()
    )
    return (
        select(
            Fulfillment.id,
            Fulfillment.order_id,
            Fulfillment.location_id,
            Fulfillment.state,
            Fulfillment.accept_by,
            Fulfillment.collect_by,
            func.coalesce(since, Fulfillment.created_at).label("since"),
        )
        .where(Fulfillment.state.in_(states))
        .cte("open_work")
        .prefix_with("MATERIALIZED")  # or `since` is looked up wherever it is named
    )


def _due(work: CTE) -> ColumnElement[Any]:
    """Write `orders.rules.due_at` as an expression; a test holds the two together."""
    return case(
        (work.c.state == Work.OFFERED, work.c.accept_by),
        (work.c.state == Work.READY, work.c.collect_by),
        *((work.c.state == state, work.c.since + patience) for state, patience in PATIENCE.items()),
    )


def _soon(work: CTE, due: ColumnElement[Any], now: datetime) -> list[ColumnElement[bool]]:
    return [and_(work.c.state == state, due <= now + before) for state, before in SOON.items()]


def _lane(work: CTE) -> ColumnElement[Any]:
    return case(*((work.c.state.in_(states), lane.value) for lane, states in LANES.items()))


def _named(work: Any) -> Select[*tuple[Any, ...]]:
    """Say of which order, where, and why it waits or may not leave."""
    before, held = _last_cause(work), _hold(work)
    return (
        select(
            work,
            Order.number,
            Location.code,
            Location.name,
            Location.city,
            before.c.cause.label("last_cause"),
            held.c.reason.label("hold"),
        )
        .join(Order, Order.id == work.c.order_id)
        .outerjoin(Location, Location.id == work.c.location_id)
        .outerjoin(before, true())
        .outerjoin(held, true())
        .order_by(work.c.due, work.c.id)
    )


def _last_cause(work: Any) -> LateralFromClause:
    """Select why the units of work that waits were last given up, of the same lines."""
    mine, theirs = aliased(FulfillmentLine), aliased(FulfillmentLine)
    return lateral(
        select(Fulfillment.cause)
        .join(theirs, theirs.fulfillment_id == Fulfillment.id)
        .join(mine, mine.line_id == theirs.line_id)
        .where(
            mine.fulfillment_id == work.c.id,
            work.c.state == Work.UNSOURCED,
            Fulfillment.state == Work.WITHDRAWN,
            Fulfillment.cause != Cause.SOURCED,
        )
        .order_by(Fulfillment.id.desc())
        .limit(1)
    )


def _hold(work: Any) -> LateralFromClause:
    return lateral(
        select(FulfillmentHold.reason).where(
            FulfillmentHold.fulfillment_id == work.c.id, FulfillmentHold.released_at.is_(None)
        )
    )


def _asked(now: datetime) -> Subquery:
    return (
        select(Fulfillment.location_id, func.count().label("count"))
        .join(FulfillmentTransition, FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .where(
            FulfillmentTransition.at >= now - REFUSALS_OF,
            FulfillmentTransition.event == WorkEvent.OPEN,
            FulfillmentTransition.after == Work.OFFERED,
        )
        .group_by(Fulfillment.location_id)
        .subquery("asked")
    )


def _refused(now: datetime) -> Subquery:
    each = (
        select(Fulfillment.location_id, Fulfillment.cause, func.count().label("count"))
        .join(FulfillmentTransition, FulfillmentTransition.fulfillment_id == Fulfillment.id)
        .where(
            FulfillmentTransition.at >= now - REFUSALS_OF,
            FulfillmentTransition.event == WorkEvent.WITHDRAW,
            Fulfillment.cause.in_(REFUSED),
            Fulfillment.location_id.is_not(None),
        )
        .group_by(Fulfillment.location_id, Fulfillment.cause)
        .subquery("each")
    )
    return (
        select(
            each.c.location_id,
            func.sum(each.c.count).label("count"),
            func.jsonb_object_agg(each.c.cause, each.c.count).label("causes"),
        )
        .group_by(each.c.location_id)
        .subquery("refused")
    )


def _watched(row: Any, *, now: datetime) -> shown.Watched:
    state = Work(row.state)
    due = due_at(state, since=row.since, accept_by=row.accept_by, collect_by=row.collect_by)
    return shown.Watched(
        number=row.number,
        state=state,
        code=row.code,
        place=row.name,
        city=row.city,
        since=row.since,
        due=due,
        pace=pace(state, due=due, now=now),
        cause=Cause(row.last_cause) if row.last_cause else None,
        hold=row.hold,
    )
