"""Purchase orders: expected, taken in as boxes come, and used as future stock meanwhile."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import queries
from sellier.domain.stock.errors import (
    LinesAbsurd,
    NotOnPaper,
    PaperChanged,
    PaperTransitionRefused,
    ReferenceTaken,
    UnknownPlace,
)
from sellier.domain.stock.models import PurchaseOrder, StockMovement, StockPosition
from sellier.domain.stock.rules.arrivals import Arrived, expected_at
from sellier.domain.stock.service import purchases, transfers
from sellier.domain.stock.service.papers import Turn
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import LocationId, PurchaseOrderId, Sku, TransferId, new_id
from tests.domain.locations import make as locations
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
SKU = Sku(make.SKU)
DAY = timedelta(days=1)


class Dock:
    """One order of six units to a place that has two, and the hands that take it in."""

    def __init__(self, sessions: Sessions, now: datetime) -> None:
        self.sessions, self.now = sessions, now
        self.id = PurchaseOrderId(new_id())
        self.place: LocationId

    async def expect(
        self, lines: Mapping[Sku, int], *, reference: str = "4500", days: int = 3
    ) -> None:
        async with self.sessions.begin() as db:
            await purchases.expect(
                db,
                purchase_order_id=self.id,
                reference=reference,
                supplier="Tannerie Merle",
                location_id=self.place,
                lines=lines,
                expected_at=self.now + days * DAY,
                now=self.now,
            )

    async def turn(self) -> Turn:
        async with self.sessions.begin() as db:
            found = select(PurchaseOrder.version).where(PurchaseOrder.id == self.id)
            return Turn(paper_id=self.id, version=await db.scalar(found), key=new_id())

    async def receive(self, arrived: Mapping[Sku, Arrived], turn: Turn | None = None) -> None:
        turn = turn or await self.turn()
        async with self.sessions.begin() as db:
            await purchases.receive(db, turn=turn, arrived=arrived, by="bea", now=self.now)

    async def state(self) -> str:
        async with self.sessions.begin() as db:
            return await db.scalar(select(PurchaseOrder.state)) or ""

    async def on_hand(self) -> tuple[int, int]:
        async with self.sessions.begin() as db:
            row = (await db.scalars(select(StockPosition))).one()
            return row.on_hand, row.damaged

    async def coming(self) -> list[tuple[int, int]]:
        """List units on their way, and in how many days they are there."""
        async with self.sessions.begin() as db:
            found = await queries.inbound(db, skus=[SKU])
        return [
            (one.quantity, (one.expected_at - self.now).days) for one in found if one.expected_at
        ]


@pytest.fixture
async def dock(sessions: Sessions, noon: datetime) -> Dock:
    found = Dock(sessions, noon)
    async with sessions.begin() as db:
        found.place = (await make.shop(db, on_hand=2)).location_id
    await found.expect({SKU: 6})
    return found


async def test_boxes_come_one_after_the_other(dock: Dock, sessions: Sessions) -> None:
    assert await dock.coming() == [(6, 3)]
    await dock.receive({SKU: Arrived(sound=3, damaged=1)})
    assert (await dock.state(), await dock.on_hand()) == ("partly_received", (6, 1))
    assert await dock.coming() == [(2, 3)]
    await dock.receive({SKU: Arrived(sound=2)})
    assert (await dock.state(), await dock.on_hand()) == ("received", (8, 1))
    assert await dock.coming() == []
    async with sessions.begin() as db:
        told = await db.scalars(
            select(OutboxRow.name).where(OutboxRow.name.like("%purchase%")).order_by(OutboxRow.id)
        )
        assert list(told) == [
            "stock.purchase_order_expected",
            "stock.purchase_order_partly_received",
            "stock.purchase_order_received",
        ]
        found = select(StockMovement.source).where(StockMovement.cause == "receipt")
        sources = [s for s in await db.scalars(found) if s.startswith("purchase_order:")]
    assert len(set(sources)) == 2


async def test_a_supplier_may_bring_more_than_was_ordered(dock: Dock) -> None:
    await dock.receive({SKU: Arrived(sound=7)})
    assert (await dock.state(), await dock.on_hand()) == ("received", (9, 0))


async def test_the_same_box_is_taken_in_once(dock: Dock) -> None:
    turn = await dock.turn()
    await dock.receive({SKU: Arrived(sound=2)}, turn)
    await dock.receive({SKU: Arrived(sound=2)}, turn)
    late = Turn(paper_id=dock.id, version=turn.version, key=new_id())
    with pytest.raises(PaperChanged):
        await dock.receive({SKU: Arrived(sound=2)}, late)
    assert await dock.on_hand() == (4, 0)


async def test_what_comes_later_or_never_is_not_counted_on(dock: Dock, sessions: Sessions) -> None:
    turn = await dock.turn()
    async with sessions.begin() as db:
        await purchases.reschedule(
            db, turn=turn, expected_at=dock.now + 9 * DAY, by="ada", now=dock.now
        )
    assert await dock.coming() == [(6, 9)]
    turn = await dock.turn()
    with pytest.raises(PaperTransitionRefused):
        async with sessions.begin() as db:
            await purchases.close(db, turn=turn, by="ada", now=dock.now)
    async with sessions.begin() as db:
        await purchases.cancel(db, turn=turn, by="ada", now=dock.now)
    assert (await dock.state(), await dock.coming()) == ("canceled", [])


async def test_the_rest_of_an_order_is_given_up(dock: Dock, sessions: Sessions) -> None:
    await dock.receive({SKU: Arrived(sound=1)})
    turn = await dock.turn()
    async with sessions.begin() as db:
        await purchases.close(db, turn=turn, by="ada", now=dock.now, note="out of leather")
    assert (await dock.state(), await dock.coming()) == ("closed", [])


async def test_nonsense_is_refused(dock: Dock) -> None:
    for arrived, refusal in (
        ({SKU: Arrived(sound=-1)}, LinesAbsurd),
        ({SKU: Arrived(sound=10_000_001)}, LinesAbsurd),
        ({}, LinesAbsurd),
        ({Sku("OTHER"): Arrived(sound=1)}, NotOnPaper),
    ):
        with pytest.raises(refusal):
            await dock.receive(arrived)
    await dock.expect({SKU: 6})  # the same again
    dock.id = PurchaseOrderId(new_id())
    with pytest.raises(ReferenceTaken):
        await dock.expect({SKU: 1})
    with pytest.raises(UnknownPlace):
        await dock.expect({Sku("NO-SUCH"): 1}, reference="4501")
    dock.place = LocationId(new_id())
    with pytest.raises(UnknownPlace):
        await dock.expect({SKU: 1}, reference="4501")
    assert await dock.on_hand() == (2, 0)


async def test_units_in_transit_are_on_their_way_too(dock: Dock, sessions: Sessions) -> None:
    transfer_id = TransferId(new_id())
    async with sessions.begin() as db:
        await transfers.draft(
            db,
            transfer_id=transfer_id,
            origin_id=dock.place,
            destination_id=await locations.location(db),
            lines={SKU: 2},
            expected_at=dock.now + DAY,
            now=dock.now,
        )
    turns = [Turn(paper_id=transfer_id, version=n, key=new_id()) for n in (1, 2)]
    async with sessions.begin() as db:
        await transfers.request(db, turn=turns[0], by="ada", now=dock.now)
    assert await dock.coming() == [(6, 3)]
    async with sessions.begin() as db:
        await transfers.send(
            db, turn=turns[1], sent={SKU: 2}, expected_at=None, by="ada", now=dock.now
        )
    assert await dock.coming() == [(2, 1), (6, 3)]


def test_what_comes_on_a_day_is_there_as_the_place_closes() -> None:
    at = expected_at(date(2026, 7, 1), closes=time(19), zone="Europe/Paris")
    assert at.astimezone(UTC) == datetime(2026, 7, 1, 17, tzinfo=UTC)
