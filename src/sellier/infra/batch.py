"""Small statements, quick: put into SQL once, and sent together in one round trip.

Most of what a small statement costs is not the database: it is building and compiling it anew, and
waiting for its answer before the next one leaves. What is hot says its statements once, at import,
and sends those that do not wait for each other as one batch. All others use the session.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Dialect, Executable, Table, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler

from sellier.infra.db import Base

_DIALECT: Final[Dialect] = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]

Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with its values, to be sent."""

    sql: str
    values: Mapping[str, object]


class Statement:
    """A statement put into SQL once. Called with the values of its parameters, it is a `Step`.

    `columns` are the columns that an INSERT fills; its parameters are named like them.
    """

    __slots__ = ("_fixed", "_prepare", "_sql")

    def __init__(self, statement: Executable, *, columns: Sequence[str] = ()) -> None:
        compiled = cast("Any", statement).compile(
            dialect=_DIALECT, column_keys=list(columns) or None
        )
        assert isinstance(compiled, SQLCompiler)
        self._sql = compiled.string
        self._fixed = {
            name: bind.effective_value
            for name, bind in compiled.binds.items()
            if not (bind.required or name in columns)
        }
        self._prepare = {
            name: prepare
            for name, bind in compiled.binds.items()
            if (prepare := bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)) is not None
        }

    def __call__(self, **values: object) -> Step:
        for name, prepare in self._prepare.items():
            if name in values:
                values[name] = prepare(values[name])
        return Step(self._sql, self._fixed | values)


def inserting(model: type[Base], *, without: Sequence[str] = ()) -> Statement:
    """Return the statement that writes one row whole; what the database fills in is left out."""
    table = cast("Table", model.__table__)
    columns = [
        column.name
        for column in table.columns
        if not (column.identity or column.computed or column.name in without)
    ]
    return Statement(insert(table), columns=columns)


async def send(db: AsyncSession, *steps: Step) -> Sequence[Rows]:
    """Send statements in this transaction, in order and in one round trip; return their rows.

    They fail together: the first error is raised, and none of those behind it had an effect.
    Raises the errors of SQLAlchemy, as the session does.
    """
    if db.new or db.dirty or db.deleted:
        await db.flush()
    connection = await db.connection()
    driver = cast(
        "psycopg.AsyncConnection[Any]", (await connection.get_raw_connection()).driver_connection
    )
    try:
        cursors = [driver.cursor(row_factory=namedtuple_row) for _ in steps]
        async with driver.pipeline():
            for cursor, step in zip(cursors, steps, strict=True):
                await cursor.execute(step.sql, step.values)
        return [await cursor.fetchall() if cursor.description else () for cursor in cursors]
    except psycopg.Error as error:
        raise await _told(error, connection, driver) from error
    except BaseException:
        await connection.invalidate()  # nobody knows what of it was answered
        raise


async def _told(
    error: psycopg.Error, connection: AsyncConnection, driver: "psycopg.AsyncConnection[Any]"
) -> BaseException:
    """Say an error of the driver as SQLAlchemy does, and give up a connection that is lost."""
    is_lost = driver.closed
    if is_lost:
        await connection.invalidate(error)
    return DBAPIError.instance(
        None, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=_DIALECT
    )
