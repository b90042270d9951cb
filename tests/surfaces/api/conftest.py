from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.settings import Settings
from tests.domain.orders import make as orders
from tests.surfaces.api import make
from tests.surfaces.api.make import Api
from tests.surfaces.make import Clock


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


@pytest.fixture
async def shop(sessions: async_sessionmaker[AsyncSession]) -> orders.Shop:
    """One bag in one place, five of them."""
    async with sessions.begin() as db:
        return await orders.shop(db, on_hand=5)


@pytest.fixture
async def api(
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    *,
    clock: Clock,
    shop: orders.Shop,  # noqa: ARG001  a piece is there before anyone asks
) -> AsyncIterator[Api]:
    async with make.program(make.application(sessions, settings, clock=clock)) as client:
        yield Api(client=client)
