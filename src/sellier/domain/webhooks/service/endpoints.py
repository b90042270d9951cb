"""Who hears of events. The host name was looked up before, by `gateway.check`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.webhooks import queries
from sellier.domain.webhooks.errors import EndpointNotFound, EventsUnknown
from sellier.domain.webhooks.models import WebhookEndpoint
from sellier.domain.webhooks.queries import EndpointRead
from sellier.domain.webhooks.rules import public, sending
from sellier.domain.webhooks.states import EndpointState
from sellier.infra.keys import Keys
from sellier.kernel.ids import WebhookEndpointId, new_id

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to hear of, and where."""

    name: str
    url: str
    events: Sequence[str]


async def add(db: AsyncSession, *, wish: Wish, by: str, now: datetime) -> WebhookEndpointId:
    """Let an endpoint hear of events from now on. Raises `EventsUnknown`."""
    endpoint_id = WebhookEndpointId(new_id())
    statement = insert(WebhookEndpoint).values(
        id=endpoint_id,
        name=wish.name,
        url=wish.url,
        events=_known(wish.events),
        state=EndpointState.ACTIVE,
        created_at=now,
        created_by=by,
    )
    await db.execute(statement)
    log.info("webhook endpoint added", endpoint_id=endpoint_id, url=wish.url, by=by)
    return endpoint_id


async def change(db: AsyncSession, *, endpoint_id: WebhookEndpointId, wish: Wish, by: str) -> None:
    """Give an endpoint another name, address or choice of events.

    What is on its way goes to the new address.
    """
    await _locked(db, endpoint_id)
    await _set(db, endpoint_id, {"name": wish.name, "url": wish.url, "events": _known(wish.events)})
    log.info("webhook endpoint changed", endpoint_id=endpoint_id, url=wish.url, by=by)


async def rotate(
    db: AsyncSession, *, endpoint_id: WebhookEndpointId, by: str, now: datetime
) -> None:
    """Sign with a new secret; with the old one as well, for a day."""
    found = await _locked(db, endpoint_id)
    until = now + sending.OLD_SECRET_LASTS
    number = found.secret_number + 1
    await _set(db, endpoint_id, {"secret_number": number, "old_secret_until": until})
    log.info("webhook secret changed", endpoint_id=endpoint_id, number=number, by=by)


async def switch_off(db: AsyncSession, *, endpoint_id: WebhookEndpointId, by: str) -> None:
    """Send nothing more. What waits is kept; what happens meanwhile is not told later."""
    await _locked(db, endpoint_id)
    await _set(db, endpoint_id, {"state": EndpointState.OFF})
    log.info("webhook endpoint switched off", endpoint_id=endpoint_id, by=by)


async def switch_on(db: AsyncSession, *, endpoint_id: WebhookEndpointId, by: str) -> None:
    """Send again, what waits first."""
    await _locked(db, endpoint_id)
    await _set(db, endpoint_id, {"state": EndpointState.ACTIVE, "failing_since": None})
    log.info("webhook endpoint switched on", endpoint_id=endpoint_id, by=by)


def secrets_of(endpoint: EndpointRead, *, keys: Keys, now: datetime) -> Sequence[str]:
    """Return what an endpoint's messages are signed with: the newest first, while two hold."""
    numbers = [endpoint.secret_number]
    if endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        numbers.append(endpoint.secret_number - 1)
    return [keys.notice_secret(f"webhooks:{endpoint.id}:{number}") for number in numbers]


def _known(events: Sequence[str]) -> list[str]:
    choices = {event.name for event in public.CHOICES}
    if not events or not set(events) <= choices:
        raise EventsUnknown("Choose one event or more of the list.")
    return sorted(set(events))


async def _locked(db: AsyncSession, endpoint_id: WebhookEndpointId) -> EndpointRead:
    found = await queries.endpoint(db, endpoint_id=endpoint_id, is_locked=True)
    if found is None:
        raise EndpointNotFound("There is no such endpoint. Choose one of the list.")
    return found


async def _set(
    db: AsyncSession, endpoint_id: WebhookEndpointId, values: Mapping[str, object]
) -> None:
    changed = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    await db.execute(changed.values(dict(values)).execution_options(synchronize_session=False))
