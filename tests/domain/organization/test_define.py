from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.demo.organization import plan
from sellier.domain.organization import queries, service
from sellier.domain.organization.rules import code_of
from tests.domain.organization import make

Sessions = async_sessionmaker[AsyncSession]


async def test_defining_twice_is_defining_once(sessions: Sessions) -> None:
    for _ in range(2):
        async with sessions.begin() as db:
            await service.define(db, plan=plan())
    async with sessions() as db:
        channels = await queries.channels(db)
        brands = await queries.brands(db)
    assert channels[0].code == "place-dauphine"
    assert len({channel.banner_id for channel in channels}) == len(channels) == 3
    assert len(brands) == len(plan().brands)


async def test_a_market_that_a_channel_does_not_sell_in_gives_its_first(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        await make.site(db)
        channel = (await queries.channels(db))[0]
    assert channel.market("GB").currency == "GBP"
    assert channel.market("US").code == channel.market(None).code == "FR"


async def test_two_names_with_one_code_are_two_brands(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        found = await service.ensure_brands(db, names=["A & B", "A-B", "A & B"])
        again = await service.ensure_brands(db, names=["A-B"])
    assert len(set(found.values())) == 2
    assert again["A-B"] == found["A-B"]


def test_codes_are_plain() -> None:
    assert code_of("Maison Élan & Fils") == "maison-elan-fils"
    assert code_of("服") == "brand"
