"""What comes back: announced, received, inspected, settled; each unit once, each cent once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.payments.models import Payment, PaymentOperation
from sellier.domain.pricing.models import Price
from sellier.domain.returns import jobs, queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import (
    NothingToReturn,
    PlaceUnknown,
    ReturnNotFound,
    ReturnTransitionRefused,
    ReturnUnitsAbsurd,
)
from sellier.domain.returns.queries import Which
from sellier.domain.returns.rules import LAPSES_AFTER, WINDOW, Finding, Plan, Wish
from sellier.domain.returns.service import Handed
from sellier.domain.returns.states import Disposition, Look, Reason, ReturnState, ReturnWay
from sellier.domain.stock.models import StockPosition
from sellier.infra import keys
from sellier.infra.jobs import Context
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import LocationId, OrderLineId, ReturnId, new_id
from sellier.kernel.money import Money
from tests.domain.locations import make as locations
from tests.domain.orders import make as shops
from tests.domain.returns import make
from tests.domain.returns.make import BY, PRICE, SHIPPING

Sessions = async_sessionmaker[AsyncSession]
DAY = timedelta(days=1)


async def a_shop(sessions: Sessions, *, on_hand: int = 5) -> tuple[shops.Shop, LocationId]:
    """A boutique that sells, and another that never had the piece."""
    async with sessions.begin() as db:
        shop = await shops.shop(db, on_hand=on_hand)
        other = await locations.location(db, code="zz-nice", name="Rue de France", city="Nice")
    return shop, other


async def position(sessions: Sessions, place: LocationId) -> StockPosition:
    async with sessions.begin() as db:
        statement = select(StockPosition).where(StockPosition.location_id == place)
        return (await db.scalars(statement)).one()


async def refunds(sessions: Sessions) -> list[tuple[str, int]]:
    async with sessions.begin() as db:
        rows = await db.execute(
            select(PaymentOperation.source, PaymentOperation.amount_minor)
            .where(PaymentOperation.kind == "refund")
            .order_by(PaymentOperation.id)
        )
        return [(source, minor) for source, minor in rows]


async def refused(doing: Callable[[], Awaitable[object]]) -> bool:
    try:
        await doing()
    except Refusal:
        return True
    return False


async def test_a_piece_comes_back_by_post_to_a_place_that_never_had_it(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon + DAY)
    async with sessions.begin() as db:
        await returns.send(db, return_id=return_id, by="customer", now=noon + DAY)
    await make.received(sessions, return_id, at=other, now=noon + 2 * DAY)
    assert (await make.read(sessions, return_id)).state is ReturnState.RECEIVED
    await make.inspected(sessions, return_id, now=noon + 2 * DAY)
    assert (await position(sessions, other)).available == 1
    assert await make.settled(sessions, return_id, now=noon + 2 * DAY) == PRICE + SHIPPING
    assert await refunds(sessions) == [(f"return:{return_id}", PRICE + SHIPPING)]
    told = await make.read(sessions, return_id)
    assert [turn.event for turn in told.turns] == [
        "announce",
        "send",
        "receive",
        "inspect",
        "settle",
    ]
    async with sessions.begin() as db:
        names = await db.scalars(
            select(OutboxRow.name).where(OutboxRow.name.like("return.%")).order_by(OutboxRow.id)
        )
        assert names.all() == [
            "return.announced",
            "return.received",
            "return.inspected",
            "return.settled",
        ]


async def test_units_come_back_in_parts_and_delivery_with_the_last(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=3)
    given = []
    for units in (1, 2):
        return_id = await make.announced(sessions, order, now=noon, quantity=units)
        await make.received(sessions, return_id, at=other, now=noon)
        await make.inspected(sessions, return_id, now=noon)
        given.append(await make.settled(sessions, return_id, now=noon))
    assert given == [PRICE, 2 * PRICE + SHIPPING]


async def test_two_partial_refunds_never_both_pass_the_balance(
    sessions: Sessions, noon: datetime
) -> None:
    """Pitfall: each of two refunds is checked against what was taken, and both are given."""
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=2)
    both = [await make.announced(sessions, order, now=noon) for _ in range(2)]
    for return_id in both:
        await make.received(sessions, return_id, at=other, now=noon)
        await make.inspected(sessions, return_id, now=noon)
    given = await asyncio.gather(*(make.settled(sessions, one, now=noon) for one in both))
    assert sorted(given) == [PRICE, PRICE + SHIPPING]  # delivery once, with whichever is second
    async with sessions.begin() as db:
        payment = (await db.scalars(select(Payment))).one()
        assert payment.refund_due_minor == payment.amount_minor == 2 * PRICE + SHIPPING


async def test_a_return_is_settled_once_however_many_try(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon)
    await make.received(sessions, return_id, at=other, now=noon)
    await make.inspected(sessions, return_id, now=noon)

    tries = await asyncio.gather(
        *(refused(lambda: make.settled(sessions, return_id, now=noon)) for _ in range(6))
    )
    assert tries.count(False) == 1
    assert len(await refunds(sessions)) == 1


async def test_two_places_that_receive_at_once_are_not_both_right(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon)

    async def receive(at: LocationId) -> bool:
        return await refused(lambda: make.received(sessions, return_id, at=at, now=noon))

    tries = await asyncio.gather(*(receive(at) for at in [shop.location_id, other] * 3))
    assert tries.count(False) == 1
    tries = await asyncio.gather(
        *(refused(lambda: make.inspected(sessions, return_id, now=noon)) for _ in range(4))
    )
    assert tries.count(False) == 1


async def test_each_unit_comes_back_once_however_many_announce_it(
    sessions: Sessions, noon: datetime
) -> None:
    """Pitfall: the sum over the returns of a line exceeds what was delivered."""
    shop, _ = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=3)
    tries = await asyncio.gather(
        *(refused(lambda: make.announced(sessions, order, now=noon)) for _ in range(8))
    )
    assert tries.count(False) == 3
    with pytest.raises(NothingToReturn):
        await make.announced(sessions, order, now=noon)


async def test_the_same_announcement_twice_is_one(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=2)
    return_id = ReturnId(new_id())
    plan = Plan(order_id=order.order_id, wishes=[make.wish(order)], way=ReturnWay.POST)

    async def announce() -> None:
        async with sessions.begin() as db:
            await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=noon)

    await asyncio.gather(*(announce() for _ in range(4)))
    async with sessions.begin() as db:
        assert len(await queries.of_order(db, order_id=order.order_id)) == 1


async def test_what_did_not_come_may_be_announced_again(sessions: Sessions, noon: datetime) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=2)
    return_id = await make.announced(sessions, order, now=noon, quantity=2)
    await make.received(sessions, return_id, at=other, now=noon, units=1)
    await make.inspected(sessions, return_id, now=noon)
    assert await make.settled(sessions, return_id, now=noon) == PRICE
    again = await make.announced(sessions, order, now=noon)
    with pytest.raises(NothingToReturn):
        await make.announced(sessions, order, now=noon)
    async with sessions.begin() as db:
        await returns.cancel(db, return_id=again, by="customer", now=noon)
    await make.announced(sessions, order, now=noon)


async def test_nothing_comes_back_that_never_arrived(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.handed_over(sessions, shop, now=noon)
    with pytest.raises(NothingToReturn):
        await make.announced(sessions, order, now=noon)


async def test_a_return_is_announced_within_thirty_days_or_by_the_house(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    late = noon + WINDOW
    with pytest.raises(NothingToReturn):
        await make.announced(sessions, order, now=late)
    return_id = ReturnId(new_id())
    plan = Plan(
        order_id=order.order_id,
        wishes=[make.wish(order)],
        way=ReturnWay.BOUTIQUE,
        expected_at=other,
        window=None,
    )
    async with sessions.begin() as db:
        await returns.announce(db, return_id=return_id, plan=plan, by=BY, now=late)
    await make.received(sessions, return_id, at=other, now=late)
    await make.inspected(sessions, return_id, now=late)
    assert await make.settled(sessions, return_id, now=late) == PRICE  # and not the delivery


async def test_an_announcement_in_time_counts_though_the_parcel_is_late(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon + WINDOW - DAY)
    await make.received(sessions, return_id, at=other, now=noon + WINDOW + 5 * DAY)
    await make.inspected(sessions, return_id, now=noon + WINDOW + 5 * DAY)
    owed = await make.settled(sessions, return_id, now=noon + WINDOW + 5 * DAY)
    assert owed == PRICE + SHIPPING


async def test_an_old_order_is_paid_back_at_its_own_price(
    sessions: Sessions, noon: datetime
) -> None:
    """Pitfall: a figure of an old order is computed anew from today's prices."""
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    async with sessions.begin() as db:
        (await db.scalars(select(Price))).one().price_minor = 1
    return_id = await make.announced(sessions, order, now=noon)
    await make.received(sessions, return_id, at=other, now=noon)
    await make.inspected(sessions, return_id, now=noon)
    assert await make.settled(sessions, return_id, now=noon) == PRICE + SHIPPING


async def test_each_unit_goes_where_its_inspection_says(sessions: Sessions, noon: datetime) -> None:
    shop, other = await a_shop(sessions, on_hand=9)
    order = await make.arrived(sessions, shop, now=noon, quantity=6)
    return_id = await make.announced(sessions, order, now=noon, quantity=6)
    await make.received(sessions, return_id, at=other, now=noon)
    (line,) = (await make.read(sessions, return_id)).lines
    found = [
        Finding(quantity=2, look=Look.AS_NEW, disposition=Disposition.RESTOCK),
        Finding(quantity=1, look=Look.WORN, disposition=Disposition.DISPLAY),
        Finding(quantity=1, look=Look.DAMAGED, disposition=Disposition.DAMAGED),
        Finding(quantity=1, look=Look.INCOMPLETE, disposition=Disposition.QUALITY_HOLD),
        Finding(quantity=1, look=Look.WORN, disposition=Disposition.REFUSE, note="Soles"),
    ]
    async with sessions.begin() as db:
        await returns.inspect(db, return_id=return_id, findings={line.id: found}, by=BY, now=noon)
    here = await position(sessions, other)
    assert (here.on_hand, here.display, here.damaged, here.quality_hold) == (5, 1, 1, 1)
    assert await make.settled(sessions, return_id, now=noon) == 5 * PRICE
    with pytest.raises(NothingToReturn):  # what was refused had its turn
        await make.announced(sessions, order, now=noon)


async def test_a_return_that_is_refused_whole_moves_nothing(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon)
    await make.received(sessions, return_id, at=other, now=noon)
    await make.inspected(sessions, return_id, now=noon, disposition=Disposition.REFUSE)
    assert (await make.read(sessions, return_id)).state is ReturnState.REFUSED
    with pytest.raises(ReturnTransitionRefused):
        await make.settled(sessions, return_id, now=noon)
    assert not await refunds(sessions)
    async with sessions.begin() as db:
        here = select(func.count()).where(StockPosition.location_id == other)
        assert await db.scalar(here) == 0


async def test_what_never_came_lapses_and_may_be_announced_again(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon)
    end = noon + LAPSES_AFTER
    async with sessions.begin() as db:
        assert not await queries.due_to_lapse(db, now=end - DAY)
        assert not await returns.lapse(db, return_id=return_id, now=end - DAY)
    async with sessions.begin() as db:
        assert await queries.due_to_lapse(db, now=end) == [return_id]
        assert await returns.lapse(db, return_id=return_id, now=end)
        assert not await returns.lapse(db, return_id=return_id, now=end)
    assert (await make.read(sessions, return_id)).state is ReturnState.LAPSED


async def test_a_customer_hands_a_piece_over_the_counter_and_all_is_done_at_once(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon, quantity=2)
    return_id = ReturnId(new_id())
    handed = Handed(wish=make.wish(order, 2), look=Look.AS_NEW, disposition=Disposition.RESTOCK)

    async def hand() -> ReturnState:
        async with sessions.begin() as db:
            return await returns.take_back(
                db,
                return_id=return_id,
                order_id=order.order_id,
                handed=[handed],
                at=other,
                by=BY,
                now=noon,
            )

    assert await hand() is ReturnState.SETTLED
    assert await hand() is ReturnState.SETTLED  # pressed twice
    assert (await position(sessions, other)).available == 2
    assert await refunds(sessions) == [(f"return:{return_id}", 2 * PRICE + SHIPPING)]


async def test_a_parcel_that_the_carrier_brings_back_is_a_return(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.handed_over(sessions, shop, now=noon, quantity=2)

    async def back() -> ReturnId | None:
        async with sessions.begin() as db:
            return await returns.sent_back(db, fulfillment_id=order.work, now=noon)

    told = [one for one in await asyncio.gather(*(back() for _ in range(4))) if one]
    (return_id,) = told  # a carrier says so as often as it likes
    found = await make.read(sessions, return_id)
    assert (found.state, found.way) == (ReturnState.ON_THE_WAY, ReturnWay.CARRIER)
    await make.received(sessions, return_id, at=shop.location_id, now=noon)
    await make.inspected(sessions, return_id, now=noon)
    assert await make.settled(sessions, return_id, now=noon) == 2 * PRICE + SHIPPING
    assert (await position(sessions, shop.location_id)).available == 5


async def test_what_a_carrier_loses_is_paid_back_once(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.handed_over(sessions, shop, now=noon, quantity=2)
    with pytest.raises(NothingToReturn):
        async with sessions.begin() as db:
            await returns.lost(db, fulfillment_id=order.work, now=noon)
    async with sessions.begin() as db:
        await orders.lose(db, fulfillment_id=order.work, by="carrier", now=noon, note=None)

    async def lost() -> ReturnId | None:
        async with sessions.begin() as db:
            return await returns.lost(db, fulfillment_id=order.work, now=noon)

    (return_id,) = [one for one in await asyncio.gather(*(lost() for _ in range(4))) if one]
    assert await refunds(sessions) == [(f"return:{return_id}", 2 * PRICE + SHIPPING)]
    assert (await position(sessions, shop.location_id)).on_hand == 3


async def test_returns_are_found_by_what_is_to_be_done(sessions: Sessions, noon: datetime) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    return_id = await make.announced(sessions, order, now=noon)

    async def numbers(**asked: object) -> int:
        async with sessions.begin() as db:
            return len(await queries.listed(db, **asked))  # type: ignore[arg-type]

    assert await numbers(which=Which.WAITING) == 1
    assert await numbers(which=Which.TO_INSPECT) == 0
    assert await numbers(words=order.number.lower()) == 1
    assert await numbers(words="hautefeuille") == 1
    assert await numbers(words="nobody") == 0
    await make.received(sessions, return_id, at=other, now=noon)
    assert await numbers(which=Which.TO_INSPECT, at=other) == 1
    assert await numbers(which=Which.TO_INSPECT, at=shop.location_id) == 0


async def test_bad_input_is_refused_and_leaves_nothing_behind(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await a_shop(sessions)
    order = await make.arrived(sessions, shop, now=noon)
    nowhere = LocationId(new_id())
    stranger = Wish(line_id=OrderLineId(new_id()), quantity=1, reason=Reason.OTHER)
    plan = Plan(order_id=order.order_id, wishes=[make.wish(order)], way=ReturnWay.BOUTIQUE)
    for refusal, bad in (
        (NothingToReturn, Plan(order_id=plan.order_id, wishes=[stranger], way=ReturnWay.POST)),
        (ReturnUnitsAbsurd, Plan(order_id=plan.order_id, wishes=[], way=ReturnWay.POST)),
        (
            PlaceUnknown,
            Plan(
                order_id=plan.order_id,
                wishes=plan.wishes,
                way=ReturnWay.BOUTIQUE,
                expected_at=nowhere,
            ),
        ),
    ):
        with pytest.raises(refusal):
            async with sessions.begin() as db:
                await returns.announce(
                    db, return_id=ReturnId(new_id()), plan=bad, by="customer", now=noon
                )
    with pytest.raises(ReturnNotFound):
        async with sessions.begin() as db:
            await returns.settle(db, return_id=ReturnId(UUID(int=1)), by=BY, now=noon)
    return_id = await make.announced(sessions, order, now=noon)
    with pytest.raises(PlaceUnknown):
        await make.received(sessions, return_id, at=nowhere, now=noon)
    with pytest.raises(ReturnUnitsAbsurd):
        await make.received(sessions, return_id, at=other, now=noon, units=2)
    with pytest.raises(ReturnTransitionRefused):
        await make.inspected(sessions, return_id, now=noon)


async def test_the_worker_hears_of_carriers_and_stops_waiting(
    sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    shop, _ = await a_shop(sessions)
    lost = await make.handed_over(sessions, shop, now=noon)
    back = await make.handed_over(sessions, shop, now=noon)
    posted = await make.announced(sessions, await make.arrived(sessions, shop, now=noon), now=noon)
    async with sessions.begin() as db:
        await orders.lose(db, fulfillment_id=lost.work, by="carrier", now=noon, note=None)
    async with httpx.AsyncClient() as http:
        context = Context(
            sessions=sessions,
            settings=settings,
            keys=keys.of(settings),
            http=http,
            clock=lambda: noon + 3 * DAY,
        )
        await jobs.keep_time(context, [])
        await jobs.keep_time(context, [])
        for _ in range(2):  # events come at least once
            await jobs.sent_back(context, [{"fulfillment_id": str(back.work)}])
        await jobs.sent_back(context, [{"fulfillment_id": str(new_id())}])
        for after in ("labeled", "picked_up", "in_transit"):
            await jobs.track(context, [{"parcel_id": str(posted), "after": after}])
    async with sessions.begin() as db:
        (paid_back,) = await queries.of_order(db, order_id=lost.order_id)
        assert (paid_back.state, paid_back.refund) == (
            ReturnState.SETTLED,
            Money(PRICE + SHIPPING, "EUR"),
        )
        (on_its_way,) = await queries.of_order(db, order_id=back.order_id)
        assert on_its_way.state is ReturnState.ON_THE_WAY
    assert (await make.read(sessions, posted)).state is ReturnState.ON_THE_WAY


async def test_what_is_found_within_three_days_is_not_paid_back(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await a_shop(sessions)
    order = await make.handed_over(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.lose(db, fulfillment_id=order.work, by="carrier", now=noon, note=None)
    async with sessions.begin() as db:
        assert not await queries.lost_since(db, before=noon - timedelta(seconds=1))
        assert await queries.lost_since(db, before=noon) == [order.work]
        await orders.deliver(db, fulfillment_id=order.work, by="carrier", now=noon)
    async with sessions.begin() as db:
        assert not await queries.lost_since(db, before=noon)
