"""Reads of endpoints, and of what is on its way to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from sellier.domain.webhooks.states import DeliveryState, EndpointState
from sellier.kernel.ids import WebhookDeliveryId, WebhookEndpointId, WebhookMessageId

ENDPOINTS_MAX: Final = 200
ATTEMPTS_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRead:
    """An endpoint as it stands."""

    id: WebhookEndpointId
    name: str
    url: str
    events: Sequence[str]
    state: EndpointState
    failing_since: datetime | None
    secret_number: int
    old_secret_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """An endpoint in a list, with how it does."""

    id: WebhookEndpointId
    name: str
    url: str
    events: Sequence[str]
    state: EndpointState
    failing_since: datetime | None
    waiting: int
    parked: int
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRead:
    """One try, as it ended."""

    number: int
    at: datetime
    status: int | None
    error: str | None
    answer: str
    latency_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery in the log, with how its last try ended."""

    id: WebhookDeliveryId
    event: str
    subject: str | None
    state: DeliveryState
    tries: int
    next_try_at: datetime
    created_at: datetime
    status: int | None
    error: str | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRead:
    """A delivery whole: what was sent, and every answer."""

    id: WebhookDeliveryId
    endpoint_id: WebhookEndpointId
    endpoint: str
    url: str
    message_id: WebhookMessageId
    event: str
    body: str
    state: DeliveryState
    tries: int
    next_try_at: datetime
    created_at: datetime
    done_at: datetime | None
    attempts: Sequence[AttemptRead]


async def endpoint(
    db: AsyncSession, *, endpoint_id: WebhookEndpointId, is_locked: bool = False
) -> EndpointRead | None:
    """Return one endpoint, or None; locked if it is to be changed."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    if is_locked:
        statement = statement.with_for_update()
    found = await db.scalar(statement)
    return None if found is None else _endpoint(found)


async def endpoints(db: AsyncSession) -> Sequence[EndpointRow]:
    """List all endpoints by name, with what waits for them."""
    mine = WebhookDelivery.endpoint_id == WebhookEndpoint.id

    def told(what: Any, state: DeliveryState) -> Any:
        found = select(what).where(mine, WebhookDelivery.state == state)
        return found.correlate(WebhookEndpoint).scalar_subquery()

    statement = (
        select(
            WebhookEndpoint,
            told(func.count(), DeliveryState.WAITING).label("waiting"),
            told(func.count(), DeliveryState.PARKED).label("parked"),
            told(func.max(WebhookDelivery.done_at), DeliveryState.DELIVERED).label("arrived_at"),
        )
        .order_by(func.lower(WebhookEndpoint.name), WebhookEndpoint.id)
        .limit(ENDPOINTS_MAX)
    )
    return [
        EndpointRow(
            id=row.id,
            name=row.name,
            url=row.url,
            events=row.events,
            state=EndpointState(row.state),
            failing_since=row.failing_since,
            waiting=waiting,
            parked=parked,
            arrived_at=arrived_at,
        )
        for row, waiting, parked, arrived_at in await db.execute(statement)
    ]


async def interested(db: AsyncSession) -> Mapping[WebhookEndpointId, frozenset[str]]:
    """Return which endpoints hear of which events."""
    statement = (
        select(WebhookEndpoint.id, WebhookEndpoint.events)
        .where(WebhookEndpoint.state == EndpointState.ACTIVE)
        .order_by(WebhookEndpoint.id)
        .limit(ENDPOINTS_MAX)
    )
    return {row.id: frozenset(row.events) for row in await db.execute(statement)}


async def deliveries(
    db: AsyncSession,
    *,
    endpoint_id: WebhookEndpointId,
    state: DeliveryState | None,
    before: WebhookDeliveryId | None,
    limit: int,
) -> Sequence[DeliveryRow]:
    """List what was sent to an endpoint, newest first."""
    last = aliased(WebhookAttempt)
    statement = (
        select(
            WebhookDelivery.id,
            WebhookMessage.event,
            WebhookDelivery.subject,
            WebhookDelivery.state,
            WebhookDelivery.tries,
            WebhookDelivery.next_try_at,
            WebhookDelivery.created_at,
            last.status,
            last.error,
            last.latency_ms,
        )
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .outerjoin(
            last, (last.delivery_id == WebhookDelivery.id) & (last.number == WebhookDelivery.tries)
        )
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if state is not None:
        statement = statement.where(WebhookDelivery.state == state)
    if before is not None:
        statement = statement.where(WebhookDelivery.id < before)
    rows = (await db.execute(statement)).mappings()
    return [DeliveryRow(**{**row, "state": DeliveryState(row["state"])}) for row in rows]


async def delivery(db: AsyncSession, *, delivery_id: WebhookDeliveryId) -> DeliveryRead | None:
    """Return one delivery whole, or None."""
    statement = (
        select(
            WebhookDelivery.id,
            WebhookDelivery.endpoint_id,
            WebhookEndpoint.name.label("endpoint"),
            WebhookEndpoint.url,
            WebhookDelivery.message_id,
            WebhookMessage.event,
            WebhookMessage.body,
            WebhookDelivery.state,
            WebhookDelivery.tries,
            WebhookDelivery.next_try_at,
            WebhookDelivery.created_at,
            WebhookDelivery.done_at,
        )
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id)
    )
    found = (await db.execute(statement)).mappings().one_or_none()
    if found is None:
        return None
    state = DeliveryState(found["state"])
    attempts = await _attempts(db, delivery_id)
    return DeliveryRead(**{**found, "state": state, "attempts": attempts})


def due(*, now: datetime, resting: Collection[WebhookEndpointId], each: int) -> Select[Any]:
    """Select what may be sent now: in turn by subject, and so many `each` endpoint at once."""
    ahead = aliased(WebhookDelivery)
    is_next = ~(
        select(ahead.id)
        .where(
            ahead.endpoint_id == WebhookDelivery.endpoint_id,
            ahead.subject == WebhookDelivery.subject,
            ahead.state == DeliveryState.WAITING,
            or_(
                ahead.sequence < WebhookDelivery.sequence,
                (ahead.sequence == WebhookDelivery.sequence) & (ahead.id < WebhookDelivery.id),
            ),
        )
        .exists()
    )
    place = func.row_number().over(
        partition_by=WebhookDelivery.endpoint_id, order_by=WebhookDelivery.next_try_at
    )
    ranked = (
        select(WebhookDelivery.id, place.label("place"))
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_try_at <= now,
            WebhookEndpoint.state == EndpointState.ACTIVE,
            WebhookEndpoint.id.not_in(resting),
            is_next,
        )
        .subquery("ranked")
    )
    return select(ranked.c.id).where(ranked.c.place <= each)


async def _attempts(db: AsyncSession, delivery_id: WebhookDeliveryId) -> Sequence[AttemptRead]:
    statement = (
        select(
            WebhookAttempt.number,
            WebhookAttempt.at,
            WebhookAttempt.status,
            WebhookAttempt.error,
            WebhookAttempt.answer,
            WebhookAttempt.latency_ms,
        )
        .where(WebhookAttempt.delivery_id == delivery_id)
        .order_by(WebhookAttempt.number.desc())
        .limit(ATTEMPTS_MAX)
    )
    return [AttemptRead(**row) for row in (await db.execute(statement)).mappings()]


def _endpoint(row: WebhookEndpoint) -> EndpointRead:
    return EndpointRead(
        id=row.id,
        name=row.name,
        url=row.url,
        events=row.events,
        state=EndpointState(row.state),
        failing_since=row.failing_since,
        secret_number=row.secret_number,
        old_secret_until=row.old_secret_until,
        created_at=row.created_at,
    )
