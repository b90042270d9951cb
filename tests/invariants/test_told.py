"""I10 notices a change that is not told, and an event that nothing stands behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import service as closures
from sellier.domain.orders import service as orders
from sellier.domain.stock.service import transfers
from sellier.domain.stock.service.papers import Turn
from sellier.invariants import told
from sellier.invariants.check import breaches, overdue
from sellier.kernel.ids import Sku, TransferId, new_id
from tests.domain.closures import make as network
from tests.domain.orders import make
from tests.domain.returns import make as returns

Sessions = async_sessionmaker[AsyncSession]

# Events that come one by one: a second one without a change is noticed as well.
PAIRED = {
    *("order.placed", "order.paid", "order.canceled", "fulfillment.advanced", "parcel.packed"),
    *("payment.operation_due", "return.announced", "return.received", "stock.transfer_requested"),
    *("closure.scheduled", "closure.begun", "closure.reopened"),
}


@contextmanager
def planted(owner: psycopg.Connection, change: str, event_id: int) -> Iterator[list[str]]:
    """Change the outbox behind everybody's back, and tell what is noticed; then take it back."""
    with owner.transaction(force_rollback=True):
        owner.execute(change.encode(), [event_id])
        yield [
            each.says for each in told.INVARIANTS if owner.execute(each.query.encode()).fetchall()
        ]


async def a_busy_day(sessions: Sessions, now: datetime) -> None:
    async with sessions.begin() as db:
        found = await network.network(db, on_hand=8, elsewhere=(2,))
    arrived = await returns.arrived(sessions, found.shop, now=now, shipping=0)
    return_id = await returns.announced(sessions, arrived, now=now)
    await returns.received(sessions, return_id, at=found.closing, now=now)
    await returns.inspected(sessions, return_id, now=now)
    await returns.settled(sessions, return_id, now=now)
    canceled = await make.bought(sessions, found.shop, now=now)
    await make.bought(sessions, found.shop, now=now)
    transfer_id = TransferId(new_id())
    async with sessions.begin() as db:
        await orders.cancel_order(db, order_id=canceled.order_id, by="ada", now=now)
        await transfers.draft(
            db,
            transfer_id=transfer_id,
            origin_id=found.closing,
            destination_id=found.others[0],
            lines={Sku("ECLUSE-RED-U"): 1},
            expected_at=None,
            now=now,
        )
        turn = Turn(paper_id=transfer_id, version=1, key=new_id())
        await transfers.request(db, turn=turn, by="ada", now=now)
    closure_id = await network.closed(sessions, found.closing, now=now)
    await closures.carry_out(sessions, closure_id=closure_id, now=now)
    async with sessions.begin() as db:
        await closures.reopen(db, closure_id=closure_id, by="ada", now=now)


async def test_no_change_goes_untold_and_no_event_stands_for_nothing(
    sessions: Sessions, owner: psycopg.Connection, noon: datetime
) -> None:
    await a_busy_day(sessions, noon)
    async with sessions() as db:
        assert not await breaches(db)
    events: dict[str, int] = dict(
        owner.execute("SELECT name, min(id) FROM outbox GROUP BY name").fetchall()
    )
    assert events.keys() >= PAIRED
    # Others tell the same, a job looks for itself, or the provider's book is compared with ours.
    alone = {"stock.positions_changed", "order.units_unsourced", "payment.void_due"}
    for name, event_id in events.items():
        with planted(owner, "DELETE FROM outbox WHERE id = %s", event_id) as noticed:
            assert noticed or name in alone, f"{name} may be lost"
        twice = (
            "INSERT INTO outbox (name, payload, happened_at)"
            " SELECT name, payload, happened_at FROM outbox WHERE id = %s"
        )
        with planted(owner, twice, event_id) as noticed:
            assert noticed or name not in PAIRED, f"{name} may stand for nothing"


async def test_whatever_moved_is_told(
    sessions: Sessions, owner: psycopg.Connection, noon: datetime
) -> None:
    await a_busy_day(sessions, noon)
    (event_id,) = owner.execute("SELECT min(id) FROM outbox").fetchone() or (0,)
    silent = "DELETE FROM outbox WHERE name = 'stock.positions_changed' AND id >= %s"
    with planted(owner, silent, event_id) as noticed:
        assert any("moves in stock" in says for says in noticed)


async def late(sessions: Sessions, now: datetime) -> set[str]:
    async with sessions() as db:
        return {breach.invariant.says for breach in await overdue(db, now=now)}


async def test_whatever_is_left_lying_past_its_deadline_is_noticed(
    sessions: Sessions, noon: datetime, owner: psycopg.Connection
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=3)
        await make.check_out(db, await make.cart(db, shop, now=noon), now=noon)
    await make.bought(sessions, shop, now=noon)
    owner.execute("UPDATE outbox SET dispatched_at = happened_at")
    assert not await late(sessions, noon + timedelta(minutes=15))

    after_a_day = await late(sessions, noon + timedelta(days=1))

    assert {says.split(":")[0] for says in after_a_day} == {
        "Every payment is decided in time",
        "Every offer that nobody took went elsewhere.",
    }


async def test_a_reservation_that_outlives_its_end_is_noticed(
    sessions: Sessions, noon: datetime, owner: psycopg.Connection
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        await make.check_out(db, await make.cart(db, shop, now=noon), now=noon)
    owner.execute("UPDATE outbox SET dispatched_at = happened_at")
    assert not await late(sessions, noon)
    owner.execute("UPDATE reservation SET expires_at = now() - interval '2 minutes'")
    assert await late(sessions, noon) == {"No reservation outlives its end by more than a minute."}


async def test_an_event_that_waits_is_noticed_after_a_minute(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await make.shop(db)
    says = {"Every event was handed to the jobs that react."}
    assert await late(sessions, noon) == says
