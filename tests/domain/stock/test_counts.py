"""Counts: blind, compared with the books of that moment, and never breaking a promise."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service
from sellier.domain.stock.errors import (
    CountStale,
    CountUnfinished,
    LinesAbsurd,
    NotThere,
    OutOfStock,
    PaperChanged,
    PaperTransitionRefused,
    UnknownPlace,
)
from sellier.domain.stock.models import StockCount, StockCountLine, StockMovement, StockPosition
from sellier.domain.stock.rules import Move, Position
from sellier.domain.stock.rules.counts import settled
from sellier.domain.stock.service import Units, counts, settle
from sellier.domain.stock.service.papers import Turn
from sellier.domain.stock.states import Cause, Condition
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, StockCountId, new_id
from tests.domain.catalog import make as catalog
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
SKU, OTHER = Sku(make.SKU), Sku("LINON-BLUE-U")
HOUR = timedelta(hours=1)


class Shelf:
    """Ten bags, one count, and the hands that do it."""

    def __init__(self, sessions: Sessions, now: datetime) -> None:
        self.sessions, self.now = sessions, now
        self.id = StockCountId(new_id())
        self.place: LocationId

    async def open(self, *, tolerance: int = 1, skus: tuple[Sku, ...] = (SKU,)) -> None:
        async with self.sessions.begin() as db:
            await counts.open_count(
                db,
                count_id=self.id,
                location_id=self.place,
                skus=skus,
                shelf=None if skus else "the window",
                tolerance=tolerance,
                now=self.now,
            )

    async def turn(self) -> Turn:
        async with self.sessions.begin() as db:
            version = await db.scalar(select(StockCount.version).where(StockCount.id == self.id))
        return Turn(paper_id=self.id, version=version, key=new_id())

    async def tally(self, found: Mapping[Sku, int]) -> None:
        turn = Turn(paper_id=self.id, version=None, key=new_id())
        async with self.sessions.begin() as db:
            await counts.tally(db, turn=turn, found=found, by="bea", now=self.now)

    async def submit(self) -> str:
        turn = await self.turn()
        async with self.sessions.begin() as db:
            return await counts.submit(db, turn=turn, by="bea", now=self.now)

    async def approve(self, turn: Turn | None = None) -> Mapping[Sku, int]:
        turn = turn or await self.turn()
        async with self.sessions.begin() as db:
            return await counts.approve(db, turn=turn, by="ada", now=self.now)

    async def position(self, sku: Sku = SKU) -> StockPosition:
        async with self.sessions.begin() as db:
            found = select(StockPosition).where(StockPosition.sku == sku)
            return (await db.scalars(found)).one()

    async def reserve(self, quantity: int) -> OrderId:
        order_id = OrderId(new_id())
        line = Units(
            line_id=OrderLineId(new_id()), sku=SKU, location_id=self.place, quantity=quantity
        )
        async with self.sessions.begin() as db:
            await service.reserve(db, order_id=order_id, units=[line], lasts=HOUR, now=self.now)
        return order_id

    async def sell(self, quantity: int) -> None:
        sold = Move(sku=SKU, location_id=self.place, quantity=-quantity)
        async with self.sessions.begin() as db:
            source = f"receipt:{new_id()}"
            await service.move(
                db, moves=[sold], cause=Cause.SALE, source=source, by="till", now=self.now
            )


@pytest.fixture
async def shelf(sessions: Sessions, noon: datetime) -> Shelf:
    found = Shelf(sessions, noon)
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=10)
        await catalog.style_color(db, site=shop.site, code="LINON-BLUE")
        found.place = shop.location_id
    return found


async def test_a_small_variance_is_applied_at_once(shelf: Shelf, sessions: Sessions) -> None:
    await shelf.open(tolerance=1)
    await shelf.tally({SKU: 9})
    assert await shelf.submit() == "applied"
    assert (await shelf.position()).on_hand == 9
    async with sessions.begin() as db:
        found = select(StockMovement).where(StockMovement.cause == Cause.COUNT)
        movement = (await db.scalars(found)).one()
    assert (movement.quantity, movement.by) == (-1, "bea")
    assert movement.source.startswith(f"count:{shelf.id}:")


async def test_a_large_variance_waits_for_the_order_desk(shelf: Shelf) -> None:
    await shelf.open(tolerance=1)
    await shelf.tally({SKU: 6})
    assert await shelf.submit() == "waiting"
    assert (await shelf.position()).on_hand == 10
    assert await shelf.approve() == {}
    assert (await shelf.position()).on_hand == 6


async def test_what_is_within_the_tolerance_does_not_wait_for_the_rest(shelf: Shelf) -> None:
    await shelf.open(tolerance=1, skus=(SKU, OTHER))
    await shelf.tally({SKU: 6, OTHER: 1})
    assert await shelf.submit() == "waiting"
    assert ((await shelf.position()).on_hand, (await shelf.position(OTHER)).on_hand) == (10, 1)
    await shelf.approve()
    assert ((await shelf.position()).on_hand, (await shelf.position(OTHER)).on_hand) == (6, 1)


async def test_what_is_sold_between_counting_and_approval_stays_sold(shelf: Shelf) -> None:
    await shelf.open(tolerance=0)
    await shelf.tally({SKU: 8})
    await shelf.submit()
    await shelf.sell(3)
    await shelf.approve()
    assert (await shelf.position()).on_hand == 5


async def test_what_waits_may_be_counted_again_or_not_believed(
    shelf: Shelf, sessions: Sessions
) -> None:
    await shelf.open(tolerance=0)
    await shelf.tally({SKU: 6})
    await shelf.submit()
    turn = await shelf.turn()
    async with sessions.begin() as db:
        await counts.recount(db, turn=turn, by="ada", now=shelf.now)
    with pytest.raises(CountUnfinished):
        await shelf.submit()
    await shelf.tally({SKU: 7})
    await shelf.submit()
    turn = await shelf.turn()
    async with sessions.begin() as db:
        await counts.reject(db, turn=turn, by="ada", now=shelf.now, note="the drawer")
    assert (await shelf.position()).on_hand == 10
    with pytest.raises(PaperTransitionRefused):
        await shelf.approve()


async def test_counting_below_what_is_promised_shows_the_shortfall(
    shelf: Shelf, sessions: Sessions
) -> None:
    order_id = await shelf.reserve(7)
    await shelf.open(tolerance=0)
    await shelf.tally({SKU: 5})
    await shelf.submit()
    assert await shelf.approve() == {SKU: 2}

    after = await shelf.position()
    assert (after.on_hand, after.reserved, after.short, after.available) == (7, 7, 2, -2)
    async with sessions.begin() as db:
        told = select(OutboxRow.payload).where(OutboxRow.name == "stock.short")
        (payload,) = (await db.scalars(told)).all()
        line = (await db.scalars(select(StockCountLine))).one()
    assert (payload["sku"], payload["quantity"], line.short) == (SKU, 2, 2)

    async with sessions.begin() as db:
        await service.release(db, order_id=order_id, now=shelf.now)
    assert (await shelf.position()).available == 5  # ghosts are sold to nobody
    async with sessions.begin() as db:
        assert await settle.settle_shorts(db, now=shelf.now) == 1
        assert await settle.settle_shorts(db, now=shelf.now) == 0
    after = await shelf.position()
    assert (after.on_hand, after.short, after.available) == (5, 0, 5)


async def test_units_that_are_short_are_not_sent_elsewhere(
    shelf: Shelf, sessions: Sessions
) -> None:
    order_id = await shelf.reserve(7)
    await shelf.open(tolerance=9)
    await shelf.tally({SKU: 5})
    await shelf.submit()
    async with sessions.begin() as db:
        await service.release(db, order_id=order_id, now=shelf.now)
    gone = Move(sku=SKU, location_id=shelf.place, quantity=-6)
    with pytest.raises(NotThere):
        async with sessions.begin() as db:
            await service.move(
                db, moves=[gone], cause=Cause.TRANSFER_OUT, source="t", by="ada", now=shelf.now
            )
    with pytest.raises(OutOfStock):
        await shelf.reserve(6)


async def test_a_second_count_finds_what_the_first_missed(shelf: Shelf) -> None:
    await shelf.reserve(7)
    await shelf.open(tolerance=9)
    await shelf.tally({SKU: 5})
    await shelf.submit()
    shelf.id, shelf.now = StockCountId(new_id()), shelf.now + HOUR
    await shelf.open(tolerance=9)
    await shelf.tally({SKU: 8})
    await shelf.submit()

    after = await shelf.position()
    assert (after.on_hand, after.short, after.available) == (8, 0, 1)


async def test_two_counts_of_one_shelf_are_not_both_applied(shelf: Shelf) -> None:
    first = shelf.id
    await shelf.open(tolerance=9)
    await shelf.tally({SKU: 8})
    shelf.id = StockCountId(new_id())
    await shelf.open(tolerance=9)
    await shelf.tally({SKU: 8})
    await shelf.submit()
    shelf.id = first
    with pytest.raises(CountStale):
        await shelf.submit()
    assert (await shelf.position()).on_hand == 8

    shelf.now += HOUR
    await shelf.tally({SKU: 8})
    await shelf.submit()
    assert (await shelf.position()).on_hand == 8


async def test_a_list_that_is_not_finished_is_not_handed_in(shelf: Shelf) -> None:
    await shelf.open(skus=(SKU, OTHER))
    await shelf.tally({SKU: 10})
    with pytest.raises(CountUnfinished) as refused:
        await shelf.submit()
    assert refused.value.details["left"] == 1
    await shelf.tally({OTHER: 0})
    assert await shelf.submit() == "applied"


async def test_on_a_shelf_whatever_is_found_is_written_down(shelf: Shelf) -> None:
    await shelf.open(skus=(), tolerance=9)
    with pytest.raises(CountUnfinished):
        await shelf.submit()
    await shelf.tally({OTHER: 2})
    assert await shelf.submit() == "applied"
    assert (await shelf.position(OTHER)).on_hand == 2


async def test_the_same_form_again_changes_nothing(shelf: Shelf) -> None:
    await shelf.open()
    await shelf.open()
    await shelf.tally({SKU: 6})
    await shelf.submit()
    turn = await shelf.turn()
    await shelf.approve(turn)
    assert await shelf.approve(turn) == {}
    assert (await shelf.position()).on_hand == 6


async def test_who_looked_before_another_acted_looks_again(shelf: Shelf) -> None:
    await shelf.open(tolerance=0)
    seen = await shelf.turn()
    await shelf.tally({SKU: 6})
    await shelf.submit()
    with pytest.raises(PaperChanged):
        await shelf.approve(seen)


async def test_a_count_of_nothing_nowhere_or_too_much_is_refused(
    shelf: Shelf, sessions: Sessions
) -> None:
    for skus, tolerance, refusal in (
        ((Sku("NO-SUCH"),), 0, UnknownPlace),
        ((SKU,), -1, LinesAbsurd),
    ):
        with pytest.raises(refusal):
            await shelf.open(skus=skus, tolerance=tolerance)
    place, shelf.place = shelf.place, LocationId(new_id())
    with pytest.raises(UnknownPlace):
        await shelf.open()
    shelf.place = place
    await shelf.open()
    for found, refused in (
        ({SKU: -1}, LinesAbsurd),
        ({SKU: 2**31}, LinesAbsurd),
        ({}, LinesAbsurd),
        ({Sku("NO-SUCH"): 1}, UnknownPlace),
    ):
        with pytest.raises(refused):
            await shelf.tally(found)
    async with sessions.begin() as db:
        assert (await db.scalars(select(StockCountLine.counted))).all() == [None]


@given(
    sellable=st.integers(0, 20),
    reserved=st.integers(0, 20),
    short=st.integers(0, 20),
    lent=st.none() | st.integers(0, 20),
    variance=st.integers(-25, 25),
)
def test_a_count_never_breaks_a_promise_and_forgets_no_unit(
    *, sellable: int, reserved: int, short: int, lent: int | None, variance: int
) -> None:
    reserved, short = min(reserved, sellable), min(short, sellable)
    lent = None if lent is None else min(lent, sellable - reserved)
    units = {**dict.fromkeys(Condition, 0), Condition.SELLABLE: sellable}
    before = Position(units=units, reserved=reserved, lent=lent, short=short)
    after = settled(before, variance=variance)
    books = after.units[Condition.SELLABLE]
    assert books >= after.reserved + (after.lent or 0)
    assert 0 <= after.short <= books
    assert books - after.short == max(0, sellable - short + variance)
    assert not after.short or books == reserved
    assert settled(after, variance=0) == after
