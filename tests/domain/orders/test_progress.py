"""How far orders are and what is late, as rules; the lists of the database agree with them."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders.models import Fulfillment
from sellier.domain.orders.rules import Pace, Progress, due_at, pace, progress
from sellier.domain.orders.states import Work
from sellier.kernel.ids import new_id
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_order_is_as_far_as_what_is_behind() -> None:
    assert progress([]) is None
    assert progress([Work.CANCELED, Work.WITHDRAWN]) is None
    assert progress([Work.DELIVERED, Work.WITHDRAWN, Work.COLLECTED]) is Progress.DELIVERED
    assert progress([Work.DELIVERED, Work.HANDED_OVER]) is Progress.SENT
    assert progress([Work.HANDED_OVER, Work.READY]) is Progress.READY
    assert progress([Work.READY, Work.PICKED]) is Progress.TO_PREPARE
    assert progress([Work.PICKED, Work.UNSOURCED]) is Progress.UNSOURCED


@pytest.mark.parametrize("size", [0, 1, 2])
async def test_lists_by_progress_agree_with_the_rule(
    sessions: Sessions, noon: datetime, size: int
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
        placed = await make.check_out(db, cart_id, now=noon)
    try:
        for states in combinations(Work, size):
            async with sessions.begin() as db:
                await db.execute(delete(Fulfillment))
                for state in states:
                    await db.execute(
                        insert(Fulfillment).values(
                            id=new_id(),
                            order_id=placed.order_id,
                            location_id=shop.location_id,
                            state=state,
                            created_at=noon,
                        )
                    )
                found = {
                    reached: len(await queries.orders(db, reached=reached)) for reached in Progress
                }
                (row,) = await queries.orders(db)
            rule = progress(states)
            assert row.progress is rule
            assert {reached for reached, count in found.items() if count} == (
                {rule} if rule else set()
            ), states
    finally:
        async with sessions.begin() as db:
            await db.execute(delete(Fulfillment))
            assert not (await db.scalars(select(Fulfillment.id))).all()


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (Work.UNSOURCED, AT + timedelta(hours=1)),
        (Work.OFFERED, AT + timedelta(hours=4)),
        (Work.ACCEPTED, AT + timedelta(days=1)),
        (Work.PICKED, AT + timedelta(days=1)),
        (Work.PACKED, AT + timedelta(days=1)),
        (Work.READY, AT + timedelta(days=7)),
        (Work.HANDED_OVER, AT + timedelta(days=5)),
        (Work.DELIVERED, None),
        (Work.CANCELED, None),
    ],
)
def test_what_waits_has_a_time_by_which_it_goes_on(state: Work, due: datetime | None) -> None:
    accept_by, collect_by = AT + timedelta(hours=4), AT + timedelta(days=7)
    assert due_at(state, since=AT, accept_by=accept_by, collect_by=collect_by) == due


def test_work_is_late_from_the_very_moment_and_soon_before_it() -> None:
    second = timedelta(seconds=1)
    assert pace(Work.OFFERED, due=None, now=AT) is Pace.IN_TIME
    assert pace(Work.OFFERED, due=AT, now=AT) is Pace.LATE
    assert pace(Work.OFFERED, due=AT + second, now=AT) is Pace.SOON
    assert pace(Work.OFFERED, due=AT + timedelta(hours=1), now=AT) is Pace.SOON
    assert pace(Work.OFFERED, due=AT + timedelta(hours=1) + second, now=AT) is Pace.IN_TIME
    assert pace(Work.UNSOURCED, due=AT + second, now=AT) is Pace.IN_TIME
    assert pace(Work.READY, due=AT + timedelta(days=2), now=AT) is Pace.SOON
