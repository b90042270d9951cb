"""The declarative base, the engine, and the few expressions every query needs."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    URL,
    ColumnElement,
    DateTime,
    MetaData,
    SQLColumnExpression,
    String,
    Uuid,
    and_,
    or_,
)
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase

from sellier.kernel import ids

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        **dict.fromkeys(ids.CODES, String()),
        **dict.fromkeys(ids.ROW_IDS, Uuid()),
    }


def engine(url: URL, *, connections: int = 10) -> AsyncEngine:
    """Open a pool; its roles carry their own time-outs (see `infra.postgres`)."""
    return create_async_engine(
        url, pool_size=connections, max_overflow=0, pool_timeout=2, pool_pre_ping=False
    )


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return the maker of sessions; `begin()` on it is one transaction."""
    return async_sessionmaker(engine, expire_on_commit=False)


def covers(
    start: SQLColumnExpression[datetime], end: SQLColumnExpression[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """Tell whether a half-open period contains `now`; no end means for ever."""
    return and_(start <= now, or_(end.is_(None), end > now))
