"""What suppliers will bring, taken from a file: each row is a line of a purchase order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.service import known_pieces
from sellier.domain.locations import queries as locations
from sellier.domain.locations.queries import LocationRead
from sellier.domain.stock.events import PurchaseOrderExpected
from sellier.domain.stock.models import (
    PAPER_NUMBER,
    PaperTransition,
    PurchaseOrder,
    PurchaseOrderLine,
)
from sellier.domain.stock.rules import UNITS_MAX
from sellier.domain.stock.rules.arrivals import expected_at
from sellier.domain.stock.states import PURCHASE_START, PurchaseEvent, PurchaseState
from sellier.infra import outbox, staging
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel import parsing
from sellier.kernel.ids import PurchaseOrderId, new_id
from sellier.kernel.parsing import Cells

COLUMNS: Final = Columns(
    required=("purchase_order", "supplier", "location", "expected_on", "sku", "quantity")
)
SUPPLIER_LONGEST: Final = 200
_HEAD: Final = ("supplier", "location", "expected_on")  # the same in every row of an order
_OPEN: Final = (PurchaseState.OPEN, PurchaseState.PARTLY_RECEIVED)

_STAGED: Final = staging.staging_table(
    "staged_purchase_line",
    Column("line", Integer),
    Column("id", Uuid),
    Column("reference", String),
    Column("supplier", String),
    Column("location_id", Uuid),
    Column("expected_at", DateTime(timezone=True)),
    Column("sku", String),
    Column("quantity", Integer),
)
_HEADS: Final = staging.staging_table(
    "staged_purchase_order",
    Column("reference", String),
    Column("id", Uuid),
    Column("number", String),
    Column("version", Integer),
    Column("created_at", DateTime(timezone=True)),
    Column("location_id", Uuid),
    Column("state", String),
    Column("supplier", String),
    Column("expected_at", DateTime(timezone=True)),
)


async def import_purchases(
    db: AsyncSession, *, table: Table, report: Report, by: str, now: datetime
) -> None:
    """Add purchase orders, and change those that are still open, as the file says.

    Lines that it does not name stay as they are. Refused values go to the report; the caller keeps
    the transaction only if there are none.
    """
    places = {place.code: place for place in await locations.locations(db)}
    await staging.stage(db, _STAGED, _rows(table, report, places=places))
    await staging.refuse_repeated(
        db, report, _STAGED, column="sku", also=("reference",), shown="sku"
    )
    await known_pieces.refuse_unknown_skus(db, report, _STAGED, column="sku")
    await _lock(db)
    await _refuse_against_orders(db, report)
    if not report.is_clean():
        return
    await staging.keep(db, _HEADS, _heads(now))
    heads = await staging.merge(
        db,
        PurchaseOrder,
        _HEADS,
        key=("reference",),
        values=("supplier", "expected_at"),
        new=("id", "number", "version", "created_at", "location_id", "state"),
        returning="id",
    )
    lines = await staging.merge(
        db,
        PurchaseOrderLine,
        _lines(),
        key=("purchase_order_id", "sku"),
        values=("quantity",),
        new=("received", "damaged"),
        returning="purchase_order_id",
    )
    added = set(heads.added)
    changed = {*heads.changed, *lines.added, *lines.changed} - added
    await _write_history(db, sorted(changed), by=by, now=now)
    report.count("purchase orders added", len(added))
    report.count("purchase orders changed", len(changed))
    for purchase_order_id in sorted(added | changed):
        outbox.publish(
            db, PurchaseOrderExpected(happened_at=now, purchase_order_id=purchase_order_id)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the first row of an order says of it."""

    id: PurchaseOrderId
    said: Mapping[str, str]


def _rows(
    table: Table, report: Report, *, places: Mapping[str, LocationRead]
) -> Iterator[Sequence[object]]:
    heads: dict[str, _Head] = {}
    units = partial(parsing.whole, low=1, high=UNITS_MAX)
    for line, row in table.rows:
        cells = Cells(row)
        reference = cells.required("purchase_order", parsing.code, otherwise="")
        supplier = cells.required(
            "supplier", partial(parsing.line, longest=SUPPLIER_LONGEST), otherwise=""
        )
        place = places.get(row["location"])
        if place is None:
            cells.refuse("location", row["location"], "there is no location of this code")
        day = cells.required("expected_on", parsing.day, otherwise=date.min)
        sku = cells.required("sku", parsing.code, otherwise="")
        quantity = cells.required("quantity", units, otherwise=1)
        head = _head(heads, reference, cells)
        if report.accepts(line, cells) and place is not None:
            at = expected_at(day, closes=place.closes, zone=place.time_zone)
            yield (line, head.id, reference, supplier, place.id, at, sku, quantity)


def _head(heads: dict[str, _Head], reference: str, cells: Cells) -> _Head:
    """Return what was said of an order; refuse a row that contradicts those before it."""
    said = {column: cells.text(column) for column in _HEAD}
    head = heads.setdefault(reference, _Head(id=PurchaseOrderId(new_id()), said=said))
    for column in (name for name in _HEAD if head.said[name] != said[name]):
        why = f"a row of this order before it says {head.said[column]}"
        cells.refuse(column, said[column], why)
    return head


async def _lock(db: AsyncSession) -> None:
    """Keep others from receiving what the file is held against."""
    named = select(_STAGED.c.reference)
    await db.execute(
        select(PurchaseOrder.id)
        .where(PurchaseOrder.reference.in_(named))
        .order_by(PurchaseOrder.id)
        .with_for_update()
    )


async def _refuse_against_orders(db: AsyncSession, report: Report) -> None:
    reference, quantity = _STAGED.c.reference, _STAGED.c.quantity
    is_over = PurchaseOrder.state.not_in(_OPEN)
    moves = PurchaseOrder.location_id != _STAGED.c.location_id
    for column, value, wrong, why in (
        ("purchase_order", reference, is_over, "this order is over: give the new one a name"),
        ("location", reference, moves, "this order goes to another location"),
    ):
        await staging.refuse_where(db, report, _against(value, wrong, why=why), column=column)
    came = (
        select(
            _STAGED.c.line,
            quantity.label("value"),
            func.concat(PurchaseOrderLine.received, " came already").label("why"),
        )
        .join(PurchaseOrder, PurchaseOrder.reference == reference)
        .join(
            PurchaseOrderLine,
            and_(
                PurchaseOrderLine.purchase_order_id == PurchaseOrder.id,
                PurchaseOrderLine.sku == _STAGED.c.sku,
            ),
        )
        .where(quantity < PurchaseOrderLine.received)
        .order_by(_STAGED.c.line)
    )
    await staging.refuse_where(db, report, came, column="quantity")


def _against(value: ColumnElement[Any], wrong: ColumnElement[bool], *, why: str) -> Select[Any]:
    return (
        select(_STAGED.c.line, value.label("value"), literal(why).label("why"))
        .join(PurchaseOrder, PurchaseOrder.reference == _STAGED.c.reference)
        .where(wrong)
        .order_by(_STAGED.c.line)
    )


def _heads(now: datetime) -> Select[Any]:
    head = select(_STAGED).ext(distinct_on(_STAGED.c.reference)).subquery("head")
    drawn = func.lpad(PAPER_NUMBER.next_value().cast(String), 6, "0")
    return select(
        head.c.reference,
        head.c.id,
        func.concat(f"P-{now.year}-", drawn),
        literal(1),
        literal(now, DateTime(timezone=True)),
        head.c.location_id,
        literal(PURCHASE_START.value),
        head.c.supplier,
        head.c.expected_at,
    )


def _lines() -> Any:
    return (
        select(
            PurchaseOrder.id.label("purchase_order_id"),
            _STAGED.c.sku,
            _STAGED.c.quantity,
            literal(0).label("received"),
            literal(0).label("damaged"),
        )
        .join(PurchaseOrder, PurchaseOrder.reference == _STAGED.c.reference)
        .subquery("staged_lines")
    )


async def _write_history(
    db: AsyncSession, ids: Sequence[PurchaseOrderId], *, by: str, now: datetime
) -> None:
    if not ids:
        return
    orders = await db.scalars(select(PurchaseOrder).where(PurchaseOrder.id.in_(ids)))
    rows = []
    for order in orders:
        order.version += 1
        rows.append(
            {
                "paper_id": order.id,
                "key": new_id(),
                "event": PurchaseEvent.AMEND,
                "before": order.state,
                "after": order.state,
                "by": by,
                "at": now,
            }
        )
    await db.execute(insert(PaperTransition), rows)
