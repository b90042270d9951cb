"""Whatever comes to the door of payment notices, the provider's own answer is what counts."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks import Webhook

from sellier.app import create_app
from sellier.domain.orders import queries
from sellier.domain.orders.rules import OrderStatus
from sellier.domain.orders.service import Placed
from sellier.domain.payments.gateway import HttpPaymentProvider
from sellier.domain.payments.models import Payment, PaymentNotice, PaymentTransition
from sellier.domain.payments.states import PaymentState
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.ids import new_id, public_id
from sellier.sandbox import notices
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.server import create_app as create_sandbox
from sellier.surfaces.storefront.router import router
from tests.domain.orders import make
from tests.faults import books
from tests.faults.books import Line
from tests.recording import recorded
from tests.sandbox.fixtures import API_KEY, NOTICE_SECRET, sandbox_settings

Sessions = async_sessionmaker[AsyncSession]
OTHER_SECRET = "whsec_YW5vdGhlciB0aGlydHktdHdvIGJ5dGVzIGZvciB0ZXN0cyE="


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The application, its provider, and the notices that the provider has written."""

    sessions: Sessions
    client: httpx.AsyncClient
    line: Line
    provider: HttpPaymentProvider
    box: Sandbox
    placed: Placed
    noon: datetime

    def written(self) -> Sequence[tuple[str, str]]:
        return [(each.id, each.body) for each in reversed(notices.recent(self.box.store))]

    async def knock(
        self,
        notice: tuple[str, str],
        *,
        at: datetime | None = None,
        secret: str = NOTICE_SECRET,
        **changed: str | bytes,
    ) -> httpx.Response:
        name, body = notice
        sent = at or self.noon
        headers: dict[str, str | bytes] = {
            "webhook-id": name,
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": Webhook(secret).sign(name, sent, body),
            "content-type": "application/json",
        }
        headers |= {key.replace("_", "-"): value for key, value in changed.items()}
        raw = [(key.encode(), _bytes(value)) for key, value in headers.items()]
        return await self.client.post("/payments/notices", content=body, headers=raw)

    async def count(self, column: Any) -> int:
        async with self.sessions() as db:
            return await db.scalar(select(func.count(column))) or 0

    async def state(self) -> PaymentState:
        async with self.sessions() as db:
            return PaymentState(await db.scalar(select(Payment.state)) or "")

    async def ask(self, token: str = "tok_approve") -> None:
        """Have the provider take the money while our answer is lost: only notices can tell."""
        await books.take_money(self.sessions, self.provider, self.placed, token=token)


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


@pytest.fixture
async def door(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Door]:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=1)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)
    sandbox = create_sandbox(sandbox_settings())
    known = Settings(home=settings.home, payments_key=API_KEY, payments_notice_secret=NOTICE_SECRET)
    # Litestar names the same ASGI callables with narrower types than httpx.
    line = Line(inner=httpx.ASGITransport(sandbox))  # type: ignore[arg-type]
    outside = httpx.AsyncClient(transport=line)
    app = create_app(
        settings=known, sessions=sessions, http=outside, clock=lambda: noon, routers=[router]
    )
    inside = httpx.ASGITransport(app)  # type: ignore[arg-type]  # as above
    async with httpx.AsyncClient(transport=inside, base_url="http://127.0.0.1:8000") as client:
        yield Door(
            sessions=sessions,
            client=client,
            line=line,
            provider=HttpPaymentProvider(
                client=outside, base_url="http://127.0.0.1:8002", api_key=API_KEY
            ),
            box=sandbox.state.box,
            placed=placed,
            noon=noon,
        )
    await outside.aclose()


async def test_what_the_provider_did_not_just_sign_changes_nothing(door: Door) -> None:
    await door.ask()
    ((name, body),) = door.written()
    notice = (name, body)
    signed = Webhook(NOTICE_SECRET).sign(name, door.noon, body)
    refused = [
        await door.knock(notice, secret=OTHER_SECRET),
        await door.knock(notice, webhook_signature=""),
        await door.knock(notice, webhook_signature=signed[:-4] + "AAA="),
        await door.knock(notice, webhook_signature=b"v1,\xe9"),
        await door.knock((name, body.replace("authorized", "captured")), webhook_signature=signed),
        await door.knock(("msg_other", body), webhook_signature=signed),
        await door.knock(notice, webhook_timestamp="99999999999"),
        await door.knock(notice, webhook_timestamp="-1"),
        await door.knock(notice, at=door.noon - timedelta(minutes=6)),
        await door.knock(notice, at=door.noon + timedelta(minutes=6)),
    ]

    assert {answer.status_code for answer in refused} == {401}
    assert await door.state() is PaymentState.CREATED
    assert await door.count(PaymentNotice.notice_id) == 0


async def test_the_same_notice_fifty_times_has_one_effect(door: Door) -> None:
    await door.ask()
    (notice,) = door.written()

    answers = await asyncio.gather(*(door.knock(notice) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {204}
    assert await door.state() is PaymentState.AUTHORIZED
    assert await door.count(PaymentTransition.id) == 1
    assert await door.count(PaymentNotice.notice_id) == 1
    async with door.sessions() as db:
        told = (await db.scalars(select(OutboxRow.name))).all()
    assert told.count("order.paid") == 1


async def test_the_return_the_notices_and_the_job_at_once_have_one_effect(door: Door) -> None:
    """They come by different ways, so only the payment's own lock lets one of them act."""
    await door.ask()
    ((_, body),) = door.written()
    name = public_id("pay", door.placed.payment_id)

    answers = await asyncio.gather(
        *(door.knock((f"msg_{number}", body)) for number in range(8)),
        *(door.client.get(f"/payments/return?payment={name}") for _ in range(8)),
    )

    assert {answer.status_code for answer in answers} == {204, 303}
    assert await door.count(PaymentTransition.id) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
async def test_notices_in_any_order_lead_to_the_same_end(
    door: Door, order: tuple[int, ...]
) -> None:
    await door.ask()
    (told,) = await books.book_of(door.provider)
    await door.provider.void(provider_id=told.id, key="by-their-own-desk")
    written = door.written()
    assert len(written) == 2

    for number in order:
        assert (await door.knock(written[number])).status_code == 204

    assert await door.state() is PaymentState.VOIDED
    async with door.sessions() as db:
        found = await queries.order(db, order_id=door.placed.order_id)
    assert found is not None
    assert found.status is OrderStatus.CANCELED


async def test_an_old_notice_of_another_state_is_not_believed(door: Door) -> None:
    """It is signed and in time, and says what is no longer, or never was, true."""
    await door.ask("tok_refuse")
    ((name, body),) = door.written()
    lie = body.replace("refused", "authorized")

    assert (await door.knock((name, lie))).status_code == 204

    assert await door.state() is PaymentState.REFUSED


async def test_a_notice_about_nothing_of_ours_is_not_found(door: Door) -> None:
    await door.ask()
    ((name, body),) = door.written()
    ours = str(door.placed.payment_id)

    for key in (str(new_id()), "no uuid"):
        answer = await door.knock((name, body.replace(ours, key)))
        assert answer.status_code == 404, answer.text
    assert await door.state() is PaymentState.CREATED


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_notice_that_could_not_be_followed_may_come_again(door: Door, status: int) -> None:
    await door.ask()
    (notice,) = door.written()
    door.line.status = status
    answer = await door.knock(notice)
    door.line.status = None
    again = await door.knock(notice)

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert again.status_code == 204
    assert await door.state() is PaymentState.AUTHORIZED


async def test_a_notice_ends_no_transaction_with_rollback(door: Door) -> None:
    """After a ROLLBACK the driver forgets every statement that it had prepared."""
    await door.ask()
    (notice,) = door.written()

    with recorded(door.sessions.kw["bind"]) as sent:
        await door.knock(notice)
        await door.knock(notice)

    assert ("COMMIT", None) in sent
    assert ("ROLLBACK", None) not in sent
