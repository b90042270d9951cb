from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.histories.recorder import Recorder, watching


@pytest.fixture
def recorder(
    sessions: async_sessionmaker[AsyncSession], owner: psycopg.Connection
) -> Iterator[Recorder]:
    with watching(owner):
        yield Recorder(sessions, owner)
