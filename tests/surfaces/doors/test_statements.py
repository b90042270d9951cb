"""A list costs the same number of statements however long it is."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.infra.settings import Settings
from tests.surfaces.boutique import make as boutique
from tests.surfaces.counting import counted
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock
from tests.surfaces.studio import make as studio

Sessions = async_sessionmaker[AsyncSession]

# Who asks, and how many statements the page may cost: one of them asks who is there.
SCREENS = {
    "/boutique": (boutique.LYON_STAFF, 3),
    "/boutique/orders": (boutique.LYON_STAFF, 3),
    "/boutique/handover": (boutique.LYON_STAFF, 3),
    "/boutique/manifest": (boutique.LYON_STAFF, 3),
    "/boutique/collect": (boutique.LYON_STAFF, 3),
    "/boutique/receive": (boutique.LYON_STAFF, 4),
    "/boutique/returns": (boutique.LYON_STAFF, 5),
    "/studio/returns": (boutique.EMAILS[Role.ORDER_DESK], 3),
    "/boutique/count": (boutique.LYON_STAFF, 3),
    "/boutique/lookup?q=sac": (boutique.LYON_STAFF, 6),
    "/boutique/pieces/ECLUSE-RED": (boutique.LYON_STAFF, 6),
    "/studio": (boutique.EMAILS[Role.ORDER_DESK], 5),
    "/studio/tower": (boutique.EMAILS[Role.ORDER_DESK], 7),
    "/studio/tower/changes": (boutique.EMAILS[Role.ORDER_DESK], 7),
    "/studio/tower/offered": (boutique.EMAILS[Role.ORDER_DESK], 4),
    "/studio/network": (boutique.EMAILS[Role.ORDER_DESK], 6),
    "/studio/orders": (boutique.EMAILS[Role.ORDER_DESK], 3),
    "/studio/transfers": (boutique.EMAILS[Role.ORDER_DESK], 4),
    "/studio/counts": (boutique.EMAILS[Role.ORDER_DESK], 4),
    "/studio/inbound": (boutique.EMAILS[Role.ORDER_DESK], 3),
    "/studio/locations": (boutique.EMAILS[Role.ORDER_DESK], 2),
    "/studio/locations/nice": (boutique.EMAILS[Role.ORDER_DESK], 8),
    "/studio/webhooks": (boutique.EMAILS[Role.ADMINISTRATOR], 3),
    "/studio/sourcing": (boutique.EMAILS[Role.ORDER_DESK], 5),
    "/studio/sourcing/rules": (boutique.EMAILS[Role.ORDER_DESK], 6),
    "/studio/stock?sku=ECLUSE-RED-U": (boutique.EMAILS[Role.ORDER_DESK], 9),
}


async def test_a_longer_list_costs_no_more_statements(
    sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    group = await boutique.group(sessions, now=noon)
    before = await _costs(sessions, settings, noon)
    await boutique.order(sessions, group.site, group.lyon, sku="ECLUSE-RED-U", now=noon)
    assert await _costs(sessions, settings, noon) == before
    assert {a: n for a, n in before.items() if n > SCREENS[a][1]} == {}


async def _costs(sessions: Sessions, settings: Settings, noon: datetime) -> dict[str, int]:
    index = boutique.FakeIndex(codes=["ECLUSE-RED", "LINON-BLUE"])
    routers = [*boutique.routers(index), *studio.ROUTERS]
    costs: dict[str, int] = {}
    async with doors.browser(sessions, settings, Clock(noon), routers=routers) as client:
        for email in sorted({email for email, _ in SCREENS.values()}):
            await doors.enter(client, email)
            for address in (one for one, (whose, _) in SCREENS.items() if whose == email):
                with counted(sessions) as seen:
                    assert (await client.get(address)).status_code == 200
                costs[address] = len(seen)
    return costs
