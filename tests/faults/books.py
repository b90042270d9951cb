"""Both books, compared: what the provider says of its payments, and what the shop says."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx
from sqlalchemy import select, update

from sellier.domain.orders import jobs as order_jobs
from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.service import Paid, Placed
from sellier.domain.payments import jobs as payment_jobs
from sellier.domain.payments.errors import NothingToVoidYet
from sellier.domain.payments.gateway import Notice, PaymentProvider, ProviderPayment, ProviderState
from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import UNDECIDED, PaymentState
from sellier.infra import keys
from sellier.infra.jobs import Context
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from tests.domain.orders import make
from tests.domain.orders.make import Sessions
from tests.sandbox.fixtures import API_KEY, in_process, sandbox_settings


@dataclass(slots=True)
class Line(httpx.AsyncBaseTransport):
    """The way to the provider; a test may cut it, before or behind what it carries."""

    inner: httpx.AsyncBaseTransport = field(
        default_factory=lambda: in_process(sandbox_settings(hang_s=3.0))
    )
    is_cut: bool = False
    loses_answers: bool = False
    status: int | None = None
    change: Mapping[str, object] = field(default_factory=dict)  # what its answers say instead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("cut")
        if self.status is not None:
            return httpx.Response(self.status, json={"code": "made_up"})
        answer = await self.inner.handle_async_request(request)
        if self.loses_answers:
            raise httpx.ReadError("cut")
        if self.change:
            told = json.loads(await answer.aread()) | self.change
            return httpx.Response(answer.status_code, json=told)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Where the provider is, and a way to it for jobs, which make their own gateway."""

    client: httpx.AsyncClient
    url: str = "http://127.0.0.1:8002"

    def context(self, sessions: Sessions, settings: Settings, *, now: datetime) -> Context:
        known = Settings(home=settings.home, payments_url=self.url, payments_key=API_KEY)
        return Context(
            sessions=sessions,
            settings=known,
            keys=keys.of(known),
            http=self.client,
            clock=lambda: now,
        )


async def take_money(
    sessions: Sessions, provider: PaymentProvider, placed: Placed, *, token: str = "tok_approve"
) -> None:
    """Have the provider take an order's money without our hearing its answer."""
    async with sessions() as db:
        intent = await order_queries.intent(db, payment_id=placed.payment_id)
    assert intent is not None
    await provider.create(
        payment_id=placed.payment_id,
        amount=intent.amount,
        reference=placed.number,
        return_url=make.DOORS.return_url,
        notice_url=make.DOORS.notice_url,
        token=token,
    )


async def hear(
    sessions: Sessions,
    provider: PaymentProvider,
    placed: Placed,
    *,
    now: datetime,
    notice: Notice | None = None,
) -> Paid:
    """Settle an order as when a notice of its payment comes in."""
    return await orders.settle(
        sessions, provider, payment_id=placed.payment_id, by="notice", now=now, notice=notice
    )


async def recover(context: Context) -> None:
    """Do what the worker does while nobody is there: settle, expire, and let money go."""
    await order_jobs.settle_due(context, [])
    await order_jobs.expire_reservations(context, [])
    await let_go(context)


async def let_go(context: Context) -> None:
    """Run the job of every void that is due; one that fails stays due, as in the queue."""
    mine = (OutboxRow.name == "payment.void_due", OutboxRow.dispatched_at.is_(None))
    async with context.sessions() as db:
        due = (await db.execute(select(OutboxRow.id, OutboxRow.payload).where(*mine))).all()
    for row in due:
        try:
            await payment_jobs.void(context, [row.payload])
        except NothingToVoidYet:
            continue
        async with context.sessions.begin() as db:
            done = update(OutboxRow).where(OutboxRow.id == row.id)
            await db.execute(done.values(dispatched_at=context.clock()))


async def book_of(provider: PaymentProvider) -> Sequence[ProviderPayment]:
    """Read all that the provider knows."""
    found: list[ProviderPayment] = []
    after: str | None = None
    while True:
        page = await provider.page(after=after)
        found += page.payments
        after = page.after
        if after is None:
            return found


async def unaccounted(
    sessions: Sessions, provider: PaymentProvider, *, before: Collection[str] = ()
) -> Sequence[str]:
    """Name what the provider holds that no paid order stands for, and the other way round.

    `before` are the keys that a shared provider knew already.
    """
    told = [each for each in await book_of(provider) if each.key not in before]
    book = {UUID(each.key): each.state for each in told}
    async with sessions() as db:
        rows = await db.execute(select(Payment.id, Payment.state))
        ours = {UUID(str(row.id)): PaymentState(row.state) for row in rows}
    held = {ProviderState.AUTHORIZED, ProviderState.CAPTURED}
    wrong = [
        f"{key} is {state} there and {ours.get(key)} here"
        for key, state in book.items()
        if state in held and ours.get(key) is not PaymentState.AUTHORIZED
    ]
    wrong += [
        f"{key} is authorized here and {book.get(key)} there"
        for key, state in ours.items()
        if state is PaymentState.AUTHORIZED and book.get(key) not in held
    ]
    return wrong + [f"{key} is left {state}" for key, state in ours.items() if state in UNDECIDED]
