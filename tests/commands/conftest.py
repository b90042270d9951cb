from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.commands.import_files import Desk


@pytest.fixture
def desk(sessions: async_sessionmaker[AsyncSession], tmp_path: Path, noon: datetime) -> Desk:
    return Desk(sessions=sessions, home=tmp_path / "home", now=noon)
