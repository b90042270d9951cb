"""What locations give to channels, taken from a file."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Boolean, Column, Integer, String, Uuid
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations import queries as locations
from sellier.domain.organization import queries as organization
from sellier.domain.stock.models import LocationTerms
from sellier.domain.stock.rules import UNITS_MAX
from sellier.infra import staging
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel import parsing
from sellier.kernel.ids import ChannelId, LocationId
from sellier.kernel.parsing import Cells

GIVEN: Final = ("ships", "collects", "holds")
COLUMNS: Final = Columns(required=("location", "channel", *GIVEN), optional=("buffer",))

_STAGED: Final = staging.staging_table(
    "staged_terms",
    Column("line", Integer),
    Column("location", String),
    Column("location_id", Uuid),
    Column("channel_id", Uuid),
    *(Column(name, Boolean) for name in GIVEN),
    Column("buffer", Integer),
)


async def import_terms(db: AsyncSession, *, table: Table, report: Report) -> None:
    """Add and change terms as the file says; those that it does not name stay as they are.

    Refused values go to the report; the caller keeps the transaction only if there are none.
    """
    places = await locations.ids_by_code(db)
    channels = {channel.code: channel.id for channel in await organization.channels(db)}
    await staging.stage(db, _STAGED, _rows(table, report, places=places, channels=channels))
    await staging.refuse_repeated(
        db, report, _STAGED, column="location", also=("location_id", "channel_id")
    )
    if not report.is_clean():
        return
    merged = await staging.merge(
        db,
        LocationTerms,
        _STAGED,
        key=("location_id", "channel_id"),
        values=(*GIVEN, "buffer"),
        returning="location_id",
    )
    merged.count(report, "terms")


def _rows(
    table: Table,
    report: Report,
    *,
    places: Mapping[str, LocationId],
    channels: Mapping[str, ChannelId],
) -> Iterator[Sequence[object]]:
    units = partial(parsing.whole, low=0, high=UNITS_MAX)
    for line, row in table.rows:
        cells = Cells(row)
        location_id, channel_id = places.get(row["location"]), channels.get(row["channel"])
        if location_id is None:
            cells.refuse("location", row["location"], "there is no location of this code")
        if channel_id is None:
            cells.refuse("channel", row["channel"], "there is no channel of this code")
        given = [cells.required(name, parsing.yes_no, otherwise=False) for name in GIVEN]
        buffer = cells.optional("buffer", units) or 0
        if report.accepts(line, cells):
            yield (line, row["location"], location_id, channel_id, *given, buffer)
