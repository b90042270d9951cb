"""The declarative base, the engine, and the few expressions every query needs."""

from datetime import datetime
from select import POLLIN, poll
from typing import Any, ClassVar, Final, cast

import psycopg
from sqlalchemy import (
    URL,
    BindParameter,
    ColumnElement,
    DateTime,
    MetaData,
    SQLColumnExpression,
    String,
    Subquery,
    Uuid,
    and_,
    event,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import ScalarSelect

from sellier.kernel import ids

CONNECT_SECONDS: Final = 3
UNAVAILABLE: Final = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)

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
    made = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=False,
        # The last one back is the next one out: it has the most statements prepared.
        pool_use_lifo=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    event.listen(made.sync_engine, "checkout", _refuse_dead)
    return made


def _refuse_dead(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """Have the pool replace connections that the server has closed, at no cost to the others.

    An idle connection has nothing to say: when it can be read, that is the end of it. Asking the
    server, as `pool_pre_ping` does, would cost every transaction two round trips.
    """
    driver = cast("psycopg.AsyncConnection[Any]", connection.driver_connection)
    watch = poll()
    watch.register(driver.pgconn.socket, POLLIN)
    if watch.poll(0):
        raise InvalidatePoolError("the server closed this connection")


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return the maker of sessions; `begin()` on it is one transaction.

    What only reads begins one too, and ends it with COMMIT: after a ROLLBACK the driver forgets
    every statement that it had prepared, and all are parsed and planned anew.
    """
    return async_sessionmaker(engine, expire_on_commit=False)


def covers(
    start: SQLColumnExpression[datetime],
    end: SQLColumnExpression[datetime | None],
    now: datetime | BindParameter[datetime],
) -> ColumnElement[bool]:
    """Tell whether a half-open period contains `now`; no end means for ever."""
    return and_(start <= now, or_(end.is_(None), end > now))


def as_json(rows: Subquery, *order: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Bring all rows in one column of another: a screen asks once."""
    one = func.to_jsonb(rows.table_valued())
    return select(func.jsonb_agg(aggregate_order_by(one, *order))).scalar_subquery()


def is_outage(error: Exception) -> bool:
    """Tell whether an error means that the database went away while it was used.

    The framework puts what fails while a request is cleaned up into a group.
    """
    if isinstance(error, ExceptionGroup):
        return all(is_outage(each) for each in error.exceptions)
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or isinstance(error, UNAVAILABLE)
