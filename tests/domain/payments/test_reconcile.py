"""Our books and the provider's are compared, both ways."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.payments import jobs
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import ProviderUnavailable
from sellier.domain.payments.rules import Difference
from sellier.infra.settings import Settings
from sellier.kernel.money import Money
from tests.domain.orders.make import DOORS
from tests.domain.payments import make
from tests.domain.payments.make import Till, eur
from tests.faults.books import Line
from tests.sandbox.fixtures import API_KEY

Sessions = async_sessionmaker[AsyncSession]
LATER = timedelta(hours=2)


@pytest.fixture
async def till(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Till]:
    made = await make.till(sessions, settings, now=noon)
    yield made
    await made.provider.client.aclose()


async def differences(till: Till, *, after: timedelta = LATER) -> list[Difference]:
    compared = await payments.reconcile(till.sessions, till.provider, now=till.now + after)
    return [found.difference for found in compared.found]


async def test_books_that_agree_are_said_to(till: Till) -> None:
    await till.capture(100)
    compared = await payments.reconcile(till.sessions, till.provider, now=till.now + LATER)
    assert (compared.there, compared.here, compared.found) == (1, 1, [])
    await till.operate_all()
    assert await differences(till) == []


@pytest.mark.parametrize("key", ["0198c0de-0000-7000-8000-000000000001", "opened-by-hand"])
async def test_money_that_nobody_here_knows_is_found(till: Till, key: str) -> None:
    answer = await till.provider.client.post(
        "http://127.0.0.1:8002/v1/payments",
        headers={"authorization": f"Bearer {API_KEY}", "idempotency-key": key},
        json={
            "amount_minor": 500,
            "currency": "EUR",
            "reference": "?",
            "return_url": DOORS.return_url,
            "notice_url": DOORS.notice_url,
            "token": "tok_approve",
        },
    )
    assert answer.status_code == 200
    assert await differences(till) == [Difference.UNKNOWN_HERE]


async def test_money_that_was_never_let_go_is_found(till: Till) -> None:
    async with till.sessions.begin() as db:
        await payments.void(db, payment_id=till.placed.payment_id, by="test", now=till.now)
    assert await differences(till, after=timedelta(minutes=1)) == []  # the void is on its way
    assert await differences(till) == [Difference.HELD_THERE]


async def test_money_that_we_count_on_in_vain_is_found(till: Till) -> None:
    told = await till.told()
    await till.provider.void(provider_id=told.id, key="by-their-own-desk")
    assert await differences(till) == [Difference.MISSING_THERE]


async def test_a_provider_that_forgot_everything_is_found(till: Till) -> None:
    """As after a restore there; for one here, the payments are unknown."""
    till.provider.client._transport = Line()
    assert await differences(till) == [Difference.MISSING_THERE]


async def test_money_moved_by_another_desk_is_found(till: Till) -> None:
    told = await till.told()
    await till.provider.capture(provider_id=told.id, key="theirs", amount=eur(100))
    assert await differences(till) == [Difference.OTHER_CAPTURED]
    await till.capture(100)  # one on its way might be the one that is there
    assert await differences(till) == []
    await till.provider.refund(provider_id=told.id, key="theirs-too", amount=eur(1))
    assert await differences(till) == [Difference.OTHER_REFUNDED]


async def test_another_amount_is_found(till: Till) -> None:
    class Less(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await till.line.inner.handle_async_request(request)
            told = (await answer.aread()).replace(
                b'"amount_minor":%d' % till.total.minor, b'"amount_minor":1'
            )
            return httpx.Response(answer.status_code, content=told)

    till.provider.client._transport = Less()
    assert await differences(till) == [Difference.OTHER_AMOUNT]


async def test_the_job_says_what_differs_and_survives_nothing_else(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    told = await till.told()
    await till.provider.capture(provider_id=told.id, key="theirs", amount=Money(100, "EUR"))
    till.now += LATER
    await jobs.reconcile(till.context(), [])
    assert "other_captured" in capsys.readouterr().out
    till.line.is_cut = True
    with pytest.raises(ProviderUnavailable):
        await jobs.reconcile(till.context(), [])
