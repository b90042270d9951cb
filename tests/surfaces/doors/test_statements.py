"""A list costs the same number of statements however long it is."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.infra.settings import Settings
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import counting
from tests.surfaces.doors import make as doors
from tests.surfaces.studio import make as studio

Sessions = async_sessionmaker[AsyncSession]

# Who asks, and how many statements the page may cost: one of them asks who is there.
SCREENS = {
    "/boutique": (boutique.LYON_STAFF, 3),
    "/boutique/orders": (boutique.LYON_STAFF, 3),
    "/boutique/lookup?q=sac": (boutique.LYON_STAFF, 6),
    "/boutique/pieces/ECLUSE-RED": (boutique.LYON_STAFF, 6),
    "/studio": (boutique.EMAILS[Role.ORDER_DESK], 5),
    "/studio/orders": (boutique.EMAILS[Role.ORDER_DESK], 3),
    "/studio/stock?sku=ECLUSE-RED-U": (boutique.EMAILS[Role.ORDER_DESK], 7),
}


@pytest.mark.parametrize("address", SCREENS)
async def test_a_longer_list_costs_no_more_statements(
    sessions: Sessions, settings: Settings, noon: datetime, address: str
) -> None:
    email, allowed = SCREENS[address]
    group = await boutique.group(sessions, now=noon)
    index = boutique.FakeIndex(codes=["ECLUSE-RED", "LINON-BLUE"])
    routers = [*boutique.routers(index), *studio.ROUTERS]
    async with doors.browser(sessions, settings, doors.Clock(noon), routers=routers) as client:
        await doors.enter(client, email)
        counts = []
        for _ in range(2):
            with counting.statements() as seen:
                assert (await client.get(address)).status_code == 200
            counts.append(len(seen))
            await boutique.order(sessions, group.site, group.lyon, sku="ECLUSE-RED-U", now=noon)
    assert counts[0] == counts[1]
    assert counts[0] <= allowed, seen
