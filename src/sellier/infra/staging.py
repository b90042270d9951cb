"""Files into the database: staged by COPY, compared as sets, applied all or nothing."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import (
    Column,
    FromClause,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.schema import CreateTable

from sellier.infra.db import Base
from sellier.infra.reports import Report, UnusableFile

ONE_IMPORT: Final = 727_003  # the advisory lock that lets one import in at a time


@asynccontextmanager
async def all_or_nothing(
    sessions: async_sessionmaker[AsyncSession], report: Report, *, dry_run: bool = False
) -> AsyncIterator[AsyncSession]:
    """Give one transaction; it is kept only if the report stays clean and this is no rehearsal."""
    async with sessions() as db:
        try:
            yield db
            report.applied = report.is_clean() and not dry_run
            if report.applied:
                await db.commit()
        except UnusableFile as refusal:
            report.unusable = refusal.message


def staging_table(name: str, *columns: Column[Any]) -> Table:
    """Name a table that lives as long as the transaction that stages a file in it."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


async def _enter(db: AsyncSession) -> None:
    if not await db.scalar(select(func.pg_try_advisory_xact_lock(ONE_IMPORT))):
        raise UnusableFile("Another import is running: start this one again when it is done.")
    # Sorting and hashing a whole file in memory instead of on disk; for this transaction alone.
    await db.execute(text("SET LOCAL work_mem = '64MB'"))


async def stage(db: AsyncSession, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """Make the staging table and stream rows into it; nothing is kept in memory.

    Raises `UnusableFile` while another import runs: two would change each other's ground.
    """
    await _enter(db)
    await db.execute(CreateTable(table))
    connection = await db.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
    )
    async with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            await copy.write_row(row)
    # Without figures the planner takes every staged table for tiny.
    await db.execute(text("ANALYZE " + table.name))


async def keep(db: AsyncSession, table: Table, found: Select[Any]) -> None:
    """Make a staging table of what a select finds."""
    await db.execute(CreateTable(table))
    await db.execute(insert(table).from_select([c.name for c in table.columns], found))
    await db.execute(text("ANALYZE " + table.name))


async def size(db: AsyncSession, table: Table) -> int:
    """Count the rows of a staging table."""
    return await db.scalar(select(func.count()).select_from(table)) or 0


async def written(db: AsyncSession, statement: Insert | Update) -> int:
    """Run a statement over whole tables and return how many rows it wrote."""
    connection = await db.connection()
    result = await connection.execute(statement.execution_options(preserve_rowcount=True))
    assert result.rowcount >= 0, "the driver counted"
    return result.rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge wrote: the asked-for column of every row added or changed."""

    added: Sequence[Any]
    changed: Sequence[Any]

    def count(self, report: Report, what: str) -> None:
        """Say in the report how many of what were added and changed."""
        report.count(f"{what} added", len(self.added))
        report.count(f"{what} changed", len(self.changed))


async def merge(
    db: AsyncSession,
    model: type[Base],
    staged: FromClause,
    *,
    key: Sequence[str],
    values: Sequence[str],
    new: Sequence[str] = (),
    returning: str,
) -> Merged:
    """Bring the model's table to what `staged` says, writing only the rows that really differ.

    `values` are compared and changed; `new` are given to rows that are added, and left alone
    in those that exist. `staged` holds each key once.
    """
    target = model.__table__
    assert isinstance(target, Table)
    matches = and_(*(target.c[name] == staged.c[name] for name in key))
    changed: Sequence[Any] = ()
    if values:
        differs = tuple_(*(target.c[name] for name in values)).is_distinct_from(
            tuple_(*(staged.c[name] for name in values))
        )
        change = (
            update(target)
            .where(matches, differs)
            .values({name: staged.c[name] for name in values})
            .returning(target.c[returning])
        )
        changed = (await db.scalars(change)).all()
    names = [*key, *values, *new]
    missing = (
        select(*(staged.c[name] for name in names))
        .select_from(staged.outerjoin(target, matches))
        .where(target.c[key[0]].is_(None))
    )
    add = insert(target).from_select(names, missing).returning(target.c[returning])
    return Merged(added=(await db.scalars(add)).all(), changed=changed)


async def replace(
    db: AsyncSession, model: type[Base], staged: Table, *, of: Sequence[str]
) -> Merged:
    """Give whatever `staged` names by the columns `of` those rows and no others.

    Rows that are there already stay; those of what it does not name are not looked at. A row that
    goes counts as changed.
    """
    target = model.__table__
    assert isinstance(target, Table)
    shared = [column.name for column in target.columns if column.name in staged.c]
    is_named = and_(*(target.c[name].is_not_distinct_from(staged.c[name]) for name in of))
    is_same = and_(*(target.c[name].is_not_distinct_from(staged.c[name]) for name in shared))
    gone = (
        delete(target)
        .where(exists().where(is_named), ~exists().where(is_same))
        .returning(target.c[shared[0]])
    )
    changed = (await db.scalars(gone)).all()
    missing = select(*(staged.c[name] for name in shared)).where(~exists().where(is_same))
    add = insert(target).from_select(shared, missing).returning(target.c[shared[0]])
    return Merged(added=(await db.scalars(add)).all(), changed=changed)


async def refuse_where(
    db: AsyncSession, report: Report, found: Select[Any], *, column: str
) -> None:
    """Refuse every row of a select of `line`, `value` and `why`."""
    async for row in await db.stream(found):
        report.refuse(row.line, column, str(row.value), why=row.why)


async def refuse_repeated(
    db: AsyncSession,
    report: Report,
    staged: Table,
    *,
    column: str,
    also: Sequence[str] = (),
    shown: str | None = None,
) -> None:
    """Refuse rows whose key stands in the file before; `shown` is the column's name there."""
    keys = [staged.c[name] for name in (column, *also)]
    first = func.min(staged.c.line).over(partition_by=keys)
    numbered = select(staged.c.line, staged.c[column].label("value"), first.label("first"))
    counted = numbered.subquery()
    found = (
        select(
            counted.c.line,
            counted.c.value,
            func.concat("stands in line ", counted.c.first, " already").label("why"),
        )
        .where(counted.c.line > counted.c.first)
        .order_by(counted.c.line)
    )
    await refuse_where(db, report, found, column=shown or column)
