"""Picking by scan, and offers that several boutiques see."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import (
    FulfillmentNotFound,
    NotHereAnyMore,
    OfferTaken,
    UnitsRefused,
    WrongPiece,
)
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, FulfillmentOffer
from sellier.domain.orders.rules import ALONE_FOR, RIVALS_MAX
from sellier.domain.orders.states import Cause, Work
from sellier.domain.stock.models import StockPosition
from sellier.domain.stock.rules import Move
from sellier.domain.stock.service import move
from sellier.domain.stock.states import Cause as Movement
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId, LocationId, Sku
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.orders.make import SKU, Shop
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]
BY = "staff:test"


async def accepted(sessions: Sessions, *, now: datetime, quantity: int = 2) -> FulfillmentId:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
    bought = await make.bought(sessions, shop, now=now, quantity=quantity)
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=bought.works[0], by=BY, now=now)
    return bought.works[0]


async def scan(sessions: Sessions, work: FulfillmentId, sku: Sku = SKU) -> bool:
    try:
        async with sessions.begin() as db:
            await orders.scan(db, fulfillment_id=work, sku=sku)
    except WrongPiece:
        return False
    return True


async def state(sessions: Sessions, work: FulfillmentId) -> tuple[str, LocationId | None]:
    async with sessions.begin() as db:
        row = (await db.scalars(select(Fulfillment).where(Fulfillment.id == work))).one()
        return row.state, row.location_id


async def test_scans_are_counted_up_to_what_is_wanted(sessions: Sessions, noon: datetime) -> None:
    work = await accepted(sessions, now=noon)
    assert not await scan(sessions, work, Sku("LINON-BLUE-38"))
    told = await asyncio.gather(*(scan(sessions, work) for _ in range(5)))
    assert sorted(told) == [False] * 3 + [True] * 2
    async with sessions.begin() as db:
        await orders.put_back(db, fulfillment_id=work, sku=SKU)
        assert await db.scalar(select(FulfillmentLine.picked)) == 0


async def test_what_was_not_scanned_is_missing_for_a_reason(
    sessions: Sessions, noon: datetime
) -> None:
    work = await accepted(sessions, now=noon)
    assert await scan(sessions, work)
    with pytest.raises(UnitsRefused):
        async with sessions.begin() as db:
            await orders.finish_picking(db, fulfillment_id=work, cause=None, by=BY, now=noon)
    async with sessions.begin() as db:
        cause = Cause.DAMAGED
        await orders.finish_picking(db, fulfillment_id=work, cause=cause, by=BY, now=noon)
    async with sessions.begin() as db:
        lines = await db.execute(
            select(Fulfillment.state, FulfillmentLine.quantity).join(FulfillmentLine)
        )
        assert {tuple(row) for row in lines} == {
            ("picked", 1),
            ("withdrawn", 1),
            ("unsourced", 1),
        }


# Offers to several


async def network(sessions: Sessions, *, others: int = 3) -> tuple[Shop, list[LocationId]]:
    """A boutique in Lyon that is asked first, and others of France; one abroad."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        places = []
        for number in range(others):
            place = await locations.location(db, code=f"zz-{number}", city=f"Town {number}")
            await stock.stock_position(db, location_id=place, on_hand=5)
            places.append(place)
        abroad = await locations.location(db, code="zz-rome", city="Rome", country="IT")
        empty = await locations.location(db, code="zz-nice", city="Nice")
        for place, units in ((abroad, 5), (empty, 1)):
            await stock.stock_position(db, location_id=place, on_hand=units)
    return shop, places


async def left_lying(
    sessions: Sessions, shop: Shop, *, now: datetime, quantity: int = 2
) -> FulfillmentId:
    bought = await make.bought(sessions, shop, now=now, quantity=quantity)
    (work,) = bought.works
    async with sessions.begin() as db:
        assert await orders.widen_offers(db, now=now) == 0
        assert await orders.widen_offers(db, now=now + ALONE_FOR) == 1
        assert await orders.widen_offers(db, now=now + ALONE_FOR) == 0
    return work


async def offered_to(sessions: Sessions, work: FulfillmentId) -> set[LocationId]:
    async with sessions.begin() as db:
        mine = FulfillmentOffer.fulfillment_id == work
        return set(await db.scalars(select(FulfillmentOffer.location_id).where(mine)))


async def claims(sessions: Sessions, work: FulfillmentId, at: LocationId, *, now: datetime) -> bool:
    try:
        async with sessions.begin() as db:
            await orders.claim(db, fulfillment_id=work, at=at, by=BY, now=now)
    except Refusal:
        return False
    return True


async def test_an_offer_left_lying_is_shown_to_boutiques_that_have_all_of_it(
    sessions: Sessions, noon: datetime
) -> None:
    shop, places = await network(sessions)
    work = await left_lying(sessions, shop, now=noon)
    assert await offered_to(sessions, work) == set(places)


async def test_it_is_shown_to_so_many_and_no_more(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await network(sessions, others=RIVALS_MAX + 2)
    work = await left_lying(sessions, shop, now=noon)
    assert len(await offered_to(sessions, work)) == RIVALS_MAX


async def test_the_first_claim_wins_and_takes_the_units_along(
    sessions: Sessions, noon: datetime
) -> None:
    shop, places = await network(sessions)
    work = await left_lying(sessions, shop, now=noon)
    later = noon + timedelta(hours=1)
    told = await asyncio.gather(
        *(claims(sessions, work, at, now=later) for at in (shop.location_id, *places) * 2)
    )
    assert told.count(True) == 1
    winner = [shop.location_id, *places][told.index(True) % (len(places) + 1)]
    assert await state(sessions, work) == (Work.ACCEPTED, winner)
    async with sessions.begin() as db:
        rows = await db.execute(select(StockPosition.location_id, StockPosition.reserved))
        reserved = {row.location_id: row.reserved for row in rows}
    assert {place for place, units in reserved.items() if units} == {winner}
    assert reserved[winner] == 2


async def test_many_offers_claimed_crosswise_are_each_won_once(
    sessions: Sessions, noon: datetime
) -> None:
    shop, places = await network(sessions)
    works = [await left_lying(sessions, shop, now=noon, quantity=1) for _ in range(3)]
    told = await asyncio.gather(
        *(claims(sessions, work, at, now=noon) for at in places for work in works)
    )
    assert told.count(True) == len(works)


async def test_who_was_not_asked_claims_nothing_and_who_lacks_a_piece_neither(
    sessions: Sessions, noon: datetime
) -> None:
    shop, places = await network(sessions)
    work = await left_lying(sessions, shop, now=noon)
    async with sessions.begin() as db:
        elsewhere = await locations.location(db, code="elsewhere")
    with pytest.raises(FulfillmentNotFound):
        async with sessions.begin() as db:
            await orders.claim(db, fulfillment_id=work, at=elsewhere, by=BY, now=noon)
    async with sessions.begin() as db:
        gone = Move(sku=SKU, location_id=places[0], quantity=-4)
        await move(db, moves=[gone], cause=Movement.COUNT, source="test:gone", by=BY, now=noon)
    with pytest.raises(NotHereAnyMore):
        async with sessions.begin() as db:
            await orders.claim(db, fulfillment_id=work, at=places[0], by=BY, now=noon)
    assert await state(sessions, work) == (Work.OFFERED, shop.location_id)
    async with sessions.begin() as db:
        await orders.claim(db, fulfillment_id=work, at=places[1], by=BY, now=noon)
    with pytest.raises(OfferTaken):
        async with sessions.begin() as db:
            await orders.claim(db, fulfillment_id=work, at=places[2], by=BY, now=noon)
