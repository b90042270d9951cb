"""One piece back, another out: kept at once, let out when the first is good, never paid twice."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import service as carts
from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import LineTransition
from sellier.domain.orders.rules import OrderStatus
from sellier.domain.orders.states import Cause, LineState, Work
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import (
    NothingToReturn,
    NotSoldHere,
    OtherStyle,
    WantedGone,
)
from sellier.domain.returns.rules import (
    CARRIED_WITHIN,
    EXCHANGE_LAPSES_AFTER,
    Finding,
    Plan,
    Wish,
)
from sellier.domain.returns.service import Handed
from sellier.domain.returns.states import Disposition, Look, Reason, ReturnState, ReturnWay
from sellier.infra.outbox import OutboxRow
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import OrderLineId, ReturnId, Sku, new_id
from tests.domain.orders import make as shops
from tests.domain.returns import make, swap
from tests.domain.returns.make import BY, PRICE, SHIPPING, Arrived
from tests.domain.returns.swap import BLUE, DEAR, LARGE, MINE, OTHER, UNLISTED

Sessions = async_sessionmaker[AsyncSession]
DAY = timedelta(days=1)


async def looked_at(
    sessions: Sessions,
    return_id: ReturnId,
    rack: swap.Rack,
    *,
    now: datetime,
    disposition: Disposition = Disposition.RESTOCK,
) -> None:
    await make.received(sessions, return_id, at=rack.boutique, now=now)
    await make.inspected(sessions, return_id, now=now, disposition=disposition)


async def told(sessions: Sessions, like: str) -> list[str]:
    async with sessions.begin() as db:
        names = await db.scalars(
            select(OutboxRow.name).where(OutboxRow.name.like(like)).order_by(OutboxRow.id)
        )
        return list(names.all())


async def steps(sessions: Sessions, line_id: OrderLineId) -> list[str]:
    async with sessions.begin() as db:
        rows = await db.scalars(
            select(LineTransition.event)
            .where(LineTransition.line_id == line_id)
            .order_by(LineTransition.id)
        )
        return list(rows.all())


async def refused(sessions: Sessions, order: Arrived, wanted: Sku, *, now: datetime) -> str | None:
    try:
        await swap.announced(sessions, order, wanted, now=now)
    except Refusal as refusal:
        return refusal.code
    return None


async def test_another_size_is_kept_at_once_and_goes_out_when_the_first_is_good(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    assert await swap.available(sessions, LARGE) == 0
    assert await swap.works(sessions, line_id) == [(Work.SET_ASIDE, 1)]
    await make.received(sessions, return_id, at=rack.boutique, now=noon + DAY)
    assert await swap.works(sessions, line_id) == [(Work.SET_ASIDE, 1)]
    await make.inspected(sessions, return_id, now=noon + DAY)
    assert await swap.works(sessions, line_id) == [(Work.OFFERED, 1)]
    back = await make.read(sessions, return_id)
    assert (back.state, back.refund and back.refund.minor) == (ReturnState.SETTLED, 0)
    await swap.sent(sessions, line_id, now=noon + 2 * DAY)
    assert await swap.money(sessions) == (PRICE + SHIPPING, 0)
    assert await steps(sessions, line_id) == ["set_aside", "confirm"]
    assert await told(sessions, "exchange.%") == ["exchange.released"]
    found = await swap.whole(sessions, order.order_id)
    assert found.status is OrderStatus.CONFIRMED
    assert [line.sku for line in found.bought] == [MINE]
    assert found.total.minor == PRICE + SHIPPING
    async with sessions.begin() as db:
        story = await order_queries.history(db, order_id=order.order_id)
    work = [one.what for one in story if one.subject == "work"]
    assert work[:1] == ["open"]
    assert work[work.index("set_aside") :][:2] == ["set_aside", "offer"]


async def test_it_may_be_another_color_or_the_same_piece_anew(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={BLUE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon, quantity=2)
    for sku in (BLUE, MINE):
        return_id = await swap.announced(sessions, order, sku, now=noon)
        await looked_at(sessions, return_id, rack, now=noon)
        await swap.sent(sessions, await swap.replacement(sessions, return_id), now=noon)
    assert await swap.money(sessions) == (2 * PRICE + SHIPPING, 0)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (OTHER, OtherStyle),
        (Sku("NO-SUCH-PIECE"), OtherStyle),
        (UNLISTED, NotSoldHere),
        (DEAR, NotSoldHere),
        (BLUE, WantedGone),
    ],
)
async def test_what_cannot_be_had_is_refused_and_nothing_is_written(
    sessions: Sessions, noon: datetime, wanted: Sku, error: type[Refusal]
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 1, UNLISTED: 1, DEAR: 1, OTHER: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    with pytest.raises(error):
        await swap.announced(sessions, order, wanted, now=noon)
    async with sessions.begin() as db:
        assert not await queries.of_order(db, order_id=order.order_id)
    assert len((await swap.whole(sessions, order.order_id)).lines) == 1


async def test_no_more_units_than_bought_and_none_twice(sessions: Sessions, noon: datetime) -> None:
    rack = await swap.rack(sessions, here={LARGE: 5})
    order = await make.arrived(sessions, rack.shop, now=noon)
    with pytest.raises(NothingToReturn):
        await swap.announced(sessions, order, now=noon, quantity=2)
    await make.announced(sessions, order, now=noon)
    with pytest.raises(NothingToReturn):
        await swap.announced(sessions, order, now=noon)
    assert await swap.available(sessions, LARGE) == 5


async def test_the_same_announcement_again_keeps_nothing_more(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 5})
    order = await make.arrived(sessions, rack.shop, now=noon, quantity=3)
    return_id = ReturnId(new_id())
    await asyncio.gather(
        *(swap.announced(sessions, order, now=noon, return_id=return_id) for _ in range(3))
    )
    assert await swap.available(sessions, LARGE) == 4


async def test_of_two_who_want_the_last_one_gets_it(sessions: Sessions, noon: datetime) -> None:
    rack = await swap.rack(sessions)
    bought = [await make.arrived(sessions, rack.shop, now=noon) for _ in range(4)]
    codes = await asyncio.gather(*(refused(sessions, order, LARGE, now=noon) for order in bought))
    assert sorted(map(str, codes)) == ["None", *["returns.wanted_gone"] * 3]


async def test_a_unit_is_either_exchanged_or_paid_back(sessions: Sessions, noon: datetime) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)

    async def paid_back() -> str | None:
        try:
            await make.announced(sessions, order, now=noon)
        except Refusal as refusal:
            return refusal.code
        return None

    codes = await asyncio.gather(refused(sessions, order, LARGE, now=noon), paid_back())
    assert sorted(map(str, codes)) == ["None", "returns.nothing_to_return"]


@pytest.mark.parametrize("how", ["refused", "canceled", "lapsed"])
async def test_what_was_kept_is_free_again_when_the_first_piece_is_not_taken_back(
    sessions: Sessions, noon: datetime, how: str
) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    if how == "refused":
        await looked_at(sessions, return_id, rack, now=noon, disposition=Disposition.REFUSE)
    elif how == "canceled":
        async with sessions.begin() as db:
            await returns.cancel(db, return_id=return_id, by="customer", now=noon)
    else:
        async with sessions.begin() as db:
            assert not await queries.due_to_lapse(db, now=noon + EXCHANGE_LAPSES_AFTER - DAY)
            late = noon + EXCHANGE_LAPSES_AFTER
            assert await queries.due_to_lapse(db, now=late) == [return_id]
            assert await returns.lapse(db, return_id=return_id, now=late)
    assert await swap.available(sessions, LARGE) == 1
    assert (await make.read(sessions, return_id)).state == how
    assert await steps(sessions, line_id) == ["set_aside", "cancel"]
    assert await told(sessions, "exchange.%") == ["exchange.ended"]
    assert await swap.money(sessions) == (PRICE + SHIPPING, 0)
    assert (await swap.whole(sessions, order.order_id)).status is OrderStatus.CONFIRMED


async def test_what_a_carrier_has_too_long_is_paid_back_when_it_comes(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    async with sessions.begin() as db:
        await returns.send(db, return_id=return_id, by="carrier", now=noon)
    late = noon + EXCHANGE_LAPSES_AFTER + CARRIED_WITHIN
    async with sessions.begin() as db:
        assert not await queries.due_to_let_go(db, now=late - DAY)
        assert await queries.due_to_let_go(db, now=late) == [return_id]
        assert not await returns.end_exchange(db, return_id=return_id, now=late - DAY)
        assert await returns.end_exchange(db, return_id=return_id, now=late)
        assert not await returns.end_exchange(db, return_id=return_id, now=late)
    assert await swap.available(sessions, LARGE) == 1
    await looked_at(sessions, return_id, rack, now=late)
    assert await make.settled(sessions, return_id, now=late) == PRICE + SHIPPING


async def test_only_the_units_that_are_good_are_exchanged(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 4})
    order = await make.arrived(sessions, rack.shop, now=noon, quantity=4)
    return_id = await swap.announced(sessions, order, now=noon, quantity=4)
    line_id = await swap.replacement(sessions, return_id)
    await make.received(sessions, return_id, at=rack.boutique, now=noon, units=3)
    (line,) = (await make.read(sessions, return_id)).lines
    findings = [
        Finding(quantity=2, look=Look.AS_NEW, disposition=Disposition.RESTOCK),
        Finding(quantity=1, look=Look.WORN, disposition=Disposition.REFUSE),
    ]
    async with sessions.begin() as db:
        state = await returns.inspect(
            db, return_id=return_id, findings={line.id: findings}, by=BY, now=noon
        )
    assert state is ReturnState.SETTLED
    assert await swap.works(sessions, line_id) == [(Work.CANCELED, 2), (Work.OFFERED, 2)]
    assert await swap.available(sessions, LARGE) == 2
    assert await swap.refunds(sessions) == []


async def test_a_return_may_be_paid_back_for_one_line_and_exchanged_for_another(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 1, BLUE: 5})
    async with sessions.begin() as db:
        cart_id = await shops.cart(db, rack.shop, now=noon)
        await carts.add(db, cart_id=cart_id, sku=BLUE, quantity=1, now=noon)
        placed = await shops.check_out(db, cart_id, now=noon)
    await shops.pay(sessions, placed, now=noon)
    for line in (await swap.whole(sessions, placed.order_id)).lines:
        if (await swap.works(sessions, line.id))[0][0] is Work.OFFERED:
            await swap.sent(sessions, line.id, now=noon)
    red, blue = (await swap.whole(sessions, placed.order_id)).lines
    return_id = ReturnId(new_id())
    plan = Plan(
        order_id=placed.order_id,
        wishes=[
            swap.wish(red.id, LARGE),
            Wish(line_id=blue.id, quantity=1, reason=Reason.CHANGED_MIND),
        ],
        way=ReturnWay.POST,
    )
    async with sessions.begin() as db:
        await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=noon)
    await looked_at(sessions, return_id, rack, now=noon)
    assert (await make.read(sessions, return_id)).state is ReturnState.INSPECTED
    assert await make.settled(sessions, return_id, now=noon) == PRICE
    assert await told(sessions, "exchange.%") == ["exchange.released"]


async def test_a_replacement_can_be_returned_and_exchanged_again(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 1, BLUE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    line_id = order.line_id
    for wanted in (LARGE, BLUE):
        return_id = await swap.announced(sessions, order, wanted, now=noon, line_id=line_id)
        await looked_at(sessions, return_id, rack, now=noon)
        line_id = await swap.replacement(sessions, return_id)
        await swap.sent(sessions, line_id, now=noon)
    plan = Plan(
        order_id=order.order_id,
        wishes=[Wish(line_id=line_id, quantity=1, reason=Reason.CHANGED_MIND)],
        way=ReturnWay.POST,
    )
    last = ReturnId(new_id())
    async with sessions.begin() as db:
        await returns.announce(db, return_id=last, plan=plan, by="customer", now=noon)
    await looked_at(sessions, last, rack, now=noon)
    # Everything is back: what delivery cost is given back too, once.
    assert await make.settled(sessions, last, now=noon) == PRICE + SHIPPING
    assert await swap.money(sessions) == (PRICE + SHIPPING, PRICE + SHIPPING)


async def not_found(sessions: Sessions, line_id: OrderLineId, *, now: datetime) -> None:
    """Have the boutique find nothing of what it is to send, and look for another place."""
    state = (await swap.works(sessions, line_id))[-1][0]
    work = await swap.work_of(sessions, line_id, state)
    async with sessions.begin() as db:
        await orders.withdraw(db, fulfillment_ids=[work], cause=Cause.CLOSED, by=BY, now=now)


async def lost_there(sessions: Sessions, line_id: OrderLineId, *, now: datetime) -> None:
    """Have the boutique say that a piece set aside, or offered to it, is not to be found."""
    for state in (Work.SET_ASIDE, Work.OFFERED):
        if (state, 1) in await swap.works(sessions, line_id):
            work = await swap.work_of(sessions, line_id, state)
            async with sessions.begin() as db:
                await orders.reject(db, fulfillment_id=work, cause=Cause.NOT_FOUND, by=BY, now=now)


async def look_elsewhere(sessions: Sessions, order: Arrived, *, now: datetime) -> int:
    """Do what the worker does for units without a place; how many were given up."""
    async with sessions.begin() as db:
        await orders.source(db, order_id=order.order_id, why="withdrawn", now=now)
    given_up = 0
    async with sessions.begin() as db:
        hopeless = await order_queries.hopeless(db)
    for order_id in hopeless:
        async with sessions.begin() as db:
            given_up += await orders.fall_back(db, order_id=order_id, now=now)
    return given_up


async def test_a_piece_lost_where_it_was_kept_is_kept_elsewhere(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 1}, there={LARGE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    await lost_there(sessions, line_id, now=noon)
    assert await swap.works(sessions, line_id) == [(Work.UNSOURCED, 1)]
    assert await look_elsewhere(sessions, order, now=noon) == 0
    assert await swap.works(sessions, line_id) == [(Work.SET_ASIDE, 1)]
    await looked_at(sessions, return_id, rack, now=noon)
    await swap.sent(sessions, line_id, now=noon)
    assert await swap.money(sessions) == (PRICE + SHIPPING, 0)


async def test_a_piece_lost_everywhere_before_the_first_is_back_is_paid_back_with_it(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    await lost_there(sessions, line_id, now=noon)
    assert await look_elsewhere(sessions, order, now=noon) == 1
    assert (await swap.whole(sessions, order.order_id)).lines[1].state is LineState.CANCELED
    assert await swap.refunds(sessions) == []
    await looked_at(sessions, return_id, rack, now=noon)
    assert (await make.read(sessions, return_id)).state is ReturnState.INSPECTED
    assert await make.settled(sessions, return_id, now=noon) == PRICE + SHIPPING
    assert await swap.refunds(sessions) == ["return"]


async def test_a_piece_lost_everywhere_after_the_first_is_back_is_paid_back_at_once(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions)
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    await looked_at(sessions, return_id, rack, now=noon)
    await lost_there(sessions, line_id, now=noon)
    assert await look_elsewhere(sessions, order, now=noon) == 1
    assert await swap.refunds(sessions) == ["replacement"]
    assert await swap.money(sessions) == (PRICE + SHIPPING, PRICE)
    assert await look_elsewhere(sessions, order, now=noon) == 0


async def test_the_desk_may_cancel_what_goes_out_at_any_time(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 2})
    order = await make.arrived(sessions, rack.shop, now=noon, quantity=2)
    first = await swap.announced(sessions, order, now=noon)
    second = await swap.announced(sessions, order, now=noon)
    await looked_at(sessions, second, rack, now=noon)
    for return_id in (first, second):
        line_id = await swap.replacement(sessions, return_id)
        async with sessions.begin() as db:
            await orders.cancel_units(
                db, order_id=order.order_id, units={line_id: 1}, by=BY, now=noon
            )
    assert await swap.refunds(sessions) == ["replacement"]
    await looked_at(sessions, first, rack, now=noon)
    assert await make.settled(sessions, first, now=noon) == PRICE + SHIPPING
    assert await swap.money(sessions) == (2 * PRICE + SHIPPING, 2 * PRICE + SHIPPING)


async def test_the_last_piece_is_let_out_while_its_place_gives_it_up(
    sessions: Sessions, noon: datetime
) -> None:
    """Sourcing and the inspection look at the same units: they go out from the other place."""
    rack = await swap.rack(sessions, here={LARGE: 1}, there={LARGE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    await make.received(sessions, return_id, at=rack.boutique, now=noon)
    await not_found(sessions, line_id, now=noon)
    await asyncio.gather(
        look_elsewhere(sessions, order, now=noon),
        make.inspected(sessions, return_id, now=noon),
    )
    await look_elsewhere(sessions, order, now=noon)
    assert await swap.works(sessions, line_id) == [(Work.OFFERED, 1)]


async def take_back(
    sessions: Sessions,
    order: Arrived,
    rack: swap.Rack,
    *,
    now: datetime,
    wish: Wish,
    disposition: Disposition = Disposition.RESTOCK,
    return_id: ReturnId | None = None,
) -> ReturnState:
    async with sessions.begin() as db:
        return await returns.take_back(
            db,
            return_id=return_id or ReturnId(new_id()),
            order_id=order.order_id,
            handed=[Handed(wish=wish, look=Look.AS_NEW, disposition=disposition)],
            at=rack.boutique,
            by=BY,
            now=now,
        )


async def test_over_the_counter_one_piece_comes_in_and_the_other_goes_out(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, there={LARGE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    wish = swap.wish(order.line_id, LARGE, at=rack.boutique)
    return_id = ReturnId(new_id())
    for _ in range(2):
        state = await take_back(sessions, order, rack, now=noon, wish=wish, return_id=return_id)
        assert state is ReturnState.SETTLED
    line_id = await swap.replacement(sessions, return_id)
    assert await swap.works(sessions, line_id) == [(Work.COLLECTED, 1)]
    assert await swap.money(sessions) == (PRICE + SHIPPING, 0)


async def test_over_the_counter_a_piece_of_another_place_is_sent(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    at_once = swap.wish(order.line_id, LARGE, at=rack.boutique)
    with pytest.raises(WantedGone):
        await take_back(sessions, order, rack, now=noon, wish=at_once)
    return_id = ReturnId(new_id())
    wish = swap.wish(order.line_id, LARGE)
    await take_back(sessions, order, rack, now=noon, wish=wish, return_id=return_id)
    await swap.sent(sessions, await swap.replacement(sessions, return_id), now=noon)


async def test_over_the_counter_a_piece_that_is_refused_keeps_the_other_in(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={}, there={LARGE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    wish = swap.wish(order.line_id, LARGE, at=rack.boutique)
    refuse = Disposition.REFUSE
    state = await take_back(sessions, order, rack, now=noon, wish=wish, disposition=refuse)
    assert state is ReturnState.REFUSED
    assert await swap.available(sessions, LARGE) == 1


async def test_two_at_the_counter_who_swap_with_each_other_do_not_wait_for_each_other(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, there={LARGE: 4, MINE: 4})
    first = await make.arrived(sessions, rack.shop, now=noon, quantity=3)
    second = await make.arrived(sessions, rack.shop, now=noon, quantity=3)
    larger = ReturnId(new_id())
    wish = swap.wish(second.line_id, LARGE, quantity=3, at=rack.boutique)
    await take_back(sessions, second, rack, now=noon, wish=wish, return_id=larger)
    second_line = await swap.replacement(sessions, larger)
    both = [
        (first, swap.wish(first.line_id, LARGE, at=rack.boutique)),
        (second, swap.wish(second_line, MINE, at=rack.boutique)),
    ]
    states = await asyncio.gather(
        *(
            take_back(sessions, order, rack, now=noon, wish=wish)
            for order, wish in both
            for _ in range(1)
        )
    )
    assert set(states) == {ReturnState.SETTLED}


async def test_the_choices_are_sizes_and_colors_with_what_is_left_of_them(
    sessions: Sessions, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 2, DEAR: 1}, there={LARGE: 1, BLUE: 1})
    order = await make.arrived(sessions, rack.shop, now=noon)
    async with sessions.begin() as db:
        found = await queries.choices(db, order_id=order.order_id, lang="fr", now=noon)
    listed = {one.sku: one for one in found[order.line_id]}
    assert list(listed) == [MINE, LARGE, BLUE, DEAR, UNLISTED]
    assert [one.sku for one in listed.values() if one.is_same_price] == [MINE, LARGE, BLUE]
    assert (listed[LARGE].available, listed[LARGE].at[rack.boutique]) == (3, 1)
    assert listed[BLUE].available == 1
