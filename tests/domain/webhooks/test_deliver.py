"""What happened is told at least once, in turn, signed, and without waiting for the slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks import Webhook, WebhookVerificationError

from sellier.domain.webhooks import jobs, queries
from sellier.domain.webhooks import service as webhooks
from sellier.domain.webhooks.errors import DeliveryTransitionRefused
from sellier.domain.webhooks.gateway import Post
from sellier.domain.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookMessage
from sellier.domain.webhooks.queries import DeliveryRead, DeliveryRow, EndpointRead
from sellier.domain.webhooks.rules.sending import TRIES_MAX, WAITS
from sellier.domain.webhooks.service.deliver import LEASE
from sellier.domain.webhooks.states import DeliveryState, EndpointState
from sellier.infra.jobs import Context
from sellier.infra.settings import Settings
from sellier.kernel.ids import WebhookEndpointId, new_id
from tests.domain.webhooks import make
from tests.domain.webhooks.make import KEYS, Heard, Receiver

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def sender() -> AsyncIterator[Post]:
    async with make.post() as made:
        yield made


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with make.receiver() as made:
        yield made


async def _endpoint(sessions: Sessions, endpoint_id: WebhookEndpointId) -> EndpointRead:
    async with sessions() as db:
        found = await queries.endpoint(db, endpoint_id=endpoint_id)
    assert found is not None
    return found


async def _log(sessions: Sessions, endpoint_id: WebhookEndpointId) -> list[DeliveryRow]:
    async with sessions() as db:
        found = await queries.deliveries(
            db, endpoint_id=endpoint_id, state=None, before=None, limit=100
        )
    return list(found)


async def _whole(sessions: Sessions, row: DeliveryRow) -> DeliveryRead:
    async with sessions() as db:
        found = await queries.delivery(db, delivery_id=row.id)
    assert found is not None
    return found


def _verify(heard: Heard, secret: str) -> object:
    return Webhook(secret).verify(heard.body.decode(), dict(heard.headers))


async def test_what_happened_arrives_as_a_cloud_event(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("payment.captured", 7, now=noon), now=noon)

    assert await make.deliver(sessions, sender, now=noon) == 1

    (heard,) = there.heard
    said = json.loads(heard.body)
    assert heard.line == "POST /hooks HTTP/1.1"
    assert heard.headers["content-type"].startswith("application/cloudevents+json")
    assert heard.headers["host"] == f"127.0.0.1:{there.port}"
    assert said["specversion"] == "1.0"
    assert said["id"] == heard.id
    assert said["source"] == make.SOURCE
    assert said["type"] == "sellier.payment.captured.v1"
    assert said["subject"] == said["data"]["order"]
    assert said["data"]["order"].startswith("ord_")
    assert said["data"]["amount"] == {"minor": 1250, "currency": "EUR"}
    assert datetime.fromisoformat(said["time"]) == noon
    (row,) = await _log(sessions, endpoint_id)
    assert (row.state, row.status) == (DeliveryState.DELIVERED, 200)
    whole = await _whole(sessions, row)
    assert whole.body.encode() == heard.body
    assert whole.attempts[0].answer == "thank you"


async def test_the_signature_verifies_with_the_library(
    sessions: Sessions, sender: Post, there: Receiver
) -> None:
    now = datetime.now().astimezone()
    endpoint_id = await make.endpoint(sessions, there.url, now=now)
    await make.tell(sessions, make.event("order.paid", 1, now=now), now=now)
    await make.deliver(sessions, sender, now=now)

    (secret,) = webhooks.secrets_of(await _endpoint(sessions, endpoint_id), keys=KEYS, now=now)
    (heard,) = there.heard
    assert _verify(heard, secret)
    with pytest.raises(WebhookVerificationError):
        _verify(heard, KEYS.notice_secret("of somebody else"))


async def test_while_a_secret_is_changed_both_sign(
    sessions: Sessions, sender: Post, there: Receiver
) -> None:
    now = datetime.now().astimezone()
    endpoint_id = await make.endpoint(sessions, there.url, now=now)
    (old,) = webhooks.secrets_of(await _endpoint(sessions, endpoint_id), keys=KEYS, now=now)
    async with sessions.begin() as db:
        await webhooks.rotate(db, endpoint_id=endpoint_id, by="test", now=now)
    changed = await _endpoint(sessions, endpoint_id)
    new, still = webhooks.secrets_of(changed, keys=KEYS, now=now)
    assert still == old != new

    await make.tell(sessions, make.event("order.paid", 1, now=now), now=now)
    await make.deliver(sessions, sender, now=now)

    (heard,) = there.heard
    assert _verify(heard, old)
    assert _verify(heard, new)
    assert webhooks.secrets_of(changed, keys=KEYS, now=now + timedelta(days=1)) == [new]


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
async def test_retries_keep_the_same_webhook_id(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime, status: int
) -> None:
    there.status, there.location = status, "/elsewhere"
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    now = noon
    for wait in (*WAITS, timedelta()):
        assert await make.deliver(sessions, sender, now=now) == 1
        assert await make.deliver(sessions, sender, now=now + wait - timedelta(seconds=1)) == 0
        now += wait
    assert await make.deliver(sessions, sender, now=now + timedelta(days=9)) == 0

    assert len(there.heard) == TRIES_MAX
    assert len({heard.id for heard in there.heard}) == 1
    assert len({heard.body for heard in there.heard}) == 1
    assert len({heard.headers["webhook-timestamp"] for heard in there.heard}) == TRIES_MAX
    assert all("/elsewhere" not in heard.line for heard in there.heard)
    (row,) = await _log(sessions, endpoint_id)
    assert row.state is DeliveryState.PARKED
    assert timedelta(days=3) < now - noon < timedelta(days=4)


async def test_what_is_parked_can_be_sent_again_by_hand(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    there.status = 500
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    now = noon
    for wait in (*WAITS, timedelta()):
        await make.deliver(sessions, sender, now=now)
        now += wait
    (row,) = await _log(sessions, endpoint_id)
    there.status = 200
    async with sessions.begin() as db:
        await webhooks.resend(db, delivery_id=row.id, by="test", now=now)
    with pytest.raises(DeliveryTransitionRefused):
        async with sessions.begin() as db:
            await webhooks.resend(db, delivery_id=row.id, by="test", now=now)

    await make.deliver(sessions, sender, now=now)

    (row,) = await _log(sessions, endpoint_id)
    assert row.state is DeliveryState.DELIVERED
    assert len({heard.id for heard in there.heard}) == 1


async def test_what_is_told_of_one_subject_is_told_in_turn(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon)
    other = str(new_id())
    await make.tell(
        sessions,
        make.event("order.placed", 1, now=noon),
        make.event("order.paid", 2, now=noon),
        make.event("order.canceled", 3, now=noon, order_id=other),
        now=noon,
    )
    there.status = 500
    assert await make.deliver(sessions, sender, now=noon) == 2
    assert await make.deliver(sessions, sender, now=noon) == 0  # the second waits for the first
    there.status = 200
    now = noon + timedelta(minutes=1)
    assert await make.deliver(sessions, sender, now=now) == 2
    assert await make.deliver(sessions, sender, now=now) == 1

    mine = [json.loads(heard.body) for heard in there.heard]
    types = [each["type"] for each in mine if each["subject"] != mine[1]["subject"]]
    assert len(types) == 3
    assert types[-1] == "sellier.order.paid.v1"
    numbers = [each["sequence"] for each in mine if each["type"] != "sellier.order.canceled.v1"]
    assert numbers == sorted(numbers)


async def test_an_event_is_written_once_however_often_it_is_told(
    sessions: Sessions, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon)
    paid = make.event("order.paid", 1, now=noon)
    told = await asyncio.gather(*(make.tell(sessions, paid, now=noon) for _ in range(4)))
    assert sum(told) == 1


async def test_only_what_is_asked_for_is_told(
    sessions: Sessions, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon, events=["order.paid"])
    off = await make.endpoint(sessions, there.url, now=noon)
    async with sessions.begin() as db:
        await webhooks.switch_off(db, endpoint_id=off, by="test")
    events = [make.event(name, at, now=noon) for at, name in enumerate(make.ALL)]
    assert await make.tell(sessions, *events, now=noon) == 1


async def test_an_event_that_makes_no_sense_does_not_stop_the_others(
    sessions: Sessions, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon)
    bad = make.event("order.paid", 1, now=noon, order_id="no id")
    assert await make.tell(sessions, bad, make.event("order.paid", 2, now=noon), now=noon) == 1


async def test_parallel_workers_never_make_one_try_twice(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon)
    for number in range(30):
        paid = make.event("order.paid", number, now=noon, order_id=str(new_id()))
        await make.tell(sessions, paid, now=noon)

    while any(await asyncio.gather(*(make.deliver(sessions, sender, now=noon) for _ in range(6)))):
        pass

    assert len(there.heard) == 30
    assert len({heard.id for heard in there.heard}) == 30
    async with sessions() as db:
        assert await db.scalar(select(func.max(WebhookDelivery.tries))) == 1


async def test_a_worker_that_died_is_followed_by_another(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    async with sessions.begin() as db:
        (died,) = await webhooks.claim(db, now=noon)
    assert await make.deliver(sessions, sender, now=noon) == 0
    later = noon + LEASE

    assert await make.deliver(sessions, sender, now=later) == 1
    await webhooks.try_once(sessions, sender, due=died, keys=KEYS, now=later)  # and is not dead

    (row,) = await _log(sessions, endpoint_id)
    assert (row.state, row.tries) == (DeliveryState.DELIVERED, 2)
    assert len({heard.id for heard in there.heard}) == 1


async def test_a_slow_receiver_does_not_hold_others_up(
    *, sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    async with make.receiver(wait=asyncio.Event()) as slow, make.receiver() as quick:
        # The slow one first, so that it would be in the way.
        await make.endpoint(sessions, slow.url, now=noon)
        for number in range(40):
            paid = make.event("order.paid", number, now=noon, order_id=str(new_id()))
            await make.tell(sessions, paid, now=noon)
        await make.endpoint(sessions, quick.url, now=noon)
        context = _context(sessions, settings, now=noon)
        until = asyncio.Event()
        delivering = asyncio.create_task(jobs.deliver(context, until=until))
        await _heard(slow, 4)
        for number in range(40, 60):
            paid = make.event("order.paid", number, now=noon, order_id=str(new_id()))
            await make.tell(sessions, paid, now=noon)
        await _heard(quick, 20)
        assert slow.most_at_once <= 8
        until.set()
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)


async def test_the_worker_stops_in_the_middle_and_another_goes_on(
    *, sessions: Sessions, sender: Post, settings: Settings, noon: datetime
) -> None:
    async with make.receiver(wait=asyncio.Event()) as there:
        endpoint_id = await make.endpoint(sessions, there.url, now=noon)
        await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
        until = asyncio.Event()
        context = _context(sessions, settings, now=noon)
        delivering = asyncio.create_task(jobs.deliver(context, until=until))
        await _heard(there, 1)
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        assert there.wait is not None
        there.wait.set()
        await make.deliver(sessions, sender, now=noon + LEASE)
        (row,) = await _log(sessions, endpoint_id)
        assert row.state is DeliveryState.DELIVERED


async def test_an_endpoint_where_nothing_arrives_for_days_is_switched_off(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    there.status = 500
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    for day in range(6):
        now = noon + timedelta(days=day)
        paid = make.event("order.paid", day, now=now, order_id=str(new_id()))
        await make.tell(sessions, paid, now=now)
        await make.deliver(sessions, sender, now=now)
    assert (await _endpoint(sessions, endpoint_id)).state is EndpointState.FAILING
    assert await make.deliver(sessions, sender, now=now + timedelta(days=1)) == 0

    there.status = 200
    async with sessions.begin() as db:
        await webhooks.switch_on(db, endpoint_id=endpoint_id, by="test")
    while await make.deliver(sessions, sender, now=now + timedelta(days=1)):
        pass

    states = {row.state for row in await _log(sessions, endpoint_id)}
    assert states == {DeliveryState.DELIVERED}
    assert (await _endpoint(sessions, endpoint_id)).failing_since is None


async def test_an_endpoint_that_is_gone_hears_nothing_more(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    there.status = 410
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    await make.deliver(sessions, sender, now=noon)
    assert (await _endpoint(sessions, endpoint_id)).state is EndpointState.GONE
    assert await make.tell(sessions, make.event("order.paid", 2, now=noon), now=noon) == 0


async def test_of_an_endless_answer_only_the_beginning_is_read(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    there.answer = b"\x00\xff<script>" + b"x" * 5_000_000
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    await make.deliver(sessions, sender, now=noon)
    (row,) = await _log(sessions, endpoint_id)
    (attempt,) = (await _whole(sessions, row)).attempts
    assert len(attempt.answer) <= 2_000
    assert row.state is DeliveryState.DELIVERED


@pytest.mark.parametrize("how", ["timeout", "connect_error", "remote_protocol_error"])
async def test_whatever_goes_wrong_outside_is_written_down(
    *, sessions: Sessions, noon: datetime, how: str
) -> None:
    async with make.receiver() as there, make.post(deadline_s=0.3) as impatient:
        url = there.url
        if how == "timeout":
            there.wait = asyncio.Event()
        elif how == "connect_error":
            url = "http://127.0.0.1:1/hooks"
        else:
            there.status = 99
        endpoint_id = await make.endpoint(sessions, url, now=noon)
        await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
        await make.deliver(sessions, impatient, now=noon)
        (row,) = await _log(sessions, endpoint_id)
        assert (row.state, row.error) == (DeliveryState.WAITING, how)


async def test_a_test_message_is_sent_to_one_endpoint_only(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    endpoint_id = await make.endpoint(sessions, there.url, now=noon, events=["order.paid"])
    await make.endpoint(sessions, there.url, now=noon)
    for _ in range(2):
        async with sessions.begin() as db:
            await webhooks.test(
                db, endpoint_id=endpoint_id, source=make.SOURCE, by="test", now=noon
            )
    assert await make.deliver(sessions, sender, now=noon) == 2
    said = json.loads(there.heard[0].body)
    assert said["type"] == "sellier.webhook.test.v1"
    assert len({heard.id for heard in there.heard}) == 2


async def test_what_was_sent_long_ago_is_forgotten_but_not_what_waits(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    endpoint_id = await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    await make.deliver(sessions, sender, now=noon)
    await make.tell(sessions, make.event("order.paid", 2, now=noon), now=noon)
    recent = noon + timedelta(days=30)
    paid = make.event("order.paid", 3, now=recent, order_id=str(new_id()))
    await make.tell(sessions, paid, now=recent)
    async with sessions.begin() as db:
        await webhooks.forget(db, now=noon + timedelta(days=31))
    assert len(await _log(sessions, endpoint_id)) == 2
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(WebhookMessage)) == 2
        assert await db.scalar(select(func.count()).select_from(WebhookAttempt)) == 0


async def test_how_a_try_ended_cannot_be_changed(
    *, sessions: Sessions, sender: Post, there: Receiver, noon: datetime
) -> None:
    await make.endpoint(sessions, there.url, now=noon)
    await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
    await make.deliver(sessions, sender, now=noon)
    with pytest.raises(Exception, match="permission denied"):
        async with sessions.begin() as db:
            await db.execute(update(WebhookAttempt).values(status=200))


def _context(sessions: Sessions, settings: Settings, *, now: datetime) -> Context:
    known = Settings(home=settings.home, webhooks_loopback=True)
    return Context(
        sessions=sessions,
        settings=known,
        keys=KEYS,
        http=None,  # type: ignore[arg-type]  # webhooks have a client of their own
        clock=lambda: now,
    )


async def _heard(there: Receiver, count: int) -> None:
    async with asyncio.timeout(20):
        while len(there.heard) < count:
            await there.came.wait()
            there.came.clear()
