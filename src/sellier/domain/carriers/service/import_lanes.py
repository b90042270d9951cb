"""Lanes out of a file."""

from collections.abc import Iterator, Sequence
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy import Column, Integer
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.models import Lane
from sellier.domain.carriers.rules.lanes import lane_feed
from sellier.infra import staging
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel.parsing import Cells

_KEY: Final = ("carrier", "service", "from_country", "to_country")
_TERMS: Final = ("days_min", "days_max", "cut_off", "pickup_days", "delivery_days", "prices")
_COST: Final = ("cost_minor", "cost_currency")
COLUMNS: Final = Columns(required=(*_KEY, *_TERMS), optional=("cost",))

_STAGED: Final = staging.staging_table(
    "staged_lane",
    Column("line", Integer),
    *(Column(name, Lane.__table__.c[name].type) for name in (*_KEY, *_TERMS, *_COST)),
)


async def import_lanes(db: AsyncSession, *, table: Table, report: Report) -> None:
    """Add and change lanes as the file says; those that it does not name stay as they are.

    Refused values go to the report; the caller keeps the transaction only if there are none.
    """
    await staging.stage(db, _STAGED, _rows(table, report))
    await staging.refuse_repeated(db, report, _STAGED, column="carrier", also=_KEY[1:])
    if report.is_clean():
        merged = await staging.merge(
            db, Lane, _STAGED, key=_KEY, values=(*_TERMS, *_COST), returning="carrier"
        )
        merged.count(report, "lanes")


def _rows(table: Table, report: Report) -> Iterator[Sequence[object]]:
    for line, row in table.rows:
        cells = Cells(row)
        read = lane_feed(cells)
        if report.accepts(line, cells):
            yield (
                line,
                *(getattr(read, name) for name in _KEY),
                read.days_min,
                read.days_max,
                read.cut_off,
                list(read.pickup_days),
                list(read.delivery_days),
                Jsonb(dict(read.prices)),
                read.cost and read.cost.minor,
                read.cost and read.cost.currency,
            )
