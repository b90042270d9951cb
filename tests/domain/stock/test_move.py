"""Movements: the ledger and the positions say the same, and no promise is broken."""

import asyncio
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service
from sellier.domain.stock.errors import MovementAbsurd, NotThere, SourceReused, UnknownPlace
from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.rules import Move, Position, check, inspection, moved
from sellier.domain.stock.states import Cause, Condition
from sellier.infra.outbox import OutboxRow
from sellier.kernel.ids import LocationId, Sku, new_id
from tests.domain.locations import make as locations
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
SKU = Sku(make.SKU)
PLACE = LocationId(new_id())


@pytest.fixture
async def shop(sessions: Sessions) -> make.Shop:
    async with sessions.begin() as db:
        return await make.shop(db, on_hand=5)


async def position(sessions: Sessions) -> StockPosition:
    async with sessions.begin() as db:
        return (await db.scalars(select(StockPosition))).one()


async def write(
    sessions: Sessions, *moves: Move, cause: Cause, now: datetime, source: str = "note:1"
) -> bool:
    async with sessions.begin() as db:
        return await service.move(db, moves=moves, cause=cause, source=source, by="ada", now=now)


async def test_units_come_and_go_with_cause_author_and_source(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await service.move(
            db,
            moves=[Move(sku=SKU, location_id=shop.location_id, quantity=3)],
            cause=Cause.RECEIPT,
            source="delivery:7",
            by="ada",
            now=noon,
            note="one box was open",
        )
        found = select(StockMovement).where(StockMovement.source == "delivery:7")
        movement = (await db.scalars(found)).one()
        told = (await db.scalars(select(OutboxRow.payload).order_by(OutboxRow.id.desc()))).first()

    assert (movement.quantity, movement.cause, movement.by) == (3, Cause.RECEIPT, "ada")
    assert movement.note == "one box was open"
    assert told is not None
    assert told["skus"] == [SKU]
    assert (await position(sessions)).on_hand == 8


async def test_units_set_aside_stay_on_hand_and_are_not_promised(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    aside = inspection(
        sku=SKU,
        location_id=shop.location_id,
        quantity=2,
        before=Condition.SELLABLE,
        after=Condition.QUALITY_HOLD,
    )
    await write(sessions, *aside, cause=Cause.INSPECTION, now=noon)

    after = await position(sessions)
    assert (after.on_hand, after.quality_hold, after.available) == (5, 2, 3)


async def test_the_same_source_again_changes_nothing_and_stands_for_nothing_else(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    lost = Move(sku=SKU, location_id=shop.location_id, quantity=-1)
    assert await write(sessions, lost, cause=Cause.ADJUSTMENT, now=noon)
    assert not await write(sessions, lost, cause=Cause.ADJUSTMENT, now=noon)

    other = Move(sku=SKU, location_id=shop.location_id, quantity=-2)
    with pytest.raises(SourceReused):
        await write(sessions, other, cause=Cause.ADJUSTMENT, now=noon)

    assert (await position(sessions)).on_hand == 4


async def test_what_is_promised_to_orders_does_not_go(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    async with sessions.begin() as db:
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        await make.check_out(db, cart_id, now=noon)
    kept = (await position(sessions)).reserved

    broken = inspection(
        sku=SKU,
        location_id=shop.location_id,
        quantity=5,
        before=Condition.SELLABLE,
        after=Condition.DAMAGED,
    )
    with pytest.raises(NotThere) as refused:
        await write(sessions, *broken, cause=Cause.INSPECTION, now=noon)

    assert kept > 0
    assert refused.value.details["promised"] == kept
    assert refused.value.details["free"] == 5 - kept
    assert (await position(sessions)).damaged == 0


async def test_movements_are_all_written_or_none(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    gone = Move(sku=SKU, location_id=shop.location_id, quantity=-1)
    worse = Move(sku=SKU, location_id=shop.location_id, quantity=-1, condition=Condition.DISPLAY)
    with pytest.raises(NotThere):
        await write(sessions, gone, worse, cause=Cause.ADJUSTMENT, now=noon)

    async with sessions.begin() as db:
        assert await db.scalar(select(func.count(StockMovement.id))) == 1
    assert (await position(sessions)).on_hand == 5


async def test_a_refused_movement_leaves_nothing_though_its_caller_goes_on(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    async with sessions.begin() as db:
        elsewhere = await locations.location(db)
        moves = [
            Move(sku=SKU, location_id=shop.location_id, quantity=-1),
            Move(sku=SKU, location_id=elsewhere, quantity=-1),
        ]
        with pytest.raises(NotThere):
            await service.move(
                db, moves=moves, cause=Cause.ADJUSTMENT, source="note:1", by="ada", now=noon
            )

    after = await position(sessions)  # still the only one
    assert (after.location_id, after.on_hand) == (shop.location_id, 5)


async def test_unknown_skus_and_places_are_refused(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    for move in (
        Move(sku=Sku("NO-SUCH"), location_id=shop.location_id, quantity=1),
        Move(sku=SKU, location_id=LocationId(new_id()), quantity=1),
    ):
        with pytest.raises(UnknownPlace):
            await write(sessions, move, cause=Cause.RECEIPT, now=noon)


async def test_ten_hands_take_the_last_units_once_each(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    lost = Move(sku=SKU, location_id=shop.location_id, quantity=-1)

    answers = await asyncio.gather(
        *(
            write(sessions, lost, cause=Cause.ADJUSTMENT, now=noon, source=f"note:{hand}")
            for hand in range(10)
        ),
        return_exceptions=True,
    )

    assert [answer for answer in answers if answer is True] == [True] * 5
    assert sum(isinstance(answer, NotThere) for answer in answers) == 5
    assert (await position(sessions)).on_hand == 0


async def test_twins_of_one_source_have_one_effect(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    found = Move(sku=SKU, location_id=shop.location_id, quantity=2)

    answers = await asyncio.gather(
        *(write(sessions, found, cause=Cause.RECEIPT, now=noon) for _ in range(10))
    )

    assert sorted(answers) == [False] * 9 + [True]
    assert (await position(sessions)).on_hand == 7


@pytest.mark.parametrize(
    ("quantity", "cause"),
    [
        (0, Cause.ADJUSTMENT),
        (10_000_001, Cause.RECEIPT),
        (-1, Cause.RECEIPT),
        (1, Cause.SALE),
        (1, Cause.INSPECTION),
    ],
)
def test_a_movement_that_its_cause_cannot_explain_is_refused(quantity: int, cause: Cause) -> None:
    with pytest.raises(MovementAbsurd):
        check([Move(sku=SKU, location_id=PLACE, quantity=quantity)], cause)


CONDITIONS = st.sampled_from(list(Condition))
UNITS = st.integers(0, 20)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    units=st.fixed_dictionaries(dict.fromkeys(Condition, UNITS)),
    reserved=UNITS,
    quantity=st.integers(-25, 25).filter(bool),
    condition=CONDITIONS,
)
def test_no_movement_breaks_a_promise_or_takes_what_is_not_there(
    *, units: dict[Condition, int], reserved: int, quantity: int, condition: Condition
) -> None:
    before = Position(units=units, reserved=min(reserved, units[Condition.SELLABLE]))
    move = Move(sku=SKU, location_id=PLACE, quantity=quantity, condition=condition)
    promised = before.reserved if condition is Condition.SELLABLE else 0
    if units[condition] + quantity < promised:
        with pytest.raises(NotThere):
            moved(before, move, cause=Cause.ADJUSTMENT)
        return
    after = moved(before, move, cause=Cause.ADJUSTMENT)
    assert min(after.units.values()) >= 0
    assert after.units[Condition.SELLABLE] >= after.reserved
    assert after.on_hand == before.on_hand + quantity
