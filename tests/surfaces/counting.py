"""Count the statements that a screen sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.recording import Sent, recorded

ENDS = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def counted(sessions: async_sessionmaker[AsyncSession]) -> Iterator[Sent]:
    """Collect the statements that leave through these sessions, alone or in a batch."""
    with recorded(sessions.kw["bind"]) as sent:
        yield sent
    sent[:] = [each for each in sent if each[0] not in ENDS]
