"""What is promised of the stock that there is, until somebody takes it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.domain.locations.models import LocationKind
from sellier.domain.promising import service as promising
from sellier.domain.promising.errors import ViewRefused
from sellier.domain.promising.queries.promise import promise, timetable
from sellier.domain.promising.rules import Destination, Need
from sellier.domain.promising.rules.basket import Asked
from sellier.domain.promising.rules.promise import Promise, Why
from sellier.domain.promising.rules.views import View
from sellier.domain.promising.service.views import define_view
from sellier.domain.promising.states import Purpose, Way
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.models import LocationTerms, StockPosition
from sellier.kernel.ids import ChannelId, LocationId, OrderId, OrderLineId, Sku, new_id
from tests.domain.carriers import make as carriers
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.stock import make as stock
from tests.recording import recorded

BAG = Sku("ECLUSE-RED-U")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # one in the afternoon of a Wednesday in Lyon

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    sessions: Sessions
    channel_id: ChannelId
    warehouse: LocationId
    lyon: LocationId

    async def promise(
        self,
        *,
        units: int = 1,
        boutiques: Sequence[LocationId] = (),
        country: str = "FR",
        now: datetime = NOON,
    ) -> Promise:
        asked = Asked(
            channel_id=self.channel_id,
            wanted={BAG: units},
            to=Destination(way=Way.SHIP, country=country),
            currency="EUR",
            moment=now,
            boutiques=boutiques,
        )
        async with self.sessions.begin() as db:
            return await promise(db, asked, known=await timetable(db, now=now))

    async def hold(self) -> None:
        """Take one unit for an order to an address in France."""
        need = Need(
            line_id=OrderLineId(new_id()),
            sku=BAG,
            quantity=1,
            to=Destination(way=Way.SHIP, country="FR"),
        )
        async with self.sessions.begin() as db:
            await promising.hold(
                db,
                order_id=OrderId(new_id()),
                channel_id=self.channel_id,
                needs=[need],
                lasts=timedelta(minutes=20),
                now=NOON,
            )


@pytest.fixture
async def shop(sessions: Sessions) -> Shop:
    """A warehouse and a boutique, each with two bags."""
    async with sessions.begin() as db:
        site = await organization.site(db)
        await catalog.style_color(db, code="ECLUSE-RED", title="Écluse", site=site)
        warehouse = await locations.location(
            db, code="wh", kind=LocationKind.WAREHOUSE, pickup=False
        )
        lyon = await locations.location(db, code="lyon", preparation_minutes=120)
        for place in (warehouse, lyon):
            await stock.stock_position(db, location_id=place, sku=BAG, on_hand=2)
        await carriers.keep(db, carriers.lane())
    return Shop(sessions=sessions, channel_id=site.channel_id, warehouse=warehouse, lyon=lyon)


async def test_a_basket_is_delivered_collected_and_held(shop: Shop) -> None:
    found = await shop.promise()
    (sent,) = found.deliveries
    assert (str(sent.earliest), str(sent.latest), sent.parcels) == ("2026-11-26", "2026-11-27", 1)
    (lyon,) = found.counters
    assert lyon.collect is not None
    assert lyon.collect.start == NOON + timedelta(hours=2)
    assert lyon.held_until == lyon.collect.end == datetime(2026, 11, 25, 18, tzinfo=UTC)


async def test_more_than_one_place_has_comes_in_parcels(shop: Shop) -> None:
    found = await shop.promise(units=3)
    assert found.deliveries[0].parcels == 2
    assert found.counters == []


async def test_too_much_is_short(shop: Shop) -> None:
    found = await shop.promise(units=5, boutiques=[shop.lyon])
    assert (found.deliveries, found.no_delivery) == ((), Why.SHORT)
    (lyon,) = found.counters
    assert (lyon.no_collect, lyon.no_hold) == (Why.SHORT, Why.SHORT)


async def test_where_no_carrier_goes_nothing_is_delivered(shop: Shop) -> None:
    found = await shop.promise(country="JP")
    assert found.no_delivery is Why.NO_LANE


async def test_a_location_gives_a_channel_what_its_terms_say(shop: Shop) -> None:
    async with shop.sessions.begin() as db:
        db.add(
            LocationTerms(
                location_id=shop.lyon,
                channel_id=shop.channel_id,
                ships=False,
                collects=False,
                holds=True,
                buffer=1,
            )
        )
    (lyon,) = (await shop.promise(boutiques=[shop.lyon])).counters
    assert lyon.no_collect is Why.NOT_OFFERED
    assert lyon.held_until is not None
    (lyon,) = (await shop.promise(units=2, boutiques=[shop.lyon])).counters
    assert lyon.no_hold is Why.SHORT  # the second is kept back
    assert (await shop.promise(units=3)).no_delivery is Why.SHORT  # it sends nothing


async def test_one_question_is_one_statement(shop: Shop, engine: AsyncEngine) -> None:
    asked = Asked(
        channel_id=shop.channel_id,
        wanted={BAG: 1},
        to=Destination(way=Way.SHIP, country="FR"),
        currency="EUR",
        moment=NOON,
    )
    async with shop.sessions.begin() as db:
        known = await timetable(db, now=NOON)
    with recorded(engine) as sent:
        async with shop.sessions.begin() as db:
            await promise(db, asked, known=known)
    assert len([statement for statement, values in sent if values is not None]) == 1


async def test_a_promise_is_kept_or_refused_when_it_is_taken_at_its_word(shop: Shop) -> None:
    assert (await shop.promise()).deliveries

    async def buy() -> str:
        try:
            await shop.hold()
        except OutOfStock:
            return "refused"
        return "held"

    outcomes = await asyncio.gather(*(buy() for _ in range(6)))
    assert sorted(outcomes) == ["held"] * 4 + ["refused"] * 2
    # What was held by then is promised to nobody else.
    found = await shop.promise(boutiques=[shop.lyon])
    assert (found.no_delivery, found.counters[0].no_collect) == (Why.SHORT, Why.SHORT)


async def test_a_view_says_which_figures_count_the_nearest_scope_and_the_latest_version(
    shop: Shop,
) -> None:
    async with shop.sessions.begin() as db:
        row = await db.get(StockPosition, (BAG, shop.lyon))
        assert row is not None
        row.safety_stock = 2
    view = View(purpose=Purpose.PROMISE, keeps_safety=False)
    assert await offers(shop) == []

    for number, defined in enumerate((view, replace(view, keeps_safety=True), view), start=1):
        async with shop.sessions.begin() as db:
            version = await define_view(db, name="house", view=defined, by="test", now=NOON)
        assert version == number
        assert await offers(shop) == ([] if defined.keeps_safety else ["lyon"])
    own = View(purpose=Purpose.PROMISE, channel_id=shop.channel_id)
    async with shop.sessions.begin() as db:
        await define_view(db, name="own", view=own, by="test", now=NOON)
    assert await offers(shop) == []


async def offers(shop: Shop) -> list[str]:
    return [one.place.code for one in (await shop.promise()).counters]


async def test_what_is_committed_has_no_view(shop: Shop) -> None:
    view = View(purpose=Purpose.COMMIT, keeps_safety=False)
    async with shop.sessions.begin() as db:
        with pytest.raises(ViewRefused):
            await define_view(db, name="more", view=view, by="test", now=NOON)


async def test_two_versions_written_at_once_are_two(shop: Shop) -> None:
    async def define() -> int:
        async with shop.sessions.begin() as db:
            view = View(purpose=Purpose.BROWSE)
            return await define_view(db, name="page", view=view, by="test", now=NOON)

    assert sorted(await asyncio.gather(*(define() for _ in range(4)))) == [1, 2, 3, 4]
