from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.infra.settings import Settings
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock
from tests.surfaces.studio import make


@pytest.fixture
async def group(sessions: async_sessionmaker[AsyncSession], noon: datetime) -> boutique.Group:
    return await boutique.group(sessions, now=noon)


@pytest.fixture
async def desk(
    *,
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    noon: datetime,
    group: boutique.Group,  # noqa: ARG001  its people sign in
) -> AsyncIterator[httpx.AsyncClient]:
    """The screen of the order desk."""
    clock = Clock(noon)
    async with doors.browser(sessions, settings, clock, routers=make.ROUTERS) as client:
        await doors.enter(client, boutique.EMAILS[Role.ORDER_DESK])
        yield client
