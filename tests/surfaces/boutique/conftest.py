from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.settings import Settings
from tests.surfaces.boutique import make
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock


@pytest.fixture
def index() -> make.FakeIndex:
    return make.FakeIndex()


@pytest.fixture
async def group(sessions: async_sessionmaker[AsyncSession], noon: datetime) -> make.Group:
    return await make.group(sessions, now=noon)


@pytest.fixture
async def lyon(
    *,
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    noon: datetime,
    group: make.Group,  # noqa: ARG001  its people sign in
    index: make.FakeIndex,
) -> AsyncIterator[httpx.AsyncClient]:
    """The tablet of the associate in Lyon."""
    clock = Clock(noon)
    async with doors.browser(sessions, settings, clock, routers=make.routers(index)) as client:
        await doors.enter(client, make.LYON_STAFF)
        yield client
