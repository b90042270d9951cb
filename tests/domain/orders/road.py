"""The road that parcels take: the application, the simulated carrier, and a clock for both."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.domain.orders import jobs, queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, OrderAddress, Parcel
from sellier.domain.orders.queries import ParcelRead
from sellier.domain.orders.states import Work
from sellier.infra import keys
from sellier.infra.jobs import Context, Run
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.ids import FulfillmentId
from sellier.sandbox import notices
from sellier.sandbox.carrier import book
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.server import create_app as create_sandbox
from sellier.surfaces.storefront.router import router
from tests.domain.orders import make
from tests.domain.orders.make import Shop
from tests.sandbox.fixtures import CARRIER_KEY, CARRIER_SECRET, NOTICE_SECRET, sandbox_settings
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
BY: Final = "staff:test"
# What the worker does for parcels, by event.
REACTIONS: Final[Mapping[str, Run]] = {
    "parcel.packed": jobs.label,
    "parcel.dropped": jobs.take_back_label,
    "parcel.moved": jobs.track,
}


@dataclass(slots=True)
class Line(httpx.AsyncBaseTransport):
    """The way to the carrier; a test may cut it, before or behind what it carries."""

    inner: httpx.AsyncBaseTransport
    is_cut: bool = False
    loses_answers: bool = False
    asked: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("cut")
        self.asked.append(f"{request.method} {request.url.path}")
        answer = await self.inner.handle_async_request(request)
        if self.loses_answers:
            raise httpx.ReadError("cut")
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    sessions: Sessions
    box: Sandbox
    context: Context
    shop: httpx.AsyncClient
    clock: Clock
    line: Line

    async def packed(self, found: Shop, *, typed: str | None = None) -> FulfillmentId:
        """Sell a piece and pack it; a test token may be typed into its address."""
        bought = await make.bought(self.sessions, found, now=self.clock.now)
        (work,) = bought.works
        async with self.sessions.begin() as db:
            await db.execute(
                update(OrderAddress)
                .where(OrderAddress.order_id == bought.order_id)
                .values(line2=typed)
            )
            await orders.accept(db, fulfillment_id=work, by=BY, now=self.clock.now)
            await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=self.clock.now)
            await orders.pack(db, fulfillment_id=work, by=BY, now=self.clock.now)
        return work

    async def react(self) -> None:
        """Run the jobs of all that happened, as the worker does."""
        waiting = select(OutboxRow).where(
            OutboxRow.name.in_(REACTIONS), OutboxRow.dispatched_at.is_(None)
        )
        while True:
            async with self.sessions() as db:
                rows = (await db.scalars(waiting.order_by(OutboxRow.id))).all()
            if not rows:
                return
            for row in rows:
                await REACTIONS[row.name](self.context, [row.payload])
                async with self.sessions.begin() as db:
                    done = update(OutboxRow).where(OutboxRow.id == row.id)
                    await db.execute(done.values(dispatched_at=self.clock.now))

    async def travel(self, *, seconds: int = 120, with_notices: bool = True) -> None:
        """Let time pass: parcels move, and the carrier knocks at our door."""
        for _ in range(seconds // 5):
            self.clock.now += timedelta(seconds=5)
            book.move_due(self.box.store, settings=self.box.settings, now=self.clock.now)
            if with_notices:
                await notices.deliver_due(
                    self.box.store,
                    client=self.shop,
                    settings=self.box.settings,
                    now=self.clock.now,
                )

    async def work(self, work: FulfillmentId) -> Work:
        async with self.sessions() as db:
            state = await db.scalar(select(Fulfillment.state).where(Fulfillment.id == work))
        assert state is not None
        return Work(state)

    async def parcel(self, work: FulfillmentId) -> ParcelRead:
        """Return the newest parcel of a fulfillment."""
        async with self.sessions() as db:
            return (await queries.parcels(db, fulfillment_ids=[work]))[work][0]

    async def again(self) -> None:
        """Let the time pass after which questions without an answer are asked again."""
        self.clock.now += timedelta(minutes=31)
        await jobs.label_due(self.context, [])

    async def told(self, name: str) -> int:
        async with self.sessions() as db:
            rows = await db.scalars(select(OutboxRow.id).where(OutboxRow.name == name))
            return len(rows.all())

    async def labels(self) -> int:
        """Count the parcels that have a label here."""
        async with self.sessions() as db:
            return len((await db.scalars(select(Parcel.id).where(Parcel.label.is_not(None)))).all())


@asynccontextmanager
async def opened(sessions: Sessions, settings: Settings, *, clock: Clock) -> AsyncIterator[Road]:
    sandbox = create_sandbox(sandbox_settings(pickup_s=30, step_s=10), clock=clock)
    known = Settings(
        home=settings.home,
        carrier_key=CARRIER_KEY,
        carrier_notice_secret=CARRIER_SECRET,
        payments_notice_secret=NOTICE_SECRET,
    )
    app = create_app(settings=known, sessions=sessions, clock=clock, routers=[router])
    # Litestar names the same ASGI callables with narrower types than httpx.
    inside = httpx.ASGITransport(app)  # type: ignore[arg-type]
    line = Line(httpx.ASGITransport(sandbox))  # type: ignore[arg-type]  # as above
    async with (
        httpx.AsyncClient(transport=inside) as shop,
        httpx.AsyncClient(transport=line) as client,
    ):
        context = Context(
            sessions=sessions, settings=known, keys=keys.of(known), http=client, clock=clock
        )
        yield Road(
            sessions=sessions,
            box=sandbox.state.box,
            context=context,
            shop=shop,
            clock=clock,
            line=line,
        )
