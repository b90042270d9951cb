import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from sellier.domain.payments.gateway import verify_notice
from sellier.infra.notices import NoticeSecret
from sellier.sandbox import counter, ledger, notices, wire
from sellier.sandbox.store import Store
from sellier.sandbox.values import Card, NoticeType
from tests.sandbox.fixtures import NOTICE_SECRET, SHOP, sandbox_settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = sandbox_settings(late_s=10, notice_waits_s=(1, 5))
KEY = str(UUID(int=7))


class Shop:
    """Takes notices and answers with what it is told to."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.heard: list[httpx.Request] = []
        self.heard_twice = asyncio.Event()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        if len(self.heard) > 1:
            self.heard_twice.set()
        status = self.statuses.pop(0) if self.statuses else 204
        if status == 0:
            raise httpx.ConnectError("away")
        return httpx.Response(status, headers={"location": "http://elsewhere/"})


@pytest.fixture
def store() -> Store:
    return Store(None)


@pytest.fixture
async def client_to() -> AsyncGenerator[Callable[[Shop], httpx.AsyncClient], None]:
    clients: list[httpx.AsyncClient] = []

    def make(shop: Shop) -> httpx.AsyncClient:
        clients.append(httpx.AsyncClient(transport=httpx.MockTransport(shop)))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


def open_payment(store: Store, *, token: str | None = None) -> str:
    asked = wire.NewPayment(
        amount_minor=500,
        currency="EUR",
        reference="M-1",
        return_url=f"{SHOP}/return",
        notice_url=f"{SHOP}/payments/notices",
        token=token,
    )
    payment, _ = ledger.create(store, key=KEY, asked=asked, settings=SETTINGS, now=NOW)
    return payment.id


async def deliver(store: Store, client: httpx.AsyncClient, *, after_s: float = 0) -> int:
    now = NOW + timedelta(seconds=after_s)
    return await notices.deliver_due(store, client=client, settings=SETTINGS, now=now)


async def test_a_notice_is_signed_so_that_the_shop_can_believe_it(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient]
) -> None:
    payment_id = open_payment(store, token="tok_approve")
    shop = Shop()
    assert await deliver(store, client_to(shop)) == 1
    (request,) = shop.heard
    notice = verify_notice(
        headers=dict(request.headers),
        body=request.content,
        secret=NoticeSecret(NOTICE_SECRET),
        now=NOW,
    )
    assert notice.type == "payment.authorized"
    assert (notice.payment.id, notice.payment.key) == (payment_id, KEY)
    assert await deliver(store, client_to(shop), after_s=60) == 0


async def test_every_change_is_told_once(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient]
) -> None:
    payment_id = open_payment(store, token="tok_approve")
    for notice in (wire_capture(payment_id), wire_capture(payment_id), wire_refund(payment_id)):
        ledger.operate(store, operation=notice, settings=SETTINGS, now=NOW)
    shop = Shop()
    assert await deliver(store, client_to(shop)) == 3
    assert [json.loads(request.content)["type"] for request in shop.heard] == [
        "payment.authorized",
        "payment.captured",
        "payment.refunded",
    ]


def wire_capture(payment_id: str) -> ledger.Operation:
    return ledger.Operation(
        payment_id=payment_id, key="c", notice=NoticeType.CAPTURED, amount_minor=200
    )


def wire_refund(payment_id: str) -> ledger.Operation:
    return ledger.Operation(
        payment_id=payment_id, key="r", notice=NoticeType.REFUNDED, amount_minor=100
    )


@pytest.mark.parametrize("status", [0, 302, 404, 500])
async def test_a_shop_that_is_away_is_told_again_and_then_given_up(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient], status: int
) -> None:
    open_payment(store, token="tok_refuse")
    client = client_to(shop := Shop(*[status] * 9))
    sent = [await deliver(store, client, after_s=at) for at in (0, 0.9, 1, 5.9, 6, 600)]
    assert sent == [1, 0, 1, 0, 1, 0]
    assert len({request.headers["webhook-id"] for request in shop.heard}) == 1
    (notice,) = notices.recent(store)
    assert notice.state == "abandoned"


async def test_the_late_card_tells_the_shop_ten_seconds_later(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient]
) -> None:
    payment_id = open_payment(store)
    counter.pay(store, payment_id=payment_id, card=Card.LATE_NOTICE, settings=SETTINGS, now=NOW)
    client = client_to(Shop())
    assert await deliver(store, client, after_s=9.9) == 0
    assert await deliver(store, client, after_s=10) == 1


async def test_the_triple_card_tells_the_same_notice_three_times(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient]
) -> None:
    payment_id = open_payment(store)
    counter.pay(store, payment_id=payment_id, card=Card.TRIPLE_NOTICE, settings=SETTINGS, now=NOW)
    client = client_to(shop := Shop())
    sent = [await deliver(store, client, after_s=at) for at in range(5)]
    assert sent == [1, 1, 1, 0, 0]
    assert len({request.headers["webhook-id"] for request in shop.heard}) == 1


def test_a_crash_between_payment_and_notice_is_impossible(store: Store) -> None:
    # The store loses the notice table just when the notice is written.
    with store.transaction() as db:
        db.execute("ALTER TABLE notice RENAME TO lost")
    with pytest.raises(sqlite3.OperationalError):
        open_payment(store, token="tok_approve")
    assert ledger.recent(store) == []


async def test_delivery_wakes_by_itself(
    store: Store, client_to: Callable[[Shop], httpx.AsyncClient]
) -> None:
    shop = Shop(500)
    settings = sandbox_settings(notice_waits_s=(0.05,))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    delivering = asyncio.create_task(
        notices.keep_delivering(
            store,
            client=client_to(shop),
            settings=settings,
            clock=lambda: NOW + timedelta(seconds=loop.time() - begun),
        )
    )
    await asyncio.sleep(0.01)
    open_payment(store, token="tok_approve")
    async with asyncio.timeout(3):
        await shop.heard_twice.wait()
        await asyncio.sleep(0.05)
    delivering.cancel()
    await asyncio.wait([delivering])
    assert notices.recent(store)[0].state == "delivered"
