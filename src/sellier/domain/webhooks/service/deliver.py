"""Bring messages to endpoints: at least once, in turn by subject, a bounded number of times."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks import Webhook

from sellier.domain.webhooks import queries
from sellier.domain.webhooks.errors import DeliveryNotFound
from sellier.domain.webhooks.gateway import Answer, Post
from sellier.domain.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from sellier.domain.webhooks.queries import EndpointRead
from sellier.domain.webhooks.rules import sending
from sellier.domain.webhooks.service.endpoints import secrets_of
from sellier.domain.webhooks.states import (
    DeliveryEvent,
    DeliveryState,
    EndpointState,
    next_state,
)
from sellier.infra.keys import Keys
from sellier.kernel.ids import WebhookDeliveryId, WebhookEndpointId, public_id

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]

LEASE: Final = timedelta(seconds=60)  # much longer than an endpoint may take to answer
AT_ONCE: Final = 32
EACH_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One try that is ours alone: until its lease ends, nobody else makes it."""

    delivery_id: WebhookDeliveryId
    endpoint: EndpointRead
    message_id: str
    body: str
    number: int


async def claim(
    db: AsyncSession,
    *,
    now: datetime,
    resting: Collection[WebhookEndpointId] = (),
    limit: int = AT_ONCE,
) -> Sequence[Due]:
    """Take what may be sent now; endpoints that are busy may rest."""
    ours = (
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.id.in_(queries.due(now=now, resting=resting, each=EACH_AT_ONCE)),
            # Looked at again once it is locked: another worker may just have taken it.
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_try_at <= now,
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(ours))
        .values(tries=WebhookDelivery.tries + 1, next_try_at=now + LEASE)
        .returning(
            WebhookDelivery.id,
            WebhookDelivery.endpoint_id,
            WebhookDelivery.message_id,
            WebhookDelivery.tries,
        )
        .execution_options(synchronize_session=False)
    )
    rows = (await db.execute(taken)).all()
    bodies = await _bodies(db, {row.message_id for row in rows})
    found = {each: await _endpoint(db, each) for each in {row.endpoint_id for row in rows}}
    return [
        Due(
            delivery_id=row.id,
            endpoint=found[row.endpoint_id],
            message_id=public_id("msg", row.message_id),
            body=bodies[row.message_id],
            number=row.tries,
        )
        for row in rows
    ]


async def try_once(sessions: Sessions, post: Post, *, due: Due, keys: Keys, now: datetime) -> None:
    """Send one message once, and write down how that ended."""
    body = due.body
    signatures = [
        Webhook(secret).sign(due.message_id, now, body)
        for secret in secrets_of(due.endpoint, keys=keys, now=now)
    ]
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": due.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    answer = await post.send(due.endpoint.url, headers=headers, body=body.encode())
    async with sessions.begin() as db:
        await _record(db, due=due, answer=answer, now=now)


async def resend(
    db: AsyncSession, *, delivery_id: WebhookDeliveryId, by: str, now: datetime
) -> None:
    """Send once more, by hand: the same bytes under the same id, with all its tries anew."""
    found = await _locked(db, delivery_id)
    if found is None:
        raise DeliveryNotFound("There is no such delivery. It may be forgotten: 30 days are kept.")
    state = next_state(DeliveryState(found.state), DeliveryEvent.RESEND)
    anew = {"state": state, "tries_before": found.tries, "next_try_at": now, "done_at": None}
    await _set(db, delivery_id, anew)
    log.info("webhook sent again", delivery_id=delivery_id, by=by)


async def _record(db: AsyncSession, *, due: Due, answer: Answer, now: datetime) -> None:
    attempt = insert(WebhookAttempt).values(
        delivery_id=due.delivery_id,
        number=due.number,
        at=now,
        status=answer.status,
        error=answer.error,
        answer=answer.text,
        latency_ms=answer.latency_ms,
    )
    await db.execute(attempt)
    found = await _locked(db, due.delivery_id)
    if found is None or found.tries != due.number or found.state != DeliveryState.WAITING:
        return  # it took so long that somebody else tries already
    if answer.status is not None and HTTPStatus(200) <= answer.status < HTTPStatus(300):
        arrived = next_state(DeliveryState.WAITING, DeliveryEvent.ARRIVE)
        await _set(db, due.delivery_id, {"state": arrived, "done_at": now})
        await _recover(db, due.endpoint.id)
        return
    next_try_at = sending.next_try(tries=found.tries - found.tries_before, now=now)
    if next_try_at is None or answer.status == HTTPStatus.GONE:
        parked = next_state(DeliveryState.WAITING, DeliveryEvent.GIVE_UP)
        await _set(db, due.delivery_id, {"state": parked, "done_at": now})
        log.warning("webhook parked", delivery_id=due.delivery_id, status=answer.status)
    else:
        await _set(db, due.delivery_id, {"next_try_at": next_try_at})
    await _fail(db, due.endpoint.id, is_gone=answer.status == HTTPStatus.GONE, now=now)


async def _recover(db: AsyncSession, endpoint_id: WebhookEndpointId) -> None:
    failing = (WebhookEndpoint.id == endpoint_id, WebhookEndpoint.failing_since.is_not(None))
    well = update(WebhookEndpoint).where(*failing).values(failing_since=None)
    await db.execute(well.execution_options(synchronize_session=False))


async def _fail(
    db: AsyncSession, endpoint_id: WebhookEndpointId, *, is_gone: bool, now: datetime
) -> None:
    """Remember since when nothing arrives; after days of that, send nothing more."""
    noted = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state == EndpointState.ACTIVE)
        .values(failing_since=func.coalesce(WebhookEndpoint.failing_since, now))
        .returning(WebhookEndpoint.failing_since)
        .execution_options(synchronize_session=False)
    )
    since = await db.scalar(noted)
    if since is None:
        return
    if is_gone or sending.is_given_up(failing_since=since, now=now):
        state = EndpointState.GONE if is_gone else EndpointState.FAILING
        off = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
        await db.execute(off.values(state=state).execution_options(synchronize_session=False))
        log.error("webhook endpoint switched off", endpoint_id=endpoint_id, state=state)


async def _locked(db: AsyncSession, delivery_id: WebhookDeliveryId) -> WebhookDelivery | None:
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return await db.scalar(statement)


async def _set(
    db: AsyncSession, delivery_id: WebhookDeliveryId, values: Mapping[str, object]
) -> None:
    changed = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    await db.execute(changed.values(dict(values)).execution_options(synchronize_session=False))


async def _bodies(db: AsyncSession, ids: Collection[object]) -> dict[object, str]:
    statement = select(WebhookMessage.id, WebhookMessage.body).where(WebhookMessage.id.in_(ids))
    return {row.id: row.body for row in await db.execute(statement.limit(len(ids)))}


async def _endpoint(db: AsyncSession, endpoint_id: WebhookEndpointId) -> EndpointRead:
    found = await queries.endpoint(db, endpoint_id=endpoint_id)
    assert found is not None, "a delivery has its endpoint"
    return found
