"""Parcels: labeled once whatever happens, and followed to wherever the carrier brings them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carriers.gateway import carrier_of
from sellier.domain.carriers.states import TrackingState
from sellier.domain.orders import jobs, queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import (
    CarrierKnowsNothingYet,
    LabelNotNeeded,
    OnHold,
    TransitionRefused,
)
from sellier.domain.orders.states import Cause, ParcelState, Work
from sellier.infra.settings import Settings
from sellier.kernel.ids import FulfillmentId
from sellier.sandbox.carrier import book
from sellier.sandbox.carrier.values import State
from tests.domain.orders import make, road
from tests.domain.orders.make import Shop
from tests.domain.orders.road import BY, Road
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def way(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncIterator[Road]:
    async with road.opened(sessions, settings, clock=Clock(noon)) as found:
        yield found


@pytest.fixture
async def shop(sessions: Sessions) -> Shop:
    async with sessions.begin() as db:
        return await make.shop(db, on_hand=9)


async def at_carrier(way: Road, work: FulfillmentId) -> State | None:
    found = book.by_key(way.box.store, key=str((await way.parcel(work)).id))
    return found[0].state if found else None


async def test_a_packed_parcel_gets_its_label_and_goes_to_the_customer(
    way: Road, shop: Shop
) -> None:
    work = await way.packed(shop)
    assert (await way.parcel(work)).state is ParcelState.ASKED
    await way.react()
    parcel = await way.parcel(work)
    assert parcel.state is ParcelState.LABELED
    assert parcel.tracking_number is not None
    async with way.sessions() as db:
        paper = await queries.label(db, parcel_id=parcel.id, at=shop.location_id)
        assert paper is not None
        assert paper.startswith(b"%PDF-")
    async with way.sessions.begin() as db:
        await orders.hand_over(db, fulfillment_id=work, by=BY, now=way.clock.now)
    await way.travel()
    await way.react()
    assert await way.work(work) is Work.DELIVERED


async def test_what_the_carrier_has_was_handed_over(way: Road, shop: Shop) -> None:
    """Whoever forgot to say so: the pick-up says it, and the money is asked for once."""
    work = await way.packed(shop)
    await way.react()
    await way.travel(seconds=35)
    await way.react()
    assert await way.work(work) is Work.HANDED_OVER
    with pytest.raises(TransitionRefused):
        async with way.sessions.begin() as db:
            await orders.hand_over(db, fulfillment_id=work, by=BY, now=way.clock.now)
    assert await way.told("payment.operation_due") == 1


async def test_a_parcel_that_was_to_be_held_is_followed_all_the_same(way: Road, shop: Shop) -> None:
    """A hold keeps us from handing it over; it does not undo that the carrier has it."""
    work = await way.packed(shop)
    await way.react()
    now = way.clock.now
    async with way.sessions.begin() as db:
        await orders.hold(db, fulfillment_id=work, reason="Call first", by=BY, now=now)
    with pytest.raises(OnHold):
        async with way.sessions.begin() as db:
            await orders.hand_over(db, fulfillment_id=work, by=BY, now=now)
    await way.travel()
    await way.react()
    assert await way.work(work) is Work.DELIVERED


@pytest.mark.parametrize("typed", ["tok_twice", "tok_shuffled"])
async def test_notices_twice_and_out_of_turn_end_where_they_would(
    way: Road, shop: Shop, typed: str
) -> None:
    work = await way.packed(shop, typed=typed)
    await way.react()
    await way.travel()
    await way.react()
    assert await way.work(work) is Work.DELIVERED
    assert await way.told("payment.operation_due") == 1


ON_THE_WAY = (TrackingState.PICKED_UP, TrackingState.IN_TRANSIT, TrackingState.DELIVERED)


@pytest.mark.parametrize("told", [*permutations(ON_THE_WAY), ON_THE_WAY * 2])
async def test_in_any_order_and_twice_the_work_ends_delivered(
    way: Road, shop: Shop, told: tuple[TrackingState, ...]
) -> None:
    work = await way.packed(shop)
    parcel = await way.parcel(work)
    now = way.clock.now

    async def take(after: TrackingState) -> bool:
        async with way.sessions.begin() as db:
            return await orders.take_tracking(db, parcel_id=parcel.id, after=after, at=now, now=now)

    changed = await asyncio.gather(*(take(after) for after in told))
    assert await way.work(work) is Work.DELIVERED
    assert 1 <= sum(changed) <= 2
    assert not any(await asyncio.gather(*(take(after) for after in told)))


async def test_a_lost_parcel_is_lost_until_it_is_found(way: Road, shop: Shop) -> None:
    work = await way.packed(shop, typed="tok_lost")
    await way.react()
    await way.travel()
    await way.react()
    assert await way.work(work) is Work.LOST
    parcel, now = await way.parcel(work), way.clock.now
    async with way.sessions.begin() as db:
        found = TrackingState.DELIVERED
        assert await orders.take_tracking(db, parcel_id=parcel.id, after=found, at=now, now=now)
    assert await way.work(work) is Work.DELIVERED


async def test_a_parcel_that_comes_back_is_told_of_once(way: Road, shop: Shop) -> None:
    work = await way.packed(shop, typed="tok_return")
    await way.react()
    await way.travel()
    await way.react()
    assert await way.work(work) is Work.HANDED_OVER
    parcel, now = await way.parcel(work), way.clock.now
    assert parcel.returned_at is not None
    async with way.sessions.begin() as db:
        back = TrackingState.RETURNED
        assert not await orders.take_tracking(db, parcel_id=parcel.id, after=back, at=now, now=now)
    assert await way.told("parcel.returned") == 1


async def test_a_refused_address_is_said_and_asked_again_as_another_parcel(
    way: Road, shop: Shop
) -> None:
    work = await way.packed(shop, typed="tok_refuse")
    await way.react()
    refused = await way.parcel(work)
    assert (refused.state, refused.refusal) == (ParcelState.REFUSED, "address_refused")
    async with way.sessions.begin() as db:
        again = await orders.ask_again(db, fulfillment_id=work, by=BY, now=way.clock.now)
    assert again != refused.id
    with pytest.raises(LabelNotNeeded):
        async with way.sessions.begin() as db:
            await orders.ask_again(db, fulfillment_id=work, by=BY, now=way.clock.now)
    await way.react()
    assert (await way.parcel(work)).state is ParcelState.REFUSED


async def test_a_carrier_that_is_away_is_asked_again(way: Road, shop: Shop) -> None:
    way.line.is_cut = True
    work = await way.packed(shop)
    await way.react()
    assert (await way.parcel(work)).state is ParcelState.ASKED
    way.line.is_cut = False
    await jobs.label_due(way.context, [])
    assert (await way.parcel(work)).state is ParcelState.ASKED  # not so soon
    await way.again()
    assert (await way.parcel(work)).state is ParcelState.LABELED


@pytest.mark.parametrize("typed", ["tok_error", "tok_usual"])
async def test_a_label_whose_answer_was_lost_is_found_and_not_made_twice(
    way: Road, shop: Shop, typed: str
) -> None:
    way.line.loses_answers = typed == "tok_usual"
    work = await way.packed(shop, typed=typed)
    await way.react()
    assert (await way.parcel(work)).state is ParcelState.ASKED
    assert await at_carrier(way, work) is State.LABELED
    way.line.loses_answers = False
    await way.again()
    assert (await way.parcel(work)).state is ParcelState.LABELED
    assert len(book.recent(way.box.store)) == 1
    assert way.line.asked.count("POST /carrier/v1/shipments") == 1


async def test_a_label_asked_for_by_many_at_once_is_asked_for_once(way: Road, shop: Shop) -> None:
    work = await way.packed(shop)
    parcel = await way.parcel(work)
    event = {"parcel_id": str(parcel.id)}
    await asyncio.gather(*(jobs.label(way.context, [event]) for _ in range(5)))
    assert (await way.parcel(work)).state is ParcelState.LABELED
    assert way.line.asked.count("POST /carrier/v1/shipments") == 1


async def test_the_label_of_work_that_is_taken_away_is_taken_back(way: Road, shop: Shop) -> None:
    work = await way.packed(shop)
    await way.react()
    async with way.sessions.begin() as db:
        await orders.withdraw(
            db, fulfillment_ids=[work], cause=Cause.CLOSED, by=BY, now=way.clock.now
        )
    await way.react()
    assert (await way.parcel(work)).state is ParcelState.CANCELED
    assert await at_carrier(way, work) is State.CANCELED
    async with way.sessions() as db:
        assert await queries.label(db, parcel_id=(await way.parcel(work)).id) is None


async def test_a_label_that_comes_after_its_work_ended_is_taken_back(way: Road, shop: Shop) -> None:
    """The carrier was asked, and the boutique closed before it answered."""
    work = await way.packed(shop)
    parcel = await way.parcel(work)
    async with way.sessions.begin() as db:
        await orders.withdraw(
            db, fulfillment_ids=[work], cause=Cause.CLOSED, by=BY, now=way.clock.now
        )
    with pytest.raises(CarrierKnowsNothingYet):  # it may still be asked: the job is tried again
        await way.react()
    async with way.sessions() as db:
        sending = await queries.sending(db, parcel_id=parcel.id)
    carrier = carrier_of(way.context.settings, keys=way.context.keys, client=way.context.http)
    await carrier.create(sending=sending, notice_url=f"{way.context.settings.url}/carriers/notices")
    await way.react()
    assert await at_carrier(way, work) is State.CANCELED


async def test_a_parcel_that_fell_silent_is_asked_about(way: Road, shop: Shop) -> None:
    work = await way.packed(shop)
    await way.react()
    await way.travel(with_notices=False)
    await way.react()
    assert await way.work(work) is Work.PACKED
    way.clock.now += timedelta(hours=2)
    await jobs.ask_silent(way.context, [])
    await way.react()
    assert await way.work(work) is Work.DELIVERED


async def test_what_is_collected_is_not_packed_and_what_is_sent_not_put_aside(
    way: Road, shop: Shop
) -> None:
    now = way.clock.now
    for at, verb in ((shop.location_id, orders.pack), (None, orders.make_ready)):
        bought = await make.bought(way.sessions, shop, now=now, at=at)
        (work,) = bought.works
        async with way.sessions.begin() as db:
            await orders.accept(db, fulfillment_id=work, by=BY, now=now)
            await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=now)
        with pytest.raises(TransitionRefused):
            async with way.sessions.begin() as db:
                await verb(db, fulfillment_id=work, by=BY, now=now)
