"""What customers of a closed boutique choose, and what happens when they do not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import service as closures
from sellier.domain.closures.errors import ChoiceRefused
from sellier.domain.closures.models import ClosureChoice
from sellier.domain.closures.service import Chosen, carry_out, choose
from sellier.domain.closures.states import Choice, ChoiceState, ClosureState
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import OrderLine
from sellier.domain.orders.states import LineState, Work
from sellier.domain.promising.states import Way
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import ClosureChoiceId, ClosureId
from tests.domain.carriers import make as carriers
from tests.domain.closures import make
from tests.domain.closures.make import Network
from tests.domain.orders import make as shops
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]


async def asked(
    sessions: Sessions, *, elsewhere: int, now: datetime
) -> tuple[Network, ClosureId, ClosureChoiceId]:
    """A pickup that is ready, and its boutique closes."""
    async with sessions.begin() as db:
        found = await make.network(db, on_hand=1, elsewhere=[0])
        await carriers.keep(db, carriers.lane(from_country="FR"))
    bought = await shops.bought(sessions, found.shop, now=now, at=found.closing)
    async with sessions.begin() as db:
        if elsewhere:
            await stock.more(db, location_id=found.others[0], units=elsewhere, now=now)
        (work,) = bought.works
        await orders.accept(db, fulfillment_id=work, by="test", now=now)
        await orders.pick(db, fulfillment_id=work, missing={}, by="test", now=now)
        await orders.make_ready(db, fulfillment_id=work, by="test", now=now)
    closure_id = await make.closed(sessions, found.closing, now=now)
    await carry_out(sessions, closure_id=closure_id, now=now)
    async with sessions() as db:
        choice_id = (await db.scalars(select(ClosureChoice.id))).one()
    return found, closure_id, choice_id


async def chosen(
    sessions: Sessions, choice_id: ClosureChoiceId, what: Chosen, *, now: datetime
) -> None:
    async with sessions.begin() as db:
        await choose(db, choice_id=choice_id, chosen=what, by="customer", now=now)


async def test_a_pickup_is_not_moved_silently(sessions: Sessions, noon: datetime) -> None:
    found, closure_id, _ = await asked(sessions, elsewhere=1, now=noon)
    assert await make.works(sessions, found.closing) == [Work.READY]
    assert await make.state(sessions, closure_id) == ClosureState.CLOSING
    async with sessions() as db:
        names = (await db.scalars(select(OutboxRow.name))).all()
    assert names.count("closure.customer_asked") == 1


async def test_later(sessions: Sessions, noon: datetime) -> None:
    found, closure_id, choice_id = await asked(sessions, elsewhere=1, now=noon)
    await chosen(sessions, choice_id, Chosen(choice=Choice.LATER), now=noon)
    await chosen(sessions, choice_id, Chosen(choice=Choice.LATER), now=noon)
    assert await make.works(sessions, found.closing) == [Work.READY]
    # Nobody's week is over while the door is shut.
    async with sessions.begin() as db:
        assert await orders.expire_pickups(db, now=noon + timedelta(days=30)) == 0
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert await make.state(sessions, closure_id) == ClosureState.CLOSED


async def test_elsewhere(sessions: Sessions, noon: datetime) -> None:
    found, _, choice_id = await asked(sessions, elsewhere=1, now=noon)
    other = found.others[0]
    await chosen(sessions, choice_id, Chosen(choice=Choice.ELSEWHERE, location_id=other), now=noon)
    assert await make.works(sessions, other) == [Work.OFFERED]
    assert await make.allocated(sessions, found.closing) == 0
    async with sessions() as db:
        line = (await db.scalars(select(OrderLine))).one()
        assert (line.way, line.location_id) == (Way.COLLECT, other)


async def test_elsewhere_is_refused_when_it_was_sold_meanwhile(
    sessions: Sessions, noon: datetime
) -> None:
    found, _, choice_id = await asked(sessions, elsewhere=0, now=noon)
    what = Chosen(choice=Choice.ELSEWHERE, location_id=found.others[0])
    with pytest.raises(ChoiceRefused):
        await chosen(sessions, choice_id, what, now=noon)
    assert await make.works(sessions, found.closing) == [Work.READY]


async def test_shipped(sessions: Sessions, noon: datetime) -> None:
    found, closure_id, choice_id = await asked(sessions, elsewhere=1, now=noon)
    await chosen(sessions, choice_id, Chosen(choice=Choice.SHIPPED), now=noon)
    async with sessions.begin() as db:
        line = (await db.scalars(select(OrderLine))).one()
        assert (line.way, line.location_id) == (Way.SHIP, None)
        await orders.source(db, order_id=line.order_id, why="withdrawn", now=noon)
    assert await make.works(sessions, found.others[0]) == [Work.OFFERED]
    await carry_out(sessions, closure_id=closure_id, now=noon)
    assert await make.state(sessions, closure_id) == ClosureState.CLOSED


async def test_refunded(sessions: Sessions, noon: datetime) -> None:
    found, _, choice_id = await asked(sessions, elsewhere=1, now=noon)
    await chosen(sessions, choice_id, Chosen(choice=Choice.REFUNDED), now=noon)
    assert await make.allocated(sessions, found.closing) == 0
    async with sessions() as db:
        assert (await db.scalars(select(OrderLine.state))).one() == LineState.CANCELED


async def test_another_choice_later_is_refused(sessions: Sessions, noon: datetime) -> None:
    _, _, choice_id = await asked(sessions, elsewhere=1, now=noon)
    await chosen(sessions, choice_id, Chosen(choice=Choice.LATER), now=noon)
    with pytest.raises(ChoiceRefused):
        await chosen(sessions, choice_id, Chosen(choice=Choice.REFUNDED), now=noon)


@pytest.mark.parametrize(("elsewhere", "expected"), [(1, Choice.SHIPPED), (0, Choice.REFUNDED)])
async def test_who_does_not_choose_in_time_gets_it_sent_else_refunded(
    sessions: Sessions, noon: datetime, *, elsewhere: int, expected: Choice
) -> None:
    _, _, choice_id = await asked(sessions, elsewhere=elsewhere, now=noon)
    assert await closures.settle_overdue(sessions, now=noon) == 0
    late = noon + timedelta(days=3)
    with pytest.raises(ChoiceRefused):
        await chosen(sessions, choice_id, Chosen(choice=Choice.LATER), now=late)
    assert await closures.settle_overdue(sessions, now=late) == 1
    async with sessions() as db:
        row = (await db.scalars(select(ClosureChoice))).one()
    assert (row.state, row.choice, row.by) == (ChoiceState.MADE, expected, "time-out")


async def test_nobody_has_to_choose_once_it_has_opened_again(
    sessions: Sessions, noon: datetime
) -> None:
    found, closure_id, choice_id = await asked(sessions, elsewhere=1, now=noon)
    async with sessions.begin() as db:
        await closures.reopen(db, closure_id=closure_id, by="staff:test", now=noon)
    with pytest.raises(ChoiceRefused):
        await chosen(sessions, choice_id, Chosen(choice=Choice.SHIPPED), now=noon)
    assert await make.works(sessions, found.closing) == [Work.READY]
