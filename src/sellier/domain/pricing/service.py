"""Every change to prices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.catalog.service import known_pieces
from sellier.domain.catalog.service.stage_products import STAGED as PIECES
from sellier.domain.organization import queries as organization
from sellier.domain.organization.queries import MarketRead
from sellier.domain.pricing.events import PricesChanged
from sellier.domain.pricing.models import Price
from sellier.domain.pricing.rules import JUMP, is_suspicious
from sellier.infra import outbox, staging
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel import parsing
from sellier.kernel.ids import Sku
from sellier.kernel.parsing import Cells

COLUMNS: Final = Columns(required=("sku", "market", "price"), optional=("sale_price", "valid_from"))
EVENT_IDS: Final = 500
_INSTANT: Final = DateTime(timezone=True)

_STAGED: Final = staging.staging_table(
    "staged_price",
    Column("line", Integer),
    Column("sku", String),
    Column("market_id", Uuid),
    Column("price_minor", BigInteger),
    Column("list_minor", BigInteger),
    Column("currency", String),
    Column("begins", _INSTANT),
)
# Each staged price that differs from the one it meets at its time, and when it will end.
_NEW: Final = staging.staging_table(
    "staged_price_new",
    *(Column(c.name, c.type) for c in _STAGED.columns),
    Column("old_minor", BigInteger),
    Column("old_from", _INSTANT),
    Column("ends", _INSTANT),
)


async def import_prices(
    db: AsyncSession, *, table: Table, report: Report, confirmed: bool, now: datetime
) -> None:
    """Set the prices that a file gives; `confirmed` lets many large jumps through."""
    markets = {market.code: market for market in await organization.markets(db)}
    await staging.stage(db, _STAGED, _rows(table, markets, report=report, now=now))
    await staging.refuse_repeated(db, report, _STAGED, column="sku", also=("market_id",))
    await known_pieces.refuse_unknown_skus(db, report, _STAGED, column="sku")
    says_sales = "sale_price" in table.columns
    await _apply(db, report=report, says_sales=says_sales, confirmed=confirmed, now=now)


async def import_product_prices(
    db: AsyncSession, *, table: Table, report: Report, confirmed: bool, now: datetime
) -> None:
    """Set the prices of the product file that this transaction staged.

    A product file names no market: its prices hold in every market that pays in their currency.
    """
    markets = await organization.markets(db)
    await _refuse_other_currencies(db, report, {market.currency for market in markets})
    if not report.is_clean() or not markets:
        return
    found = union_all(*(_piece_prices(market, now) for market in markets)).subquery()
    await staging.keep(db, _STAGED, select(found))
    says_sales = "sale_price" in table.columns
    await _apply(db, report=report, says_sales=says_sales, confirmed=confirmed, now=now)


def _rows(
    table: Table, markets: Mapping[str, MarketRead], *, report: Report, now: datetime
) -> Iterator[Sequence[object]]:
    for line, row in table.rows:
        cells = Cells(row)
        sku = cells.required("sku", parsing.code, otherwise="")
        market = cells.required(
            "market", lambda code: parsing.one_of(code, markets), otherwise=None
        )
        asking = parsing.asking(cells)
        begins = cells.optional("valid_from", parsing.day)
        if asking and market and asking.price.currency != market.currency:
            cells.refuse("price", cells.text("price"), f"{market.code} pays in {market.currency}")
        if report.accepts(line, cells) and asking and market:
            yield (
                line,
                sku,
                market.id,
                asking.price.minor,
                asking.reduced_from.minor if asking.reduced_from else None,
                asking.price.currency,
                # A day that has come means: from now on. The past is never rewritten.
                max(now, datetime.combine(begins, time.min, UTC)) if begins else now,
            )


def _piece_prices(market: MarketRead, now: datetime) -> Select[Any]:
    return select(
        PIECES.c.line,
        PIECES.c.sku,
        literal(market.id, Uuid).label("market_id"),
        PIECES.c.price_minor,
        PIECES.c.list_minor,
        PIECES.c.currency,
        literal(now, _INSTANT).label("begins"),
    ).where(PIECES.c.currency == market.currency)


async def _refuse_other_currencies(
    db: AsyncSession, report: Report, currencies: Iterable[str]
) -> None:
    found = (
        select(
            PIECES.c.line,
            PIECES.c.currency.label("value"),
            literal("no market pays in this currency").label("why"),
        )
        .where(PIECES.c.currency.not_in(currencies))
        .order_by(PIECES.c.line)
    )
    await staging.refuse_where(db, report, found, column="price")


async def _apply(
    db: AsyncSession, *, report: Report, says_sales: bool, confirmed: bool, now: datetime
) -> None:
    if not report.is_clean():
        return
    await staging.keep(db, _NEW, _differing(says_sales=says_sales))
    if not confirmed:
        await _refuse_jumps(db, report)
    if not report.is_clean():
        return
    changed = await _write(db)
    report.count("prices set", len(changed))
    total = await staging.size(db, _STAGED)
    report.count("prices as they were", total - len(changed))
    ids = tuple(await known_pieces.style_colors_of(db, skus=changed))
    for start in range(0, len(ids), EVENT_IDS):
        batch = ids[start : start + EVENT_IDS]
        outbox.publish(db, PricesChanged(happened_at=now, style_color_ids=batch))


def _differing(*, says_sales: bool) -> Select[Any]:
    old, later = aliased(Price), aliased(Price)
    next_begins = (
        select(func.min(later.valid_from))
        .where(
            later.sku == _STAGED.c.sku,
            later.market_id == _STAGED.c.market_id,
            later.valid_from > _STAGED.c.begins,
        )
        .scalar_subquery()
    )
    differs = tuple_(old.price_minor, old.list_minor, old.currency).is_distinct_from(
        tuple_(_STAGED.c.price_minor, _STAGED.c.list_minor, _STAGED.c.currency)
    )
    if not says_sales:
        # The file knows no reductions: a reduction of the very price it gives stays.
        differs = and_(differs, old.list_minor.is_distinct_from(_STAGED.c.price_minor))
    return (
        select(
            *_STAGED.columns,
            old.price_minor,
            old.valid_from,
            case((old.sku.is_not(None), old.valid_until), else_=next_begins),
        )
        .outerjoin(old, _meets(old))
        .where(differs)
    )


async def _refuse_jumps(db: AsyncSession, report: Report) -> None:
    jumps = or_(
        _NEW.c.price_minor > _NEW.c.old_minor * JUMP, _NEW.c.price_minor * JUMP < _NEW.c.old_minor
    )
    counted = len((await db.scalars(select(_NEW.c.line).where(jumps))).all())
    existing = len((await db.scalars(_existing())).all())
    if not is_suspicious(jumps=counted, existing=existing):
        return
    why = (
        f": {counted:,} of {existing:,} prices change more than {JUMP} times; "
        "if that is meant, import again with --confirm-prices"
    )
    found = (
        select(
            _NEW.c.line,
            func.concat(_NEW.c.price_minor, " ", _NEW.c.currency).label("value"),
            func.concat("was ", _NEW.c.old_minor, why).label("why"),
        )
        .where(jumps)
        .order_by(_NEW.c.line)
    )
    await staging.refuse_where(db, report, found, column="price")


def _existing() -> Select[Any]:
    """Find the staged prices that meet one."""
    return select(_STAGED.c.line).join(Price, _meets(Price))


def _meets(old: type[Price]) -> ColumnElement[bool]:
    return and_(
        old.sku == _STAGED.c.sku,
        old.market_id == _STAGED.c.market_id,
        old.valid_from <= _STAGED.c.begins,
        or_(old.valid_until.is_(None), old.valid_until > _STAGED.c.begins),
    )


async def _write(db: AsyncSession) -> Sequence[Sku]:
    of_old = and_(
        Price.sku == _NEW.c.sku,
        Price.market_id == _NEW.c.market_id,
        Price.valid_from == _NEW.c.old_from,
    )
    # A price that begins at this very instant was never asked of anyone: it is corrected.
    correct = (
        update(Price)
        .where(of_old, _NEW.c.old_from == _NEW.c.begins)
        .values({name: _NEW.c[name] for name in ("price_minor", "list_minor", "currency")})
        .returning(Price.sku)
        .execution_options(synchronize_session=False)
    )
    corrected = (await db.scalars(correct)).all()
    end = (
        update(Price)
        .where(of_old, _NEW.c.old_from < _NEW.c.begins)
        .values(valid_until=_NEW.c.begins)
        .execution_options(synchronize_session=False)
    )
    await db.execute(end)
    begins: ColumnElement[bool] = or_(_NEW.c.old_from.is_(None), _NEW.c.old_from < _NEW.c.begins)
    names = ["sku", "market_id", "price_minor", "list_minor", "currency"]
    begin = (
        insert(Price)
        .from_select(
            [*names, "valid_from", "valid_until"],
            select(*(_NEW.c[name] for name in names), _NEW.c.begins, _NEW.c.ends).where(begins),
        )
        .returning(Price.sku)
    )
    return [*corrected, *(await db.scalars(begin)).all()]
