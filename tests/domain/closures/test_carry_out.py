"""Closures on the real database: who does the work then, and that nothing is lost on the way."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures import service as closures
from sellier.domain.closures.errors import AlreadyClosing, ClosureRefused, NotEmpty
from sellier.domain.closures.models import ClosureMove
from sellier.domain.closures.service import Wish, carry_out
from sellier.domain.closures.states import ClosureState, MoveState
from sellier.domain.orders import service as orders
from sellier.domain.orders.service import Target
from sellier.domain.orders.states import Cause, Work
from sellier.domain.promising import queries as promising
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Units, transfers
from sellier.domain.stock.service.papers import Turn
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import OrderId, OrderLineId, TransferId, new_id
from sellier.migrations.schema import METADATA
from tests.domain.closures import make
from tests.domain.orders import make as shops
from tests.domain.stock import make as stocks

Sessions = async_sessionmaker[AsyncSession]


async def moves(sessions: Sessions) -> list[MoveState]:
    async with sessions() as db:
        rows = await db.scalars(select(ClosureMove.state).order_by(ClosureMove.id))
        return [MoveState(row) for row in rows]


async def begun(
    sessions: Sessions, *, orders_: int, elsewhere: list[int], now: datetime
) -> tuple[make.Network, Sequence[shops.Bought]]:
    """Orders at one boutique; the others come by their stock only after that."""
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=orders_, elsewhere=[0] * len(elsewhere))
    bought = await make.bought(sessions, found.shop, count=orders_, now=now)
    async with sessions.begin() as db:
        for place, units in zip(found.others, elsewhere, strict=True):
            if units:
                await stocks.more(db, location_id=place, units=units, now=now)
    return found, bought


async def test_work_of_a_closed_boutique_is_done_by_the_others(
    sessions: Sessions, noon: datetime
) -> None:
    found, bought = await begun(sessions, orders_=4, elsewhere=[2, 1], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)

    assert await make.allocated(sessions, found.closing) == 0
    assert await make.works(sessions, found.closing) == [Work.WITHDRAWN] * 4
    assert await make.works(sessions, found.others[0]) == [Work.OFFERED] * 2
    assert await make.works(sessions, found.others[1]) == [Work.OFFERED]
    assert await make.works(sessions, None) == [Work.UNSOURCED]
    assert sorted(await moves(sessions)) == [MoveState.MOVED] * 3 + [MoveState.WAITS]
    assert await make.state(sessions, closure_id) == ClosureState.CLOSED
    async with sessions() as db:
        (plan,) = await queries.plans(db, closure_id=closure_id)
        decisions = await promising.decisions(db, order_id=bought[0].order_id)
    assert (plan.orders, plan.units) == (4, 4)
    assert plan.bound_minor <= plan.cost_minor <= plan.greedy_minor
    assert decisions[-1].why.startswith("closure CL-2026-")


async def test_to_carry_out_again_changes_nothing(sessions: Sessions, noon: datetime) -> None:
    found, _ = await begun(sessions, orders_=2, elsewhere=[1], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    before = await moves(sessions), await make.works(sessions, found.others[0])
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert (await moves(sessions), await make.works(sessions, found.others[0])) == before


async def test_a_closed_boutique_sells_to_nobody_far_away(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=3, elsewhere=[0])
    await make.closed(sessions, found.closing, now=noon)
    async with sessions.begin() as db:
        cart_id = await shops.cart(db, found.shop, now=noon)
    with pytest.raises(Refusal):
        async with sessions.begin() as db:
            await shops.check_out(db, cart_id, now=noon)
    # Nor to a buyer who chose it a moment before.
    units = Units(
        line_id=OrderLineId(new_id()), sku=shops.SKU, location_id=found.closing, quantity=1
    )
    with pytest.raises(OutOfStock):
        async with sessions.begin() as db:
            await stock.reserve(
                db,
                order_id=OrderId(new_id()),
                units=[units],
                lasts=timedelta(minutes=5),
                now=noon,
            )


async def test_reopening_is_the_mirror(sessions: Sessions, noon: datetime) -> None:
    found, _ = await begun(sessions, orders_=1, elsewhere=[1], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    async with sessions.begin() as db:
        await closures.reopen(db, closure_id=closure_id, by="staff:test", now=noon)
    assert not await make.is_closed(sessions, found.closing)
    assert await make.available(sessions, found.closing) == 1
    (again,) = await make.bought(sessions, found.shop, count=1, now=noon)
    assert await make.allocated(sessions, found.closing) == 1
    assert again.works


async def test_units_that_waited_are_told_as_found_once_they_have_a_place(
    sessions: Sessions, noon: datetime
) -> None:
    found, bought = await begun(sessions, orders_=1, elsewhere=[0], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)

    async def told() -> list[MoveState]:
        async with sessions() as db:
            (move,) = await queries.moves(db, closure_id=closure_id)
            (sum_,) = await queries.given(db, closure_id=closure_id)
        return [move.state, sum_.state]

    assert await told() == [MoveState.WAITS] * 2
    async with sessions.begin() as db:
        await stocks.more(db, location_id=found.others[0], units=1, now=noon)
        await orders.source(db, order_id=bought[0].order_id, why="stock_appeared", now=noon)
    assert await told() == [MoveState.FOUND] * 2
    assert await moves(sessions) == [MoveState.WAITS]


async def test_a_closure_begins_when_its_time_has_come(sessions: Sessions, noon: datetime) -> None:
    found, _ = await begun(sessions, orders_=1, elsewhere=[1], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    async with sessions.begin() as db:
        await closures.reopen(db, closure_id=closure_id, by="staff:test", now=noon)
        wish = Wish(
            location_ids=[found.closing], reason="Later", starts_at=noon + timedelta(days=1)
        )
        scheduled = await closures.schedule(db, wish=wish, by="staff:test", now=noon)
    assert not await make.is_closed(sessions, found.closing)
    async with sessions.begin() as db:
        assert not await queries.to_begin(db, now=noon)
        assert list(await queries.to_begin(db, now=noon + timedelta(days=1))) == [scheduled]
        with pytest.raises(AlreadyClosing):
            await closures.schedule(db, wish=wish, by="staff:test", now=noon)
    async with sessions.begin() as db:
        await closures.cancel(db, closure_id=scheduled, by="staff:test", now=noon)


async def test_a_wish_that_makes_no_sense_is_refused(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=1)
        for wish in (
            Wish(location_ids=[], reason="Works", starts_at=noon),
            Wish(location_ids=[found.closing], reason=" ", starts_at=noon),
            Wish(
                location_ids=[found.closing],
                reason="Works",
                starts_at=noon,
                planned_reopening=noon - timedelta(days=1),
            ),
        ):
            with pytest.raises(ClosureRefused):
                await closures.schedule(db, wish=wish, by="staff:test", now=noon)


async def test_f25_nothing_closes_for_good_while_somebody_waits_for_it(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=1, elsewhere=[0])
    await shops.bought(sessions, found.shop, now=noon, at=found.closing)
    closure_id = await make.closed(sessions, found.closing, now=noon, reopens_in=None)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert await make.state(sessions, closure_id) == ClosureState.CLOSING
    with pytest.raises(NotEmpty):
        async with sessions.begin() as db:
            await closures.finish(db, closure_id=closure_id, by="staff:test", now=noon)


async def test_pitfall_fulfilled_from_another_location_than_the_reserved_one(
    sessions: Sessions, noon: datetime
) -> None:
    """Whoever hands over takes the units from where they are allocated, after a closure too."""
    found, (bought,) = await begun(sessions, orders_=1, elsewhere=[1], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    with pytest.raises(Refusal):
        async with sessions.begin() as db:
            await orders.accept(db, fulfillment_id=bought.works[0], by="test", now=noon)
    assert await make.allocated(sessions, found.others[0]) == 1


async def test_pitfall_moving_a_reservation_skips_the_check_at_the_destination(
    sessions: Sessions, noon: datetime
) -> None:
    found, (first, second) = await begun(sessions, orders_=2, elsewhere=[1], now=noon)

    async def move(bought: shops.Bought) -> None:
        target = Target(
            fulfillment_id=bought.works[0],
            line_id=bought.line_id,
            quantity=1,
            location_id=found.others[0],
        )
        async with sessions.begin() as db:
            await orders.replan(
                db,
                order_id=bought.order_id,
                targets=[target],
                cause=Cause.CLOSED,
                by="test",
                now=noon,
            )

    await asyncio.gather(move(first), move(second))
    assert await make.allocated(sessions, found.others[0]) == 1
    assert await make.works(sessions, None) == [Work.UNSOURCED]


async def test_pitfall_reservation_stranded_at_a_closed_location(
    sessions: Sessions, noon: datetime
) -> None:
    """An order reserved before and paid for after its boutique closed is planned anew too."""
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=1, elsewhere=[0])
        cart_id = await shops.cart(db, found.shop, now=noon)
        placed = await shops.check_out(db, cart_id, now=noon)
    async with sessions.begin() as db:
        await stocks.more(db, location_id=found.others[0], units=1, now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    await shops.pay(sessions, placed, now=noon)
    assert await make.allocated(sessions, found.closing) == 1
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert await make.allocated(sessions, found.closing) == 0
    assert await make.allocated(sessions, found.others[0]) == 1


async def test_pickers_and_a_closure_at_the_same_moment(sessions: Sessions, noon: datetime) -> None:
    """What leaves before the plan comes to it has left; the rest moves; no unit does both."""
    found, bought = await begun(sessions, orders_=6, elsewhere=[6], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)

    async def hand_over(one: shops.Bought) -> bool:
        try:
            (work,) = one.works
            async with sessions.begin() as db:
                await orders.accept(db, fulfillment_id=work, by="picker", now=noon)
            async with sessions.begin() as db:
                await orders.pick(db, fulfillment_id=work, missing={}, by="picker", now=noon)
            async with sessions.begin() as db:
                await orders.pack(db, fulfillment_id=work, by="picker", now=noon)
        except Refusal:
            return False
        return True

    packed, _ = await asyncio.gather(
        asyncio.gather(*(hand_over(one) for one in bought)),
        carry_out(sessions, closure_id=closure_id, now=noon),
    )
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert len(packed) == 6
    assert await make.allocated(sessions, found.closing) == 0
    assert await make.allocated(sessions, found.others[0]) == 6


async def test_buyers_and_a_closure_at_the_same_moment(sessions: Sessions, noon: datetime) -> None:
    """They want the same units: whoever comes second waits, and nothing is promised twice."""
    found, _ = await begun(sessions, orders_=3, elsewhere=[3], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)

    async def buy() -> bool:
        try:
            await shops.bought(sessions, found.shop, now=noon)
        except Refusal:
            return False
        return True

    won, _ = await asyncio.gather(
        asyncio.gather(*(buy() for _ in range(3))),
        carry_out(sessions, closure_id=closure_id, now=noon),
    )
    await carry_out(sessions, closure_id=closure_id, now=noon)
    waits = await make.works(sessions, None)
    assert await make.allocated(sessions, found.others[0]) == 3
    assert await make.allocated(sessions, found.closing) == 0
    assert waits.count(Work.UNSOURCED) == sum(won)


async def test_two_closures_at_once_do_not_plan_the_same_units_twice(
    sessions: Sessions, noon: datetime
) -> None:
    found, _ = await begun(sessions, orders_=3, elsewhere=[3], now=noon)
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await asyncio.gather(*(carry_out(sessions, closure_id=closure_id, now=noon) for _ in range(3)))
    assert await moves(sessions) == [MoveState.MOVED] * 3


async def test_transfers_to_a_closed_boutique_do_not_arrive_there(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=0, elsewhere=[4, 0])
    ids = [TransferId(new_id()) for _ in range(2)]
    async with sessions.begin() as db:
        for transfer_id in ids:
            await transfers.draft(
                db,
                transfer_id=transfer_id,
                origin_id=found.others[0],
                destination_id=found.closing,
                lines={shops.SKU: 2},
                expected_at=None,
                now=noon,
            )
            turn = Turn(paper_id=transfer_id, version=None, key=new_id())
            await transfers.request(db, turn=turn, by="test", now=noon)
        turn = Turn(paper_id=ids[0], version=None, key=new_id())
        await transfers.send(
            db, turn=turn, sent={shops.SKU: 2}, expected_at=None, by="test", now=noon
        )
    closure_id = await make.closed(sessions, found.closing, now=noon)
    await carry_out(sessions, closure_id=closure_id, now=noon)
    async with sessions() as db:
        rows = await db.execute(
            text("SELECT state, destination_id FROM transfer ORDER BY state DESC")
        )
        states = [(row.state, row.destination_id) for row in rows]
    assert states == [("sent", found.others[1]), ("canceled", found.closing)]
    assert await make.state(sessions, closure_id) == ClosureState.CLOSED


async def test_a_rehearsal_changes_nothing(sessions: Sessions, noon: datetime) -> None:
    found, _ = await begun(sessions, orders_=3, elsewhere=[2], now=noon)

    async def hashes() -> list[tuple[object, ...]]:
        """Count the rows of every table that a closure may touch, and hash what they say."""
        told: list[tuple[object, ...]] = []
        async with sessions() as db:
            for table in METADATA.sorted_tables:
                rows = text(
                    f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) "
                    f'FROM "{table.name}" t'
                )
                told.append(tuple((await db.execute(rows)).one()))
        return told

    before = await hashes()
    told = await closures.rehearse(sessions, location_ids=[found.closing], now=noon, seconds=5)
    assert (told.orders, told.units, told.customers) == (3, 3, 1)
    assert (told.plan.moved, told.plan.waiting) == (2, 1)
    assert await hashes() == before
