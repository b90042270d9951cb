from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.settings import Settings
from tests.surfaces.make import Clock
from tests.surfaces.storefront import make
from tests.surfaces.storefront.make import Visitor


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


@pytest.fixture
async def app(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, *, clock: Clock
) -> Any:
    """The application over a shop of two pieces."""
    await make.pieces(sessions, settings, now=clock.now)
    return make.application(sessions, settings, clock=clock)


@pytest.fixture
async def visitor(app: Any) -> AsyncIterator[Visitor]:
    found = make.browser(app)
    async with found.client:
        yield found
