"""What the worker runs for letters."""

from typing import Any
from uuid import UUID

import structlog

from sellier.domain.orders import queries as orders
from sellier.domain.orders import service
from sellier.domain.organization import queries as organization
from sellier.infra import mail
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import OrderId
from sellier.surfaces.letters.compose import Letter, Occasion, compose, is_owed

log = structlog.get_logger()


async def order_confirmation(context: Context, events: Events) -> None:
    """Thank for every order that was paid."""
    for event in events:
        await _write(context, Letter.CONFIRMATION, dict(event))


async def order_canceled(context: Context, events: Events) -> None:
    """Explain every order that came to nothing without the customer's doing."""
    for event in events:
        await _write(context, Letter.CANCELED, dict(event))


async def _write(context: Context, letter: Letter, event: dict[str, Any]) -> None:
    """Send the letter of one event, once. A repeat that cannot know carries the same message id.

    A server that is away makes the job fail, which tries again; an address that is none does not.
    """
    event_id, now = int(event["id"]), context.clock()
    occasion = await _occasion(
        context, letter, event_id=event_id, order_id=OrderId(UUID(event["order_id"]))
    )
    if occasion is None:
        return
    written = compose(occasion, settings=context.settings, keys=context.keys)
    try:
        await mail.send(mail.server_at(context.settings.smtp_url), written, now=now)
    except mail.MailRefused:
        log.warning("letter refused", letter=letter, order_id=occasion.order.id)
        return
    async with context.sessions.begin() as db:
        await service.remember_letter(
            db, event_id=event_id, order_id=occasion.order.id, kind=letter, now=now
        )


async def _occasion(
    context: Context, letter: Letter, *, event_id: int, order_id: OrderId
) -> Occasion | None:
    async with context.sessions.begin() as db:
        if await orders.is_letter_sent(db, event_id=event_id):
            return None
        order = await orders.order(db, order_id=order_id)
        assert order is not None, "the event came from its transaction"
        if not is_owed(letter, list(await orders.history(db, order_id=order_id))):
            return None
        channels = await organization.channels(db)
    channel = next(one for one in channels if one.id == order.channel_id)
    return Occasion(event_id=event_id, letter=letter, order=order, channel=channel)


JOBS = [
    Job(name="letters.order_confirmation", run=order_confirmation),
    Job(name="letters.order_canceled", run=order_canceled),
]
