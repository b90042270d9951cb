"""The carrier's door, knocked at by the carrier itself."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from standardwebhooks import Webhook

from sellier.app import create_app
from sellier.domain.carriers.gateway import HttpCarrier
from sellier.domain.carriers.models import CarrierNotice
from sellier.domain.carriers.queries.tracking import tracking
from sellier.domain.carriers.states import TrackingState
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.ids import ParcelId
from sellier.sandbox import notices
from sellier.sandbox.carrier import book
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.server import create_app as create_sandbox
from sellier.sandbox.values import Sender
from sellier.surfaces.storefront.router import router
from tests.domain.carriers.make import sending
from tests.sandbox.fixtures import CARRIER_KEY, CARRIER_SECRET, NOTICE_SECRET, sandbox_settings
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
HERE = "http://127.0.0.1:8000"
USUAL = ["labeled", "picked_up", "in_transit", "out_for_delivery", "delivered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """The application, the carrier, and the clock that both go by."""

    sessions: Sessions
    box: Sandbox
    carrier: HttpCarrier
    shop: httpx.AsyncClient
    clock: Clock

    async def send(self, *, typed: str = "") -> ParcelId:
        wanted = sending(line2=typed)
        await self.carrier.create(sending=wanted, notice_url=f"{HERE}/carriers/notices")
        return wanted.parcel_id

    async def travel(self, *, seconds: int = 120) -> None:
        """Let time pass: parcels move, and the carrier knocks at our door."""
        for _ in range(seconds // 5):
            self.clock.now += timedelta(seconds=5)
            book.move_due(self.box.store, settings=self.box.settings, now=self.clock.now)
            await notices.deliver_due(
                self.box.store, client=self.shop, settings=self.box.settings, now=self.clock.now
            )

    async def state(self, parcel_id: ParcelId) -> TrackingState | None:
        async with self.sessions.begin() as db:
            found = await tracking(db, parcel_ids=[parcel_id])
        return found[parcel_id].state if parcel_id in found else None

    async def moved(self) -> Sequence[str]:
        async with self.sessions.begin() as db:
            rows = await db.scalars(
                select(OutboxRow.payload)
                .where(OutboxRow.name == "parcel.moved")
                .order_by(OutboxRow.id)
            )
            return [row["after"] for row in rows]


@pytest.fixture
async def road(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Road]:
    clock = Clock(noon)
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
    outside = httpx.ASGITransport(sandbox)  # type: ignore[arg-type]  # as above
    async with (
        httpx.AsyncClient(transport=inside) as shop,
        httpx.AsyncClient(transport=outside) as client,
    ):
        yield Road(
            sessions=sessions,
            box=sandbox.state.box,
            carrier=HttpCarrier(client=client, base_url=known.carrier_address, api_key=CARRIER_KEY),
            shop=shop,
            clock=clock,
        )


async def test_what_the_carrier_signs_is_known_here(road: Road) -> None:
    parcel_id = await road.send()
    await road.travel()
    assert await road.state(parcel_id) is TrackingState.DELIVERED
    assert await road.moved() == USUAL
    told = notices.recent(road.box.store, sender=Sender.CARRIER)
    assert {notice.last_answer for notice in told} == {"204"}


async def test_notices_that_come_twice_are_news_once(road: Road) -> None:
    parcel_id = await road.send(typed="tok_twice")
    await road.travel()
    assert await road.state(parcel_id) is TrackingState.DELIVERED
    assert await road.moved() == USUAL


async def test_notices_that_overtake_each_other_end_where_they_would(road: Road) -> None:
    parcel_id = await road.send(typed="tok_shuffled")
    await road.travel()
    assert await road.state(parcel_id) is TrackingState.DELIVERED
    moved = await road.moved()
    assert moved == sorted(moved, key=USUAL.index)
    assert len(moved) < len(USUAL)


async def test_what_the_carrier_did_not_just_sign_changes_nothing(road: Road) -> None:
    parcel_id = await road.send()
    (notice,) = notices.recent(road.box.store, sender=Sender.CARRIER)
    now = road.clock.now

    async def knock(secret: str, *, at: datetime = now, body: str = notice.body) -> int:
        headers = {
            "webhook-id": notice.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(notice.id, at, body),
        }
        answer = await road.shop.post(f"{HERE}/carriers/notices", content=body, headers=headers)
        return answer.status_code

    assert await knock(NOTICE_SECRET) == 401
    assert await knock(CARRIER_SECRET, at=now - timedelta(minutes=6)) == 401
    assert await knock(CARRIER_SECRET, body="{}") == 401
    unsigned = await road.shop.post(f"{HERE}/carriers/notices", content=notice.body)
    assert unsigned.status_code == 401
    assert await road.state(parcel_id) is None
    assert await knock(CARRIER_SECRET) == 204
    assert await knock(CARRIER_SECRET) == 204
    async with road.sessions() as db:
        assert await db.scalar(select(func.count()).select_from(CarrierNotice)) == 1
