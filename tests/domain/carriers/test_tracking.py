import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carriers.gateway import Notice
from sellier.domain.carriers.models import CarrierNotice, TrackingEventRow
from sellier.domain.carriers.queries.tracking import silent, tracking
from sellier.domain.carriers.rules.tracking import (
    CarrierParcel,
    News,
    TrackingEvent,
    progress,
    where,
)
from sellier.domain.carriers.service.tracking import take_answer, take_notice
from sellier.domain.carriers.states import FINAL, TrackingState
from sellier.kernel.ids import ParcelId, new_id
from tests.domain.carriers.make import NOON, NUMBER, event, journey

Sessions = async_sessionmaker[AsyncSession]
STATES = st.lists(st.sampled_from(TrackingState), min_size=1, max_size=12)


# Whatever the order


@given(STATES, st.data())
def test_notices_repeated_and_permuted_say_what_notices_in_order_say(
    states: list[TrackingState], data: st.DataObject
) -> None:
    in_order = journey(*states)
    told = data.draw(st.permutations([*in_order, *data.draw(st.lists(st.sampled_from(in_order)))]))
    known: Sequence[TrackingEvent] = ()
    for each in told:
        known = progress(known, [each])
    assert known == in_order
    assert where(known) is where(in_order)


@given(STATES)
def test_what_is_over_stays_over(states: list[TrackingState]) -> None:
    ends = [
        number for number in range(1, len(states) + 1) if where(journey(*states[:number])) in FINAL
    ]
    if ends:
        assert where(journey(*states)) is where(journey(*states[: ends[0]]))


def test_scans_that_were_missed_do_not_hold_a_parcel_up() -> None:
    assert where([event(1), event(5, TrackingState.DELIVERED)]) is TrackingState.DELIVERED


def test_a_lost_parcel_can_be_found() -> None:
    found = journey(TrackingState.LABELED, TrackingState.LOST, TrackingState.DELIVERED)
    assert where(found) is TrackingState.DELIVERED


def test_a_parcel_on_its_way_is_not_canceled() -> None:
    told = journey(TrackingState.LABELED, TrackingState.PICKED_UP, TrackingState.CANCELED)
    assert where(told) is TrackingState.PICKED_UP


# In the database


def notice(parcel_id: ParcelId, told: TrackingEvent, *, name: str | None = None) -> Notice:
    return Notice(
        id=name or f"msg_{parcel_id}_{told.number}",
        sent_at=NOON,
        parcel_id=parcel_id,
        tracking_number=NUMBER,
        event=told,
    )


async def take(sessions: Sessions, given_notice: Notice, *, now: datetime = NOON) -> News | None:
    async with sessions.begin() as db:
        return await take_notice(db, notice=given_notice, now=now)


async def state_of(sessions: Sessions, parcel_id: ParcelId) -> TrackingState:
    async with sessions.begin() as db:
        found = await tracking(db, parcel_ids=[parcel_id])
    return found[parcel_id].state


USUAL = journey(
    TrackingState.LABELED,
    TrackingState.PICKED_UP,
    TrackingState.IN_TRANSIT,
    TrackingState.OUT_FOR_DELIVERY,
    TrackingState.DELIVERED,
)


async def test_each_step_is_news_once(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    told = [await take(sessions, notice(parcel_id, each)) for each in (*USUAL, *USUAL)]
    assert [news and news.after for news in told] == [*(each.state for each in USUAL)] + [None] * 5
    assert told[0] == News(
        parcel_id=parcel_id,
        tracking_number=NUMBER,
        before=None,
        after=TrackingState.LABELED,
        event=USUAL[0],
    )


async def test_the_same_event_under_another_notice_is_no_news(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    assert await take(sessions, notice(parcel_id, USUAL[0]))
    assert await take(sessions, notice(parcel_id, USUAL[0], name="again")) is None


async def test_a_notice_that_was_overtaken_is_kept_and_is_no_news(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    for number in (0, 4):
        assert await take(sessions, notice(parcel_id, USUAL[number]))
    for number in (2, 1, 3):
        assert await take(sessions, notice(parcel_id, USUAL[number])) is None
    async with sessions.begin() as db:
        found = (await tracking(db, parcel_ids=[parcel_id]))[parcel_id]
    assert found.state is TrackingState.DELIVERED
    assert list(found.events) == USUAL


async def test_notices_that_come_together_are_each_news_at_most_once(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    told = await asyncio.gather(
        *(take(sessions, notice(parcel_id, each)) for each in (*USUAL, *USUAL, *reversed(USUAL)))
    )
    delivered = [news for news in told if news and news.after is TrackingState.DELIVERED]
    assert len(delivered) == 1
    assert await state_of(sessions, parcel_id) is TrackingState.DELIVERED
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(CarrierNotice)) == 5
        assert await db.scalar(select(func.count()).select_from(TrackingEventRow)) == 5


async def test_a_notice_whose_effect_fails_is_not_taken(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    try:
        async with sessions.begin() as db:
            assert await take_notice(db, notice=notice(parcel_id, USUAL[0]), now=NOON)
            raise ConnectionError  # noqa: TRY301  what is done with the news falls over
    except ConnectionError:
        pass
    assert await take(sessions, notice(parcel_id, USUAL[0])) is not None


async def test_asking_finds_what_notices_did_not_bring(sessions: Sessions) -> None:
    parcel_id = ParcelId(new_id())
    await take(sessions, notice(parcel_id, USUAL[0]))
    told = CarrierParcel(
        id="shp_1",
        key=str(parcel_id),
        tracking_number=NUMBER,
        tracking_url="http://carrier/track",
        events=tuple(USUAL),
    )
    async with sessions.begin() as db:
        news = await take_answer(db, parcel_id=parcel_id, told=told, now=NOON)
    assert news is not None
    assert (news.before, news.after) == (TrackingState.LABELED, TrackingState.DELIVERED)
    assert await take(sessions, notice(parcel_id, USUAL[3])) is None
    other = ParcelId(new_id())
    async with sessions.begin() as db:
        assert await take_answer(db, parcel_id=other, told=told, now=NOON) is None


async def test_parcels_that_fell_silent_are_found(sessions: Sessions) -> None:
    moving, over = ParcelId(new_id()), ParcelId(new_id())
    await take(sessions, notice(moving, USUAL[1]))
    await take(sessions, notice(over, USUAL[4]))
    async with sessions.begin() as db:
        later = NOON + timedelta(days=2)
        assert await silent(db, since=later, limit=10) == [moving]
        assert await silent(db, since=NOON, limit=10) == []
