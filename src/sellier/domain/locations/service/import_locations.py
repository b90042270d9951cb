"""Places out of a file: what they are, where, and how long they prepare."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Column, Integer, String, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.locations.rules.files import location_feed
from sellier.infra import staging
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel.ids import LocationId, new_id
from sellier.kernel.parsing import Cells

COLUMNS: Final = Columns(
    required=(
        "code",
        "kind",
        "name",
        "city",
        "country",
        "latitude",
        "longitude",
        "time_zone",
        "ships",
        "pickup",
        "opens",
        "closes",
        "daily_capacity",
    ),
    optional=("banner", "preparation_minutes", "cut_off", "prepares_on"),
)
_FACTS: Final = COLUMNS.required[1:]
# What a file may leave out: then these stay as they are.
_MAY_SAY: Final = COLUMNS.optional[1:]
_USUAL_MINUTES: Final = 60


async def import_locations(
    db: AsyncSession, *, table: Table, report: Report
) -> Mapping[LocationId, str]:
    """Add and change locations as the file says; return the banner code given for each.

    Refused values go to the report; the caller keeps the transaction only if there are none.
    """
    staged = staging.staging_table(
        "staged_location",
        Column("line", Integer),
        Column("id", Uuid),
        Column("code", String),
        *(Column(name, Location.__table__.c[name].type) for name in (*_FACTS, *_MAY_SAY)),
        Column("banner", String),
    )
    await staging.stage(db, staged, _rows(table, report))
    await staging.refuse_repeated(db, report, staged, column="code")
    if not report.is_clean():
        return {}

    merged = await staging.merge(
        db,
        Location,
        staged,
        key=("code",),
        values=(*_FACTS, *(name for name in _MAY_SAY if name in table.columns)),
        new=("id",),
        returning="id",
    )
    merged.count(report, "locations")
    found = await db.execute(
        select(Location.id, staged.c.banner)
        .join(staged, staged.c.code == Location.code)
        .where(staged.c.banner.is_not(None))
    )
    return {LocationId(row.id): row.banner for row in found}


def _rows(table: Table, report: Report) -> Iterator[Sequence[object]]:
    for line, row in table.rows:
        cells = Cells(row)
        read = location_feed(cells)
        if report.accepts(line, cells):
            facts = (getattr(read, name) for name in _FACTS)
            minutes = read.preparation_minutes
            yield (
                line,
                new_id(),
                read.code,
                *facts,
                _USUAL_MINUTES if minutes is None else minutes,
                read.cut_off,
                read.prepares_on and list(read.prepares_on),
                read.banner,
            )
