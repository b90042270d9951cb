"""A paid order, and a provider that a test can cut off, for tests of captures and refunds."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from sellier.domain.orders.service import Placed
from sellier.domain.payments import queries
from sellier.domain.payments import service as payments
from sellier.domain.payments.gateway import HttpPaymentProvider, ProviderPayment
from sellier.domain.payments.queries import OperationRead, PaymentRead
from sellier.domain.payments.states import OperationState
from sellier.infra.jobs import Context
from sellier.infra.settings import Settings
from sellier.kernel.ids import PaymentOperationId
from sellier.kernel.money import Money
from tests.domain.orders import make
from tests.domain.orders.make import Sessions
from tests.faults.books import Line, Outside
from tests.sandbox.fixtures import API_KEY

DAY = timedelta(days=1)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@dataclass(slots=True, kw_only=True)
class Till:
    """A paid order and the provider who holds its money."""

    sessions: Sessions
    settings: Settings
    line: Line
    provider: HttpPaymentProvider
    placed: Placed
    now: datetime
    total: Money
    sources: int = field(default=0)

    async def capture(self, minor: int, source: str | None = None) -> PaymentOperationId:
        async with self.sessions.begin() as db:
            return await payments.capture_due(
                db,
                order_id=self.placed.order_id,
                amount=eur(minor),
                source=source or self._source(),
                now=self.now,
            )

    async def refund(self, minor: int, source: str | None = None) -> PaymentOperationId:
        async with self.sessions.begin() as db:
            return await payments.refund_due(
                db,
                order_id=self.placed.order_id,
                amount=eur(minor),
                source=source or self._source(),
                now=self.now,
            )

    async def operate(self, operation_id: PaymentOperationId) -> OperationState | None:
        return await payments.operate(
            self.sessions, self.provider, operation_id=operation_id, now=self.now
        )

    async def operate_all(self) -> None:
        """Ask for all that is due, until nothing more can be asked for now."""
        while True:
            async with self.sessions.begin() as db:
                due = await queries.operations_due(db, now=self.now)
            if not due:
                return
            await asyncio.gather(*(self.operate(each) for each in due))

    async def payment(self) -> PaymentRead:
        async with self.sessions.begin() as db:
            found = await queries.payment(db, payment_id=self.placed.payment_id)
        assert found is not None
        return found

    async def operation(self, operation_id: PaymentOperationId) -> OperationRead:
        async with self.sessions.begin() as db:
            found = await queries.operation(db, operation_id=operation_id)
        assert found is not None
        return found

    async def told(self) -> ProviderPayment:
        """Say what the provider has in its book."""
        found = await self.provider.find(payment_id=self.placed.payment_id)
        assert found is not None
        return found

    def context(self) -> Context:
        outside = Outside(client=self.provider.client)
        return outside.context(self.sessions, self.settings, now=self.now)

    def _source(self) -> str:
        self.sources += 1
        return f"test:{self.sources}"


async def till(sessions: Sessions, settings: Settings, *, now: datetime) -> Till:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=1)
        cart_id = await make.cart(db, shop, now=now)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=now)
    line = Line()
    provider = HttpPaymentProvider(
        client=httpx.AsyncClient(transport=line),
        base_url="http://127.0.0.1:8002",
        api_key=API_KEY,
        deadline_s=0.5,
    )
    await make.pay(sessions, placed, now=now, at=provider)
    async with sessions.begin() as db:
        paid = await queries.payment(db, payment_id=placed.payment_id)
    assert paid is not None
    return Till(
        sessions=sessions,
        settings=settings,
        line=line,
        provider=provider,
        placed=placed,
        now=now,
        total=paid.amount,
    )
