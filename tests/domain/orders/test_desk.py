"""What the order desk does by hand: work moved, held, amended; too late, too old, at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.locations.models import Location
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import (
    AmendmentRefused,
    MoveRefused,
    OnHold,
    OrderMoved,
    TooLateToAmend,
)
from sellier.domain.orders.models import Fulfillment, OrderLine
from sellier.domain.orders.rules import Address
from sellier.domain.orders.states import Cause, Work
from sellier.domain.stock.errors import OutOfStock
from sellier.infra.outbox import OutboxRow
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, Sku
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.orders.test_fulfillment import position, prepared, two_places, works
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]
BY = "staff:desk"
Act = Callable[[AsyncSession], Awaitable[object]]


async def live(sessions: Sessions, order_id: OrderId) -> Sequence[queries.FulfillmentRead]:
    async with sessions.begin() as db:
        order = await queries.order(db, order_id=order_id)
    assert order is not None
    return [work for work in order.fulfillments if not work.is_over]


async def raced(count: int, act: Act, on: Sessions) -> int:
    """Do the same at once so many times, and count how often it was done."""

    async def one() -> bool:
        try:
            async with on.begin() as db:
                await act(db)
        except Refusal:
            return False
        return True

    return sum(await asyncio.gather(*(one() for _ in range(count))))


async def test_work_is_moved_to_a_chosen_place_in_one_piece(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    (work,) = order.works
    await prepared(sessions, work, now=noon)

    done = await raced(
        4,
        lambda db: orders.move_to(
            db, fulfillment_id=work, to=other, by=BY, now=noon, note="closer", seen=Work.PICKED
        ),
        sessions,
    )
    assert done == 1
    assert await works(sessions, order.order_id) == {
        ("withdrawn", shop.location_id): 2,
        ("offered", other): 2,
    }
    assert (await position(sessions, shop.location_id)).reserved == 0
    assert (await position(sessions, other)).reserved == 2
    async with sessions.begin() as db:
        told = await queries.history(db, order_id=order.order_id)
    assert [(e.cause, e.by) for e in told if e.cause] == [(Cause.MOVED, BY)]
    assert "closer" in next(e.detail for e in told if e.cause)


async def test_a_place_that_has_too_little_or_does_not_send_is_refused(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions, there=1)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    async with sessions.begin() as db:
        shut = await locations.location(db, code="zz-shut", name="Fermé", city="Lille")
        await stock.stock_position(db, location_id=shut, on_hand=9)
        await db.execute(update(Location).where(Location.id == shut).values(ships=False))
    for place, refusal in (
        (other, OutOfStock),
        (shut, MoveRefused),
        (shop.location_id, MoveRefused),
    ):
        with pytest.raises(refusal):
            async with sessions.begin() as db:
                await orders.move_to(db, fulfillment_id=order.works[0], to=place, by=BY, now=noon)
    assert await works(sessions, order.order_id) == {("offered", shop.location_id): 2}


async def test_two_orders_moved_across_each_other_both_arrive(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    first = await make.bought(sessions, shop, now=noon)
    second = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.move_to(db, fulfillment_id=second.works[0], to=other, by=BY, now=noon)
    (there,) = await live(sessions, second.order_id)

    async def move(work: FulfillmentId, to: LocationId) -> None:
        async with sessions.begin() as db:
            await orders.move_to(db, fulfillment_id=work, to=to, by=BY, now=noon)

    await asyncio.gather(move(first.works[0], other), move(there.id, shop.location_id))
    assert (await works(sessions, first.order_id))["offered", other] == 1
    assert (await works(sessions, second.order_id))["offered", shop.location_id] == 1


async def test_what_is_taken_away_goes_elsewhere_and_not_back(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.take_away(db, fulfillment_id=order.works[0], by=BY, now=noon)
    async with sessions.begin() as db:
        await orders.source(db, order_id=order.order_id, why="withdrawn", now=noon)
    assert (await works(sessions, order.order_id))["offered", other] == 1


async def test_a_page_older_than_the_work_changes_nothing(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    (work,) = order.works
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=BY, now=noon)
    acts: Sequence[Act] = (
        lambda db: orders.move_to(
            db, fulfillment_id=work, to=other, by=BY, now=noon, seen=Work.OFFERED
        ),
        lambda db: orders.take_away(db, fulfillment_id=work, by=BY, now=noon, seen=Work.OFFERED),
        lambda db: orders.hold(
            db, fulfillment_id=work, reason="?", by=BY, now=noon, seen=Work.OFFERED
        ),
        lambda db: orders.cancel_units(
            db,
            order_id=order.order_id,
            units={order.line_id: 1},
            by=BY,
            now=noon,
            seen={order.line_id: 1},
        ),
    )
    for act in acts:
        with pytest.raises(OrderMoved):
            async with sessions.begin() as db:
                await act(db)
    assert await works(sessions, order.order_id) == {("accepted", shop.location_id): 1}


async def test_what_is_collected_or_has_left_is_not_sent_from_elsewhere(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    sent = await make.bought(sessions, shop, now=noon)
    kept = await make.bought(sessions, shop, now=noon, at=shop.location_id)
    await prepared(sessions, sent.works[0], now=noon)
    async with sessions.begin() as db:
        await orders.pack(db, fulfillment_id=sent.works[0], by=BY, now=noon)
        await orders.hand_over(db, fulfillment_id=sent.works[0], by=BY, now=noon)
    for order in (sent, kept):
        with pytest.raises(MoveRefused):
            async with sessions.begin() as db:
                await orders.move_to(db, fulfillment_id=order.works[0], to=other, by=BY, now=noon)
        with pytest.raises(MoveRefused):
            async with sessions.begin() as db:
                await orders.take_away(db, fulfillment_id=order.works[0], by=BY, now=noon)


async def test_held_work_is_prepared_and_does_not_leave(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    (work,) = order.works

    async def hold(db: AsyncSession) -> None:
        await orders.hold(db, fulfillment_id=work, reason="the card is looked at", by=BY, now=noon)

    assert await raced(3, hold, sessions) == 1
    await prepared(sessions, work, now=noon)
    async with sessions.begin() as db:
        await orders.pack(db, fulfillment_id=work, by=BY, now=noon)
    with pytest.raises(OnHold):
        async with sessions.begin() as db:
            await orders.hand_over(db, fulfillment_id=work, by=BY, now=noon)
    later = noon + timedelta(minutes=5)
    assert (
        await raced(
            3, lambda db: orders.release(db, fulfillment_id=work, by=BY, now=later), sessions
        )
        == 1
    )
    async with sessions.begin() as db:
        await orders.hand_over(db, fulfillment_id=work, by=BY, now=later)
        told = await queries.history(db, order_id=order.order_id)
    assert [(e.what, e.detail) for e in told if e.subject == "hold"] == [
        ("place", "the card is looked at"),
        ("release", ""),
    ]


async def test_a_hold_goes_with_its_units_and_keeps_them_waiting(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    (work,) = order.works
    async with sessions.begin() as db:
        await orders.hold(db, fulfillment_id=work, reason="ask first", by=BY, now=noon)
    async with sessions.begin() as db:
        await orders.reject(db, fulfillment_id=work, cause=Cause.TOO_BUSY, by=BY, now=noon)
    async with sessions.begin() as db:
        await orders.source(db, order_id=order.order_id, why="withdrawn", now=noon)
        assert order.order_id not in await queries.sourceable(db)
    (waits,) = await live(sessions, order.order_id)
    assert (waits.state, waits.hold) == (Work.UNSOURCED, "ask first")

    async with sessions.begin() as db:
        await orders.move_to(db, fulfillment_id=waits.id, to=other, by=BY, now=noon)
    (there,) = await live(sessions, order.order_id)
    assert (there.location_id, there.hold) == (other, "ask first")
    async with sessions.begin() as db:
        told = await queries.history(db, order_id=order.order_id)
    assert [e.what for e in told if e.subject == "hold"] == ["place"]


async def test_units_released_while_they_wait_are_found_a_place(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions, here=1, there=0)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.hold(db, fulfillment_id=order.works[0], reason="ask first", by=BY, now=noon)
        await orders.take_away(db, fulfillment_id=order.works[0], by=BY, now=noon)
    (waits,) = await live(sessions, order.order_id)
    async with sessions.begin() as db:
        before = len((await db.scalars(select(OutboxRow.id))).all())
        await orders.release(db, fulfillment_id=waits.id, by=BY, now=noon)
    async with sessions.begin() as db:
        names = (await db.scalars(select(OutboxRow.name).order_by(OutboxRow.id))).all()
    assert names[before:] == ["order.units_unsourced"]


async def two_sizes(sessions: Sessions, *, now: datetime, small: int, large: int) -> make.Bought:
    """A coat bought in 36; there is 38 at the same price, and 40 at another."""
    async with sessions.begin() as db:
        shop = await make.shop(db)
        await catalog.style_color(
            db,
            code="LINON-BLUE",
            title="Manteau Linon",
            color="blue",
            sizes=("36", "38", "40"),
            path="coats",
            site=shop.site,
        )
        for size, minor in (("36", 240_000), ("38", 240_000), ("40", 260_000)):
            await pricing.price(
                db, market_id=shop.site.market_id, sku=f"LINON-BLUE-{size}", minor=minor
            )
        for size, units in (("36", small), ("38", large), ("40", 5)):
            await stock.stock_position(
                db, location_id=shop.location_id, sku=f"LINON-BLUE-{size}", on_hand=units
            )
    async with sessions.begin() as db:
        cart_id = await make.cart(db, shop, now=now, sku=Sku("LINON-BLUE-36"))
        placed = await make.check_out(db, cart_id, now=now)
    await make.pay(sessions, placed, now=now)
    async with sessions.begin() as db:
        line_id = await db.scalar(select(OrderLine.id).where(OrderLine.order_id == placed.order_id))
        assert line_id is not None
        found = await db.scalars(
            select(Fulfillment.id).where(Fulfillment.order_id == placed.order_id)
        )
        return make.Bought(order_id=placed.order_id, line_id=line_id, works=found.all())


async def test_another_size_is_found_a_place_anew(sessions: Sessions, noon: datetime) -> None:
    order = await two_sizes(sessions, now=noon, small=2, large=1)
    async with sessions.begin() as db:
        sizes = await queries.other_sizes(db, order_id=order.order_id, now=noon)
    assert [(one.sku, one.available) for one in sizes[order.line_id]] == [("LINON-BLUE-38", 1)]

    async def amend(db: AsyncSession) -> None:
        await orders.amend_line(
            db,
            order_id=order.order_id,
            line_id=order.line_id,
            to=Sku("LINON-BLUE-38"),
            seen=Sku("LINON-BLUE-36"),
            by=BY,
            now=noon,
        )

    assert await raced(3, amend, sessions) == 1
    async with sessions.begin() as db:
        assert await orders.source(db, order_id=order.order_id, why="withdrawn", now=noon) == 0
        whole = await queries.order(db, order_id=order.order_id)
        told = await queries.history(db, order_id=order.order_id)
    assert whole is not None
    assert (whole.lines[0].sku, whole.lines[0].size) == ("LINON-BLUE-38", "38")
    assert [(e.what, e.detail, e.by) for e in told if e.subject == "change"] == [
        ("size", "LINON-BLUE-36 → LINON-BLUE-38", BY)
    ]
    assert [work.state for work in await live(sessions, order.order_id)] == [Work.OFFERED]


async def test_a_place_that_lost_one_size_may_have_the_other(
    sessions: Sessions, noon: datetime
) -> None:
    order = await two_sizes(sessions, now=noon, small=1, large=1)
    async with sessions.begin() as db:
        await orders.reject(
            db, fulfillment_id=order.works[0], cause=Cause.NOT_FOUND, by=BY, now=noon
        )
    async with sessions.begin() as db:
        assert await queries.passed_over(db, order_id=order.order_id, now=noon)
        await orders.amend_line(
            db,
            order_id=order.order_id,
            line_id=order.line_id,
            to=Sku("LINON-BLUE-38"),
            seen=Sku("LINON-BLUE-36"),
            by=BY,
            now=noon,
        )
    async with sessions.begin() as db:
        assert await orders.source(db, order_id=order.order_id, why="withdrawn", now=noon) == 0


@pytest.mark.parametrize(
    ("to", "large", "refusal"),
    [
        ("LINON-BLUE-38", 0, OutOfStock),
        ("LINON-BLUE-40", 1, AmendmentRefused),
        ("ECLUSE-RED-U", 1, AmendmentRefused),
    ],
)
async def test_a_size_that_is_gone_or_costs_more_is_refused(
    *, sessions: Sessions, noon: datetime, to: str, large: int, refusal: type[Refusal]
) -> None:
    order = await two_sizes(sessions, now=noon, small=1, large=large)
    with pytest.raises(refusal):
        async with sessions.begin() as db:
            await orders.amend_line(
                db,
                order_id=order.order_id,
                line_id=order.line_id,
                to=Sku(to),
                seen=Sku("LINON-BLUE-36"),
                by=BY,
                now=noon,
            )
    (work,) = await live(sessions, order.order_id)
    assert work.state is Work.OFFERED


async def test_what_is_picked_keeps_its_size(sessions: Sessions, noon: datetime) -> None:
    order = await two_sizes(sessions, now=noon, small=1, large=1)
    await prepared(sessions, order.works[0], now=noon)
    with pytest.raises(TooLateToAmend):
        async with sessions.begin() as db:
            await orders.amend_line(
                db,
                order_id=order.order_id,
                line_id=order.line_id,
                to=Sku("LINON-BLUE-38"),
                seen=Sku("LINON-BLUE-36"),
                by=BY,
                now=noon,
            )


async def test_an_address_is_changed_once_and_only_its_parts_are_named(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    there = replace(make.PARIS, line1="9 quai des Essais", postal_code="75004")

    async def amend(db: AsyncSession) -> None:
        await orders.amend_address(
            db,
            order_id=order.order_id,
            to=there,
            seen=make.PARIS,
            by=BY,
            now=noon,
            note="she moved",
        )

    assert await raced(3, amend, sessions) == 1
    async with sessions.begin() as db:
        whole = await queries.order(db, order_id=order.order_id)
        told = await queries.history(db, order_id=order.order_id)
    assert whole is not None
    assert whole.address == there
    (entry,) = [e for e in told if e.subject == "change"]
    assert entry.detail == "line1, postal_code · she moved"


async def test_an_address_stays_in_its_country_and_once_a_parcel_is_packed(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)

    async def refused(to: Address, refusal: type[Refusal]) -> None:
        with pytest.raises(refusal):
            async with sessions.begin() as db:
                await orders.amend_address(
                    db,
                    order_id=order.order_id,
                    to=to,
                    seen=make.PARIS,
                    by=BY,
                    now=noon,
                )

    there = replace(make.PARIS, line1="9 quai des Essais")
    await refused(make.PARIS, AmendmentRefused)
    await refused(replace(there, country="BE"), AmendmentRefused)
    await prepared(sessions, order.works[0], now=noon)
    async with sessions.begin() as db:
        await orders.pack(db, fulfillment_id=order.works[0], by=BY, now=noon)
    await refused(there, TooLateToAmend)
    async with sessions.begin() as db:
        await orders.hand_over(db, fulfillment_id=order.works[0], by=BY, now=noon)
    await refused(there, TooLateToAmend)


async def test_a_letter_is_asked_for_once_more(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.want_letter(
            db, order_id=order.order_id, letter="order_confirmation", by=BY, now=noon
        )
    async with sessions.begin() as db:
        row = (
            await db.scalars(select(OutboxRow).where(OutboxRow.name == "order.letter_wanted"))
        ).one()
        told = await queries.history(db, order_id=order.order_id)
    assert row.payload["letter"] == "order_confirmation"
    assert [(e.what, e.by) for e in told if e.subject == "change"] == [("letter", BY)]
