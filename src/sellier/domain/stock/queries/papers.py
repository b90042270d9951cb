"""Transfers, counts and purchase orders, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    case,
    func,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.catalog.queries import Picture
from sellier.domain.identity.models import Staff
from sellier.domain.locations.models import Location
from sellier.domain.stock.models import (
    PaperTransition,
    PurchaseOrder,
    PurchaseOrderLine,
    StockCount,
    StockCountLine,
    Transfer,
    TransferLine,
)
from sellier.domain.stock.states import CountState, PurchaseState, TransferState
from sellier.kernel.ids import LocationId, Sku

PAPERS_MAX: Final = 100
LINES_MAX: Final = 1_000
HISTORY_MAX: Final = 200

_COMING: Final = (TransferState.SENT, TransferState.PARTLY_RECEIVED)
_EXPECTED: Final = (PurchaseState.OPEN, PurchaseState.PARTLY_RECEIVED)
_COUNTING: Final = (CountState.OPEN, CountState.WAITING)


class Kind(StrEnum):
    TRANSFER = "transfer"
    COUNT = "count"
    PURCHASE_ORDER = "purchase_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRead:
    """One paper of a list. `units` are all of it, `done` those that arrived or were counted."""

    id: UUID
    kind: Kind
    number: str
    state: str
    version: int
    created_at: datetime
    location_id: LocationId  # where units come to, or are counted
    location: str
    city: str
    time_zone: str
    closes: time
    origin: str | None  # where they come from: a location, a supplier; a shelf for a count
    origin_id: LocationId | None
    reference: str | None  # of a supplier
    expected_at: datetime | None
    tolerance: int | None
    units: int
    done: int

    @property
    def expected_on(self) -> str:
        """The day on which it is expected, as its place and a form's field write it."""
        if self.expected_at is None:
            return ""
        return self.expected_at.astimezone(ZoneInfo(self.time_zone)).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRead:
    """One SKU of a paper; what does not apply to its kind is empty."""

    sku: Sku
    gtin: str | None
    title: str
    color: str | None
    size: str | None
    picture: Picture | None
    quantity: int = 0
    sent: int = 0
    received: int = 0
    damaged: int = 0
    over: int = 0
    missing: int = 0
    counted: int | None = None
    expected: int | None = None
    is_applied: bool = False
    short: int = 0

    @property
    def in_transit(self) -> int:
        return self.sent - self.received - self.missing

    @property
    def to_come(self) -> int:
        """Units that a supplier still has to bring."""
        return max(0, self.quantity - self.received)

    @property
    def variance(self) -> int | None:
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One thing that happened to a paper, and who did it."""

    event: str
    after: str
    note: str | None
    by: str
    at: datetime


async def transfers(db: AsyncSession, *, is_over: bool) -> Sequence[PaperRead]:
    """List transfers, the newest first: those that are over, or those that are not."""
    ended = Transfer.state.in_((TransferState.RECEIVED, TransferState.CANCELED))
    return await _papers(db, _transfers().where(ended if is_over else ~ended))


async def counts(
    db: AsyncSession, *, is_over: bool, location_id: LocationId | None = None
) -> Sequence[PaperRead]:
    """List counts, the newest first: those that are over, or those that are not."""
    going = StockCount.state.in_(_COUNTING)
    found = _counts().where(~going if is_over else going)
    if location_id is not None:
        found = found.where(StockCount.location_id == location_id)
    return await _papers(db, found)


async def purchases(db: AsyncSession, *, is_over: bool) -> Sequence[PaperRead]:
    """List purchase orders: those that are over, or those that still come, the soonest first."""
    coming = PurchaseOrder.state.in_(_EXPECTED)
    found = _purchases().where(~coming if is_over else coming)
    return await _papers(db, found, PurchaseOrder.expected_at)


async def arrivals(db: AsyncSession, *, location_id: LocationId) -> Sequence[PaperRead]:
    """List what comes to a location: first what was sent, then what suppliers bring."""
    sent = _transfers().where(Transfer.destination_id == location_id, Transfer.state.in_(_COMING))
    bought = _purchases().where(
        PurchaseOrder.location_id == location_id, PurchaseOrder.state.in_(_EXPECTED)
    )
    soonest = (Transfer.expected_at.nulls_last(), PurchaseOrder.expected_at)
    return [*await _papers(db, sent, soonest[0]), *await _papers(db, bought, soonest[1])]


async def paper(db: AsyncSession, *, number: str) -> PaperRead | None:
    """Return a transfer, count or purchase order by its number."""
    told = {
        "T": _transfers().where(Transfer.number == number),
        "C": _counts().where(StockCount.number == number),
        "P": _purchases().where(PurchaseOrder.number == number),
    }
    statement = told.get(number[:1])
    found = () if statement is None else await _papers(db, statement)
    return next(iter(found), None)


async def number_of(db: AsyncSession, *, paper_id: UUID) -> str:
    """Return the number of a transfer or count that was just written down."""
    drawn = await db.scalar(select(Transfer.number).where(Transfer.id == paper_id))
    return (
        drawn or await db.scalar(select(StockCount.number).where(StockCount.id == paper_id)) or ""
    )


async def lines(db: AsyncSession, *, paper: PaperRead, lang: str) -> Sequence[LineRead]:
    """List the lines of a paper with what each piece is called."""
    models = {
        Kind.TRANSFER: (TransferLine, TransferLine.transfer_id),
        Kind.COUNT: (StockCountLine, StockCountLine.count_id),
        Kind.PURCHASE_ORDER: (PurchaseOrderLine, PurchaseOrderLine.purchase_order_id),
    }
    model, key = models[paper.kind]
    kept = [
        column
        for column in model.__table__.columns
        if column.name in LineRead.__dataclass_fields__ and column.name != "sku"
    ]
    words, picture = catalog.text_in(lang), catalog.first_picture()
    statement = (
        select(
            Variant.sku,
            Variant.gtin,
            func.coalesce(words.c.title, StyleColor.code).label("title"),
            words.c.color,
            Variant.size,
            picture.c.picture,
            *kept,
        )
        .select_from(model)
        .join(Variant, Variant.sku == model.__table__.c.sku)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .outerjoin(words, true())
        .outerjoin(picture, true())
        .where(key == paper.id)
        .order_by(StyleColor.code, Variant.position, Variant.sku)
        .limit(LINES_MAX)
    )
    return [
        LineRead(**{**row, "picture": catalog.picture(row["picture"])})
        for row in (await db.execute(statement)).mappings()
    ]


async def turns(db: AsyncSession, *, paper_id: UUID) -> Sequence[Turned]:
    """List what happened to a paper, the newest first."""
    statement = (
        select(
            PaperTransition.event,
            PaperTransition.after,
            PaperTransition.note,
            func.coalesce(Staff.name, PaperTransition.by).label("by"),
            PaperTransition.at,
        )
        .outerjoin(Staff, func.concat("staff:", Staff.id) == PaperTransition.by)
        .where(PaperTransition.paper_id == paper_id)
        .order_by(PaperTransition.id.desc())
        .limit(HISTORY_MAX)
    )
    return [Turned(**row) for row in (await db.execute(statement)).mappings()]


async def _papers(
    db: AsyncSession, statement: Select[*tuple[Any, ...]], *soonest: SQLColumnExpression[Any]
) -> Sequence[PaperRead]:
    newest = statement.selected_columns["created_at"].desc()
    ordered = statement.order_by(*soonest, newest).limit(PAPERS_MAX)
    return [
        PaperRead(**{**row, "kind": Kind(row["kind"])})
        for row in (await db.execute(ordered)).mappings()
    ]


def _transfers() -> Select[*tuple[Any, ...]]:
    origin, is_its = aliased(Location), TransferLine.transfer_id == Transfer.id
    asked = func.coalesce(func.nullif(TransferLine.sent, 0), TransferLine.quantity)
    return (
        select(
            *_head(Transfer, Kind.TRANSFER),
            func.concat(origin.name, ", ", origin.city).label("origin"),
            Transfer.origin_id,
            null().label("reference"),
            Transfer.expected_at,
            null().label("tolerance"),
            _total(asked, is_its).label("units"),
            _total(TransferLine.received, is_its).label("done"),
        )
        .join(Location, Location.id == Transfer.destination_id)
        .join(origin, origin.id == Transfer.origin_id)
    )


def _counts() -> Select[*tuple[Any, ...]]:
    is_its = StockCountLine.count_id == StockCount.id
    return select(
        *_head(StockCount, Kind.COUNT),
        StockCount.shelf.label("origin"),
        null().label("origin_id"),
        null().label("reference"),
        null().label("expected_at"),
        StockCount.tolerance,
        _total(literal(1), is_its).label("units"),
        _total(case((StockCountLine.counted.is_(None), 0), else_=1), is_its).label("done"),
    ).join(Location, Location.id == StockCount.location_id)


def _purchases() -> Select[*tuple[Any, ...]]:
    is_its = PurchaseOrderLine.purchase_order_id == PurchaseOrder.id
    return select(
        *_head(PurchaseOrder, Kind.PURCHASE_ORDER),
        PurchaseOrder.supplier.label("origin"),
        null().label("origin_id"),
        PurchaseOrder.reference,
        PurchaseOrder.expected_at,
        null().label("tolerance"),
        _total(PurchaseOrderLine.quantity, is_its).label("units"),
        _total(PurchaseOrderLine.received, is_its).label("done"),
    ).join(Location, Location.id == PurchaseOrder.location_id)


def _head(
    model: type[Transfer | StockCount | PurchaseOrder], kind: Kind
) -> Sequence[SQLColumnExpression[Any]]:
    columns = model.__table__.columns
    return (
        columns["id"],
        literal(kind.value).label("kind"),
        columns["number"],
        columns["state"],
        columns["version"],
        columns["created_at"],
        Location.id.label("location_id"),
        Location.name.label("location"),
        Location.city,
        Location.time_zone,
        Location.closes,
    )


def _total(units: SQLColumnExpression[Any], is_its: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(units), 0)).where(is_its).scalar_subquery()
