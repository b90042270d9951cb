"""What the worker runs for letters."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import queries as closures
from sellier.domain.closures.queries import ChoiceRead
from sellier.domain.closures.states import ChoiceState
from sellier.domain.orders import queries as orders
from sellier.domain.orders import service
from sellier.domain.orders.states import Cause, Work
from sellier.domain.organization import queries as organization
from sellier.domain.returns import queries as returns
from sellier.domain.returns.queries import ReturnRead
from sellier.infra import mail
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import ClosureChoiceId, OrderId, ReturnId
from sellier.surfaces.letters.compose import Letter, Occasion, compose, is_owed, is_told

log = structlog.get_logger()

# Of these states of the work the customer hears.
OF_WORK: Final[Mapping[str, Letter]] = {
    Work.HANDED_OVER: Letter.SENT,
    Work.READY: Letter.READY,
    Work.EXPIRED: Letter.UNCOLLECTED,
}

OF_CANCELED: Final[Mapping[str, Letter]] = {
    Cause.CUSTOMER: Letter.UNITS_CANCELED,
    Cause.SOLD_OUT: Letter.EXCHANGE_SOLD_OUT,
}

OF_RETURN: Final[Mapping[str, Letter]] = {
    "return.announced": Letter.RETURN_ANNOUNCED,
    "return.received": Letter.RETURN_RECEIVED,
    "return.settled": Letter.RETURN_SETTLED,
    "return.refused": Letter.RETURN_REFUSED,
    "exchange.released": Letter.EXCHANGE_RELEASED,
    "exchange.ended": Letter.EXCHANGE_ENDED,
}


async def order_confirmation(context: Context, events: Events) -> None:
    """Thank for every order that was paid."""
    for event in events:
        await _write(context, Letter.CONFIRMATION, dict(event))


async def order_canceled(context: Context, events: Events) -> None:
    """Explain every order that came to nothing without the customer's doing."""
    for event in events:
        await _write(context, Letter.CANCELED, dict(event))


async def work_moved(context: Context, events: Events) -> None:
    """Tell of pieces that left, that are ready, or that nobody collected."""
    for event in events:
        letter = OF_WORK.get(event["state"])
        if letter is not None:
            await _write(context, letter, dict(event))


async def still_to_collect(context: Context, events: Events) -> None:
    """Remind of pieces that wait in a boutique."""
    for event in events:
        await _write(context, Letter.REMINDER, dict(event))


async def units_canceled(context: Context, events: Events) -> None:
    """Tell of pieces that were canceled, when no other letter does."""
    for event in events:
        letter = OF_CANCELED.get(event["cause"])
        if letter is not None:
            await _write(context, letter, dict(event))


async def return_moved(context: Context, events: Events) -> None:
    """Tell of a return: announced, here, paid back, or on its way back to the customer."""
    for event in events:
        await _write(context, OF_RETURN[event["name"]], dict(event))


async def boutique_closed(context: Context, events: Events) -> None:
    """Ask what becomes of pieces that wait in a boutique that closes."""
    for event in events:
        await _write(context, Letter.CHOICE, dict(event))


async def again(context: Context, events: Events) -> None:
    """Write a letter once more that somebody of the house asks for."""
    for event in events:
        await _write(context, Letter(event["letter"]), dict(event))


async def _write(context: Context, letter: Letter, event: dict[str, Any]) -> None:
    """Send the letter of one event, once. A repeat that cannot know carries the same message id.

    A server that is away makes the job fail, which tries again; an address that is none does not.
    """
    event_id, now = int(event["id"]), context.clock()
    occasion = await _occasion(context, letter, event=event)
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


async def _occasion(context: Context, letter: Letter, *, event: dict[str, Any]) -> Occasion | None:
    event_id, order_id = int(event["id"]), OrderId(UUID(event["order_id"]))
    async with context.sessions.begin() as db:
        if await orders.is_letter_sent(db, event_id=event_id):
            return None
        order = await orders.order(db, order_id=order_id)
        assert order is not None, "the event came from its transaction"
        is_wanted = "letter" in event
        history = list(await orders.history(db, order_id=order_id))
        if not is_wanted and not is_owed(letter, history):
            return None
        back = await _return(db, letter, event)
        is_past = back is not None and not is_wanted and not is_told(letter, back)
        channels = await organization.channels(db)
        choice = await _choice(db, event)
        if is_past or (letter is Letter.CHOICE and choice is None):
            return None
    channel = next(one for one in channels if one.id == order.channel_id)
    told = str(choice.fulfillment_id) if choice else event.get("fulfillment_id")
    work = next((one for one in order.fulfillments if str(one.id) == told), None)
    return Occasion(
        event_id=event_id,
        letter=letter,
        order=order,
        channel=channel,
        work=work,
        back=back,
        choice=choice,
    )


async def _return(db: AsyncSession, letter: Letter, event: Mapping[str, Any]) -> ReturnRead | None:
    """Return what a letter of a return is about; one that is asked for again is of the latest."""
    if letter not in OF_RETURN.values():
        return None
    if told := event.get("return_id"):
        return await returns.return_of(db, return_id=ReturnId(UUID(told)))
    found = await returns.of_order(db, order_id=OrderId(UUID(event["order_id"])))
    return found[-1] if found else None


async def _choice(db: AsyncSession, event: Mapping[str, Any]) -> ChoiceRead | None:
    """Return what a letter asks; nothing, once there is nothing left to choose."""
    if "choice_id" not in event:
        return None
    found = await closures.choice(db, choice_id=ClosureChoiceId(UUID(event["choice_id"])))
    return found if found is not None and found.state is ChoiceState.OPEN else None


JOBS = [
    Job(name="letters.order_confirmation", run=order_confirmation),
    Job(name="letters.order_canceled", run=order_canceled),
    Job(name="letters.work_moved", run=work_moved),
    Job(name="letters.still_to_collect", run=still_to_collect),
    Job(name="letters.units_canceled", run=units_canceled),
    Job(name="letters.return_moved", run=return_moved),
    Job(name="letters.boutique_closed", run=boutique_closed),
    Job(name="letters.again", run=again),
]
