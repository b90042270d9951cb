"""Signs of life: each process writes when it last worked."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base


class Heartbeat(Base):
    """When a kind of process last proved that it can write."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


async def beat(db: AsyncSession, *, process: str, now: datetime) -> None:
    """Write a sign of life: a database that can be read but not written is not ready."""
    statement = insert(Heartbeat).values(process=process, at=now)
    await db.execute(statement.on_conflict_do_update(index_elements=["process"], set_={"at": now}))
