"""A count of the stock, taken from a file: the ledger records every difference."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    Select,
    String,
    Uuid,
    false,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.service import known_pieces
from sellier.domain.locations import queries as locations
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.rules import EVENT_SKUS, UNITS_MAX
from sellier.domain.stock.states import Cause
from sellier.infra import outbox, staging
from sellier.infra.reports import Report, UnusableFile
from sellier.infra.tables import Columns, Table
from sellier.kernel import parsing
from sellier.kernel.ids import LocationId
from sellier.kernel.parsing import Cells

COLUMNS: Final = Columns(required=("sku", "location", "on_hand"))
_KEPT: Final = " units here are promised or lent, on display, damaged or held back"

_STAGED: Final = staging.staging_table(
    "staged_stock",
    Column("line", Integer),
    Column("sku", String),
    Column("location_id", Uuid),
    Column("on_hand", Integer),
)
_DIFFERENCES: Final = staging.staging_table(
    "staged_stock_difference",
    Column("line", Integer),
    Column("sku", String),
    Column("location_id", Uuid),
    Column("on_hand", Integer),
    Column("quantity", BigInteger),
    Column("kept", Integer),
    Column("is_new", Boolean),
)


async def import_positions(
    db: AsyncSession, *, table: Table, report: Report, by: str, now: datetime
) -> None:
    """Set the units on hand that a file counted; positions it does not name stay as they are.

    Every difference is a movement of sellable units with the file's hash as its source. A count
    below what is reserved or not for sale is refused: those units are spoken for. So is one at a
    location that is closed.
    """
    known, closed = await locations.ids_by_code(db), await locations.closed(db)
    await staging.stage(db, _STAGED, _rows(table, known, report, closed=closed))
    await staging.refuse_repeated(db, report, _STAGED, column="sku", also=("location_id",))
    await known_pieces.refuse_unknown_skus(db, report, _STAGED, column="sku")
    if not report.is_clean():
        return

    # Locked late and in the order of the key, as everyone who takes several positions does.
    await staging.keep(db, _DIFFERENCES, _changed())
    await db.execute(insert(_DIFFERENCES).from_select(list(_DIFFERENCES.c.keys()), _missing()))
    await _refuse_below_kept(db, report)
    if not report.is_clean():
        return
    await _write(db, source=_source(table.sha256(), now), by=by, now=now)
    await _announce(db, report=report, now=now)


def _source(sha256: str, now: datetime) -> str:
    """Name the file and the moment: the same file may count again what has moved since."""
    return f"file:{sha256[:16]}@{int(now.timestamp() * 1000):x}"


def _rows(
    table: Table,
    known: Mapping[str, LocationId],
    report: Report,
    *,
    closed: AbstractSet[LocationId],
) -> Iterator[Sequence[object]]:
    units = partial(parsing.whole, low=0, high=UNITS_MAX)
    for line, row in table.rows:
        cells = Cells(row)
        location_id = known.get(row["location"])
        if location_id is None:
            cells.refuse("location", row["location"], "there is no location of this code")
        elif location_id in closed:
            why = "this location is closed: open it again, or leave its rows out"
            cells.refuse("location", row["location"], why)
        sku = cells.required("sku", parsing.code, otherwise="")
        on_hand = cells.required("on_hand", units, otherwise=0)
        if report.accepts(line, cells):
            yield (line, sku, location_id, on_hand)


def _changed() -> Select[Any]:
    return (
        select(
            *_STAGED.columns,
            (_STAGED.c.on_hand - StockPosition.on_hand).label("quantity"),
            (
                StockPosition.reserved + StockPosition.aside + func.coalesce(StockPosition.lent, 0)
            ).label("kept"),
            false().label("is_new"),
        )
        .join(
            StockPosition,
            (StockPosition.sku == _STAGED.c.sku)
            & (StockPosition.location_id == _STAGED.c.location_id),
        )
        .where(StockPosition.on_hand != _STAGED.c.on_hand)
        .order_by(StockPosition.sku, StockPosition.location_id)
        .with_for_update(of=StockPosition)
    )


def _missing() -> Select[Any]:
    return (
        select(
            *_STAGED.columns,
            _STAGED.c.on_hand.label("quantity"),
            literal(0).label("kept"),
            true().label("is_new"),
        )
        .outerjoin(
            StockPosition,
            (StockPosition.sku == _STAGED.c.sku)
            & (StockPosition.location_id == _STAGED.c.location_id),
        )
        .where(StockPosition.sku.is_(None), _STAGED.c.on_hand > 0)
    )


async def _refuse_below_kept(db: AsyncSession, report: Report) -> None:
    found = (
        select(
            _DIFFERENCES.c.line,
            _DIFFERENCES.c.on_hand.label("value"),
            func.concat(_DIFFERENCES.c.kept, _KEPT).label("why"),
        )
        .where(_DIFFERENCES.c.on_hand < _DIFFERENCES.c.kept)
        .order_by(_DIFFERENCES.c.line)
    )
    await staging.refuse_where(db, report, found, column="on_hand")


async def _write(db: AsyncSession, *, source: str, by: str, now: datetime) -> None:
    key = [_DIFFERENCES.c.sku, _DIFFERENCES.c.location_id]
    add = (
        insert_or_skip(StockPosition)
        .from_select(
            ["sku", "location_id", "on_hand"],
            select(*key, _DIFFERENCES.c.on_hand).where(_DIFFERENCES.c.is_new).order_by(*key),
        )
        .on_conflict_do_nothing()
    )
    change = (
        update(StockPosition)
        .where(
            StockPosition.sku == _DIFFERENCES.c.sku,
            StockPosition.location_id == _DIFFERENCES.c.location_id,
            ~_DIFFERENCES.c.is_new,
        )
        .values(on_hand=_DIFFERENCES.c.on_hand, short=0)
    )
    record = select(
        *key,
        _DIFFERENCES.c.quantity,
        literal(Cause.COUNT.value),
        literal(source),
        literal(by),
        literal(now, StockMovement.at.type),
    ).order_by(*key)
    columns = ["sku", "location_id", "quantity", "cause", "source", "by", "at"]
    moved = await staging.written(db, add) + await staging.written(db, change)
    recorded = await staging.written(db, insert(StockMovement).from_select(columns, record))
    if moved != recorded:
        raise UnusableFile("Stock arrived elsewhere while this file was read: import it again.")


async def _announce(db: AsyncSession, *, report: Report, now: datetime) -> None:
    total, moved = await staging.size(db, _STAGED), await staging.size(db, _DIFFERENCES)
    report.count("positions changed", moved)
    report.count("positions as they were", total - moved)
    skus = (await db.scalars(select(_DIFFERENCES.c.sku).distinct())).all()
    for start in range(0, len(skus), EVENT_SKUS):
        batch = tuple(skus[start : start + EVENT_SKUS])
        outbox.publish(db, PositionsChanged(happened_at=now, skus=batch))
