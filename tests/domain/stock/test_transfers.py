"""Transfers: what left is in transit, arrived or lost, and nowhere twice."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service
from sellier.domain.stock.errors import (
    LinesAbsurd,
    NotOnPaper,
    NotThere,
    PaperChanged,
    PaperNotFound,
    PaperTransitionRefused,
    SamePlace,
    UnknownPlace,
)
from sellier.domain.stock.models import (
    PaperTransition,
    StockMovement,
    StockPosition,
    Transfer,
    TransferLine,
)
from sellier.domain.stock.rules.arrivals import Arrived, split
from sellier.domain.stock.service import Units, transfers
from sellier.domain.stock.service.papers import Turn
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, TransferId, new_id
from tests.domain.locations import make as locations
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
SKU = Sku(make.SKU)
HOUR = timedelta(hours=1)


class Desk:
    """One transfer from a boutique with ten units to another, and hands that work on it."""

    def __init__(self, sessions: Sessions, now: datetime) -> None:
        self.sessions, self.now = sessions, now
        self.id = TransferId(new_id())
        self.origin: LocationId
        self.destination: LocationId

    async def open(self, *, quantity: int = 4) -> None:
        async with self.sessions.begin() as db:
            shop = await make.shop(db, on_hand=10)
            self.origin = shop.location_id
            self.destination = await locations.location(db)
        await self.draft({SKU: quantity})

    async def draft(self, lines: Mapping[Sku, int]) -> None:
        async with self.sessions.begin() as db:
            await transfers.draft(
                db,
                transfer_id=self.id,
                origin_id=self.origin,
                destination_id=self.destination,
                lines=lines,
                expected_at=None,
                now=self.now,
            )

    async def turn(self, key: UUID | None = None) -> Turn:
        async with self.sessions.begin() as db:
            version = await db.scalar(select(Transfer.version).where(Transfer.id == self.id))
        return Turn(paper_id=self.id, version=version or 0, key=key or new_id())

    async def request(self) -> None:
        turn = await self.turn()
        async with self.sessions.begin() as db:
            await transfers.request(db, turn=turn, by="ada", now=self.now)

    async def send(self, units: int, turn: Turn | None = None) -> None:
        turn = turn or await self.turn()
        async with self.sessions.begin() as db:
            await transfers.send(
                db,
                turn=turn,
                sent={SKU: units},
                expected_at=self.now + HOUR,
                by="ada",
                now=self.now,
            )

    async def receive(self, turn: Turn | None = None, *, sound: int = 0, damaged: int = 0) -> None:
        turn = turn or await self.turn()
        arrived = {SKU: Arrived(sound=sound, damaged=damaged)}
        async with self.sessions.begin() as db:
            await transfers.receive(db, turn=turn, arrived=arrived, by="bea", now=self.now)

    async def close(self) -> None:
        turn = await self.turn()
        async with self.sessions.begin() as db:
            await transfers.close(db, turn=turn, by="bea", now=self.now, note="the van says no")

    async def cancel(self) -> None:
        turn = await self.turn()
        async with self.sessions.begin() as db:
            await transfers.cancel(db, turn=turn, by="ada", now=self.now)

    async def state(self) -> str:
        async with self.sessions.begin() as db:
            return await db.scalar(select(Transfer.state)) or ""

    async def line(self) -> TransferLine:
        async with self.sessions.begin() as db:
            return (await db.scalars(select(TransferLine))).one()

    async def on_hand(self) -> tuple[int, int]:
        """Count what is on hand where it leaves and where it arrives."""
        async with self.sessions.begin() as db:
            rows = await db.execute(select(StockPosition.location_id, StockPosition.on_hand))
            units = dict(rows.all())
        return units.get(self.origin, 0), units.get(self.destination, 0)


@pytest.fixture
async def desk(sessions: Sessions, noon: datetime) -> Desk:
    found = Desk(sessions, noon)
    await found.open()
    return found


async def test_units_leave_are_in_transit_and_arrive(desk: Desk, sessions: Sessions) -> None:
    await desk.request()
    await desk.send(4)
    assert await desk.on_hand() == (6, 0)
    assert (await desk.line()).in_transit == 4

    await desk.receive(sound=3)
    assert (await desk.state(), await desk.on_hand()) == ("partly_received", (6, 3))
    await desk.receive(sound=1)
    assert (await desk.state(), await desk.on_hand()) == ("received", (6, 4))

    async with sessions.begin() as db:
        told = await db.scalars(select(OutboxRow.name).where(OutboxRow.name.like("%transfer%")))
        assert list(told) == [
            "stock.transfer_requested",
            "stock.transfer_sent",
            "stock.transfer_partly_received",
            "stock.transfer_received",
        ]
        history = await db.execute(select(PaperTransition.event, PaperTransition.by))
        assert [tuple(row) for row in history] == [
            ("request", "ada"),
            ("send", "ada"),
            ("receive_some", "bea"),
            ("receive_all", "bea"),
        ]


async def test_fewer_may_leave_than_were_asked_for_but_not_more(desk: Desk) -> None:
    await desk.request()
    for units in (5, -1, 0):
        with pytest.raises(LinesAbsurd):
            await desk.send(units)
    await desk.send(2)
    await desk.receive(sound=2)

    assert (await desk.state(), await desk.on_hand()) == ("received", (8, 2))


async def test_damaged_units_arrive_and_are_not_promised(desk: Desk, sessions: Sessions) -> None:
    await desk.request()
    await desk.send(4)
    await desk.receive(sound=2, damaged=2)

    async with sessions.begin() as db:
        here = select(StockPosition).where(StockPosition.location_id == desk.destination)
        position = (await db.scalars(here)).one()
    assert (position.on_hand, position.damaged, position.available) == (4, 2, 2)
    assert (await desk.line()).damaged == 2


async def test_more_than_was_sent_is_taken_in_as_found(desk: Desk, sessions: Sessions) -> None:
    await desk.request()
    await desk.send(4)
    await desk.receive(sound=5)

    assert await desk.on_hand() == (6, 5)
    line = await desk.line()
    assert (line.received, line.over, line.in_transit) == (4, 1, 0)
    async with sessions.begin() as db:
        found = select(StockMovement).where(StockMovement.cause == "adjustment")
        movement = (await db.scalars(found)).one()
    assert (movement.quantity, movement.by) == (1, "bea")


async def test_what_never_arrives_is_a_loss_with_an_author(desk: Desk, sessions: Sessions) -> None:
    await desk.request()
    await desk.send(4)
    await desk.receive(sound=1)
    await desk.close()

    assert (await desk.state(), await desk.on_hand()) == ("received", (6, 1))
    line = await desk.line()
    assert (line.missing, line.in_transit) == (3, 0)
    async with sessions.begin() as db:
        found = select(StockMovement).where(StockMovement.cause == "adjustment")
        loss = (await db.scalars(found)).one()
    assert (loss.quantity, loss.by, loss.location_id) == (-3, "bea", desk.destination)
    assert loss.note is not None
    assert "lost in transit" in loss.note


async def test_a_reservation_is_never_stranded_after_a_transfer(
    desk: Desk, sessions: Sessions, noon: datetime
) -> None:
    line = Units(line_id=OrderLineId(new_id()), sku=SKU, location_id=desk.origin, quantity=8)
    async with sessions.begin() as db:
        await service.reserve(db, order_id=OrderId(new_id()), units=[line], lasts=HOUR, now=noon)
    await desk.request()
    with pytest.raises(NotThere):
        await desk.send(4)
    assert (await desk.state(), await desk.on_hand()) == ("requested", (10, 0))
    await desk.send(2)

    assert await desk.on_hand() == (8, 0)


async def test_the_same_form_again_changes_nothing(desk: Desk) -> None:
    await desk.draft({SKU: 4})
    await desk.request()
    leaving = await desk.turn()
    await desk.send(4, leaving)
    await desk.send(4, leaving)
    arriving = await desk.turn()
    await desk.receive(arriving, sound=1)
    await desk.receive(arriving, sound=1)

    assert await desk.on_hand() == (6, 1)


async def test_who_looked_before_another_acted_looks_again(desk: Desk) -> None:
    await desk.request()
    seen = await desk.turn()
    await desk.send(4)
    late = Turn(paper_id=seen.paper_id, version=seen.version, key=new_id())
    with pytest.raises(PaperChanged):
        await desk.receive(late, sound=4)
    with pytest.raises(PaperNotFound):
        await desk.receive(Turn(paper_id=new_id(), version=1, key=new_id()), sound=4)

    assert await desk.on_hand() == (6, 0)


async def test_ten_hands_receive_one_box_once(desk: Desk) -> None:
    await desk.request()
    await desk.send(4)
    turns = [await desk.turn() for _ in range(10)]
    answers = await asyncio.gather(
        *(desk.receive(turn, sound=4) for turn in turns), return_exceptions=True
    )

    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, PaperChanged) for answer in answers) == 9
    assert await desk.on_hand() == (6, 4)


async def test_what_has_left_is_not_canceled(desk: Desk) -> None:
    await desk.request()
    await desk.send(1)
    with pytest.raises(PaperTransitionRefused):
        await desk.cancel()

    assert await desk.state() == "sent"


async def test_a_draft_is_amended_and_may_come_to_nothing(desk: Desk, sessions: Sessions) -> None:
    turn = await desk.turn()
    async with sessions.begin() as db:
        await transfers.amend(
            db, turn=turn, lines={SKU: 7}, expected_at=None, by="ada", now=desk.now
        )
    assert (await desk.line()).quantity == 7
    await desk.cancel()

    assert await desk.state() == "canceled"


async def test_nonsense_is_refused_and_nothing_is_half_done(desk: Desk, sessions: Sessions) -> None:
    desk.id = TransferId(new_id())
    for lines, refusal in (
        ({}, LinesAbsurd),
        ({SKU: 0}, LinesAbsurd),
        ({SKU: -1}, LinesAbsurd),
        ({SKU: 2**31}, LinesAbsurd),
        ({Sku("NO-SUCH"): 1}, UnknownPlace),
    ):
        with pytest.raises(refusal):
            await desk.draft(lines)
    nowhere = desk.destination
    for place, refused in ((desk.origin, SamePlace), (LocationId(new_id()), UnknownPlace)):
        desk.destination = place
        with pytest.raises(refused):
            await desk.draft({SKU: 1})
    desk.destination = nowhere
    async with sessions.begin() as db:
        assert await db.get(Transfer, desk.id) is None


async def test_a_piece_that_is_not_on_the_transfer_is_refused(
    desk: Desk, sessions: Sessions
) -> None:
    await desk.request()
    await desk.send(4)
    arrived = {SKU: Arrived(sound=4), Sku("OTHER"): Arrived(sound=1)}
    turn = await desk.turn()
    with pytest.raises(NotOnPaper):
        async with sessions.begin() as db:
            await transfers.receive(db, turn=turn, arrived=arrived, by="bea", now=desk.now)
    for units in (0, -1, 10_000_001):
        with pytest.raises(LinesAbsurd):
            await desk.receive(sound=units)

    assert (await desk.state(), await desk.on_hand()) == ("sent", (6, 0))


@given(sound=st.integers(0, 20), damaged=st.integers(0, 20), on_the_way=st.integers(0, 20))
def test_every_unit_that_arrives_is_counted_once(
    *, sound: int, damaged: int, on_the_way: int
) -> None:
    parts = split(Arrived(sound=sound, damaged=damaged), on_the_way=on_the_way)
    assert parts.expected.units == min(sound + damaged, on_the_way)
    assert parts.expected.sound + parts.over.sound == sound
    assert parts.expected.damaged + parts.over.damaged == damaged
    assert min(parts.over.sound, parts.over.damaged) >= 0
