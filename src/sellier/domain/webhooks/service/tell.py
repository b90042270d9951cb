"""Turn events into messages, and messages into deliveries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.webhooks import queries
from sellier.domain.webhooks.errors import EndpointNotFound
from sellier.domain.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookMessage
from sellier.domain.webhooks.rules import public, sending
from sellier.domain.webhooks.states import START, DeliveryState
from sellier.kernel.ids import (
    WebhookDeliveryId,
    WebhookEndpointId,
    WebhookMessageId,
    new_id,
    public_id,
)

log = structlog.get_logger()


async def tell(
    db: AsyncSession, *, events: Sequence[Mapping[str, Any]], source: str, now: datetime
) -> int:
    """Write down who is to hear of events, once for each event; return how many deliveries."""
    interested = await queries.interested(db)
    written = 0
    for event in events:
        who = [each for each, names in interested.items() if event["name"] in names]
        if who:
            written += await _write(db, event, who=who, source=source, now=now)
    return written


async def test(
    db: AsyncSession, *, endpoint_id: WebhookEndpointId, source: str, by: str, now: datetime
) -> WebhookDeliveryId:
    """Send a message of no consequence to one endpoint, whatever it wants to hear of."""
    if await queries.endpoint(db, endpoint_id=endpoint_id) is None:
        raise EndpointNotFound("There is no such endpoint. Choose one of the list.")
    payload = {"happened_at": now.isoformat(), "message": "Everything is stitched up well."}
    message = _message(public.EVENTS[public.TEST], payload, number=None, source=source, now=now)
    await db.execute(insert(WebhookMessage).values(message))
    delivery = _delivery(message, endpoint_id, subject=None, now=now)
    await db.execute(insert(WebhookDelivery).values(delivery))
    log.info("webhook test", endpoint_id=endpoint_id, by=by)
    return WebhookDeliveryId(delivery["id"])


async def forget(db: AsyncSession, *, now: datetime) -> None:
    """Forget messages that nobody waits for any more."""
    old = WebhookMessage.created_at < now - sending.KEPT_FOR
    waits = select(WebhookDelivery.id).where(
        WebhookDelivery.message_id == WebhookMessage.id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    messages = select(WebhookMessage.id).where(old, ~waits.exists())
    gone = select(WebhookDelivery.id).where(WebhookDelivery.message_id.in_(messages))
    await db.execute(delete(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(gone)))
    ended = delete(WebhookDelivery).where(WebhookDelivery.message_id.in_(messages))
    await db.execute(ended.execution_options(synchronize_session=False))
    left = select(WebhookDelivery.id).where(WebhookDelivery.message_id == WebhookMessage.id)
    await db.execute(
        delete(WebhookMessage)
        .where(old, ~left.exists())
        .execution_options(synchronize_session=False)
    )


async def _write(
    db: AsyncSession,
    event: Mapping[str, Any],
    *,
    who: Iterable[WebhookEndpointId],
    source: str,
    now: datetime,
) -> int:
    described = public.EVENTS[event["name"]]
    try:
        message = _message(described, event, number=event["id"], source=source, now=now)
        subject = public.subject_of(described, event)
    except (KeyError, ValueError):
        # One event that is not as it is described must not keep all others waiting.
        log.exception("event cannot be told", name=event["name"], number=event["id"])
        return 0
    once = insert_unless(WebhookMessage).values(message).on_conflict_do_nothing()
    if await db.scalar(once.returning(WebhookMessage.id)) is None:
        return 0
    rows = [_delivery(message, each, subject=subject, now=now) for each in who]
    await db.execute(insert(WebhookDelivery), rows)
    return len(rows)


def _message(
    event: public.PublicEvent,
    payload: Mapping[str, Any],
    *,
    number: int | None,
    source: str,
    now: datetime,
) -> dict[str, Any]:
    message_id = WebhookMessageId(new_id())
    said = public.envelope(
        event,
        payload,
        message_id=public_id("msg", message_id),
        source=source,
        sequence=number or 0,
    )
    return {
        "id": message_id,
        "outbox_id": number,
        "event": event.name,
        "body": msgspec.json.encode(said).decode(),
        "created_at": now,
    }


def _delivery(
    message: Mapping[str, Any],
    endpoint_id: WebhookEndpointId,
    *,
    subject: str | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "endpoint_id": endpoint_id,
        "message_id": message["id"],
        "subject": subject,
        "sequence": message["outbox_id"] or 0,
        "state": START,
        "next_try_at": now,
        "created_at": now,
    }
