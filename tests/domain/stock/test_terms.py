"""What a location gives to a channel, and what it keeps back."""

from sqlalchemy import literal, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.locations.models import Location
from sellier.domain.stock import queries
from sellier.domain.stock.models import LocationTerms
from sellier.kernel.ids import ChannelId
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]


async def units(db: AsyncSession, channel_id: ChannelId) -> int:
    """Count what can be sent, as a page does for a size and as a list does for a piece."""
    each, left = queries.sendable(literal(channel_id)), queries.units_left()
    one = await db.scalar(select(each.c.units).select_from(Variant).join(each, true()))
    found = select(left.c.units).select_from(StyleColor).join(left, true())
    assert int(await db.scalar(found, {"channel_id": channel_id}) or 0) == int(one or 0)
    return int(one or 0)


async def agree(db: AsyncSession, shop: make.Shop, **told: object) -> None:
    values = {"ships": True, "collects": True, "holds": True, "buffer": 0} | told
    place = {"location_id": shop.location_id, "channel_id": shop.site.channel_id}
    db.add(LocationTerms(**place, **values))
    await db.flush()


async def test_without_terms_a_location_gives_what_it_can(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        aside = await locations.location(db, ships=False)
        await stock.stock_position(db, location_id=aside, on_hand=7)
        assert await units(db, shop.site.channel_id) == 5


async def test_a_franchise_boutique_is_not_emptied_without_its_consent(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        await agree(db, shop, ships=False)
        assert await units(db, shop.site.channel_id) == 0


async def test_a_location_may_send_for_one_channel_alone(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        await db.execute(text("UPDATE location SET ships = false"))
        assert await units(db, shop.site.channel_id) == 0
        await agree(db, shop, ships=True)
        assert await units(db, shop.site.channel_id) == 5


async def test_a_buffer_is_kept_back_at_each_location(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        other = await locations.location(db)
        await stock.stock_position(db, location_id=other, on_hand=1)
        await agree(db, shop, buffer=2)
        assert await units(db, shop.site.channel_id) == 3 + 1
        await db.execute(text("UPDATE location_terms SET buffer = 9"))
        assert await units(db, shop.site.channel_id) == 1


async def test_units_reserved_are_not_listed_as_in_stock(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        await db.execute(text("UPDATE stock_position SET reserved = 5"))
        assert await units(db, shop.site.channel_id) == 0
        await db.execute(text("UPDATE stock_position SET reserved = 0"))


async def test_terms_say_apart_what_is_sent_collected_and_held(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        given = (
            select(queries.ships(), queries.collects(), queries.holds(), queries.buffer())
            .select_from(Location)
            .outerjoin(LocationTerms, queries.terms_with(literal(shop.site.channel_id)))
        )
        assert tuple((await db.execute(given)).one()) == (True, True, True, 0)
        await agree(db, shop, ships=False, holds=False, buffer=2)
        assert tuple((await db.execute(given)).one()) == (False, True, False, 2)
