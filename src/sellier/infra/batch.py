"""Small statements, quick: put into SQL once, and sent together in one round trip.

Most of what a small statement costs is not the database: it is building and compiling it anew, and
waiting for its answer before the next one leaves. What is hot says its statements once, at import.
Those whose rows are read now are sent; those that nobody waits for leave `later`, in the same round
trip as whatever is sent next. All others use the session, and nothing of it overtakes what waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Dialect, Engine, Executable, Table, event, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_, greenlet_spawn

from sellier.infra.db import Base

_DIALECT: Final[Dialect] = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]
_WAITING: Final = "statements that wait for the next ones"
_LINE: Final = "the connection of the running transaction"

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


class Later:
    """A statement that waits to leave. Its rows are there once the next ones were answered."""

    __slots__ = ("rows", "step")

    def __init__(self, step: Step) -> None:
        self.step = step
        self.rows: Rows


def later(db: AsyncSession, *steps: Step) -> Sequence[Later]:
    """Have statements leave in this transaction with whatever is sent next, at the latest COMMIT.

    An error of theirs is raised there. Rows that the session holds unflushed leave after them.
    """
    waiting = db.info.setdefault(_WAITING, [])
    asked = [Later(step) for step in steps]
    waiting += asked
    return asked


async def send(db: AsyncSession, *steps: Step) -> Sequence[Rows]:
    """Send statements in this transaction, in order and in one round trip; return their rows.

    They fail together: the first error is raised, and none of those behind it had an effect.
    Raises the errors of SQLAlchemy, as the session does.
    """
    if db.new or db.dirty or db.deleted:
        await db.flush()
    asked = later(db, *steps)
    if _LINE not in db.info:
        await db.connection()
    await _leave(db.info[_LINE], db.info[_WAITING])
    return [one.rows for one in asked]


async def _leave(line: Connection, waiting: list[Later]) -> None:
    asked = waiting.copy()
    waiting.clear()
    driver = cast("psycopg.AsyncConnection[Any]", line.connection.driver_connection)
    try:
        await _exchange(driver, asked)
    except psycopg.Error as error:
        raise await _told(error, line, driver) from error
    except BaseException:
        await greenlet_spawn(line.invalidate)  # nobody knows what of it was answered
        raise


async def _exchange(driver: "psycopg.AsyncConnection[Any]", asked: Sequence[Later]) -> None:
    cursors = [driver.cursor(row_factory=namedtuple_row) for _ in asked]
    is_begun = driver.pgconn.transaction_status == TransactionStatus.INTRANS
    if is_begun and len(asked) == 1:  # nothing to be gained from a pipeline
        await cursors[0].execute(asked[0].step.sql, asked[0].step.values)
    else:
        async with driver.pipeline():
            for cursor, one in zip(cursors, asked, strict=True):
                await cursor.execute(one.step.sql, one.step.values)
    for cursor, one in zip(cursors, asked, strict=True):
        answer = cursor.pgresult
        one.rows = await cursor.fetchall() if answer is not None and answer.nfields else ()


async def _told(
    error: psycopg.Error, line: Connection, driver: "psycopg.AsyncConnection[Any]"
) -> BaseException:
    """Say an error of the driver as SQLAlchemy does, and give up a connection that is lost."""
    is_lost = driver.closed
    if is_lost:
        await greenlet_spawn(line.invalidate, error)
    return DBAPIError.instance(
        None, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=_DIALECT
    )


# What waits belongs to its transaction: it leaves before the session's own statements, before a
# savepoint and before COMMIT, and is forgotten with ROLLBACK.


@event.listens_for(Session, "after_begin")
def _begun(session: Session, _transaction: SessionTransaction, line: Connection) -> None:
    session.info[_LINE] = line
    line.info[_WAITING] = session.info.setdefault(_WAITING, [])


@event.listens_for(Session, "after_transaction_create")
@event.listens_for(Session, "before_commit")
def _needs_line(session: Session, *_transaction: SessionTransaction) -> None:
    if session.info.get(_WAITING):
        session.connection()  # one that sent nothing yet has no connection to leave by


@event.listens_for(Engine, "before_cursor_execute")
@event.listens_for(Engine, "savepoint")
@event.listens_for(Engine, "release_savepoint")
@event.listens_for(Engine, "commit")
def _leave_first(line: Connection, *_what_follows: object) -> None:
    if waiting := line.info.get(_WAITING):
        await_(_leave(line, waiting))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _transaction: SessionTransaction) -> None:
    session.info.get(_WAITING, []).clear()


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_LINE, None)
        session.info.pop(_WAITING, None)
