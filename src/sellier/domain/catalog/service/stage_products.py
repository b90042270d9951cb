"""A feed's rows, checked one by one and staged for comparison with the catalog."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, String, Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.rules import (
    StyleFeed,
    VariantFeed,
    category_path,
    style_feed,
    variant_feed,
)
from sellier.infra import staging
from sellier.infra.reports import Report, UnusableFile
from sellier.infra.tables import Columns, Table
from sellier.kernel.ids import new_id
from sellier.kernel.parsing import Cells

STYLE_COLUMNS: Final = (
    "title",
    "description",
    "brand",
    "gender",
    "age_group",
    "color",
    "color_family",
    "material",
    "pattern",
    "product_type",
    "google_product_category",
    "product_detail",
    "image_link",
    "item_group_id",
    "style_color_id",
)
COLUMNS: Final = Columns(
    required=("id", "title", "brand"),
    optional=(
        *(name for name in STYLE_COLUMNS if name not in {"title", "brand"}),
        "gtin",
        "mpn",
        "size",
        "size_system",
        "condition",
        "availability",
        "price",
        "sale_price",
        # Known and not used yet: where the sender shows the piece, and more of its pictures.
        "link",
        "mobile_link",
        "additional_image_link",
        "item_group_title",
        "size_type",
    ),
)
CATEGORIES_MAX: Final = 20_000
BRANDS_MAX: Final = 50_000

STAGED: Final = staging.staging_table(
    "staged_piece",
    Column("line", Integer),
    Column("sku", String),
    Column("product_code", String),
    Column("style_color_code", String),
    # Facts of a style-color are staged with the first of its rows in a run, and only there;
    # those rows have a fingerprint.
    Column("fingerprint", BigInteger),
    Column("product_id", Uuid),
    Column("style_color_id", Uuid),
    Column("title", String),
    Column("description", String),
    Column("brand", String),
    Column("category_path", String),
    Column("gender", String),
    Column("age_group", String),
    Column("color", String),
    Column("color_family", String),
    Column("material", String),
    Column("pattern", String),
    Column("facts", JSONB),
    Column("picture_path", String),
    Column("gtin", String),
    Column("mpn", String),
    Column("size", String),
    Column("size_system", String),
    Column("position", Integer),
    Column("condition", String),
    Column("price_minor", BigInteger),
    Column("list_minor", BigInteger),
    Column("currency", String),
)


@dataclass(slots=True, kw_only=True)
class Shelves:
    """The few names that many rows share, met while the file was read."""

    brands: set[str] = field(default_factory=set)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)  # path -> names

    def take(self, style: StyleFeed) -> None:
        self.brands.add(style.brand)
        self.categories.setdefault(category_path(style.category), style.category)
        if len(self.categories) > CATEGORIES_MAX or len(self.brands) > BRANDS_MAX:
            raise UnusableFile(
                f"More than {CATEGORIES_MAX:,} shelves or {BRANDS_MAX:,} brands: "
                "is a column in the wrong place?"
            )


async def stage_products(db: AsyncSession, *, table: Table, report: Report) -> Shelves:
    """Check and stage every row; what the file itself contradicts goes to the report."""
    shelves = Shelves()
    await staging.stage(db, STAGED, _rows(table, shelves, report))
    await staging.refuse_repeated(db, report, STAGED, column="sku", shown="id")
    await _refuse_style_colors_of_two_products(db, report)
    await _remark_contradictions(db, report)
    return shelves


def _rows(table: Table, shelves: Shelves, report: Report) -> Iterator[Sequence[object]]:
    key: tuple[str | None, ...] = ()
    style = None
    for line, row in table.rows:
        cells = Cells(row)
        found = _style_cells(row)
        # Sizes of one style-color follow one another, and repeat a long description each time.
        leads = found != key or style is None
        if leads:
            style = style_feed(cells)
            shelves.take(style)
        assert style is not None
        variant = variant_feed(cells)
        usable = report.accepts(line, cells)
        key = found if usable else ()
        if usable:
            yield _staged(line, style, variant, fingerprint=hash(found) if leads else None)


def _style_cells(row: Mapping[str, str]) -> tuple[str | None, ...]:
    cells = tuple(map(row.get, STYLE_COLUMNS))
    return cells if row.get("item_group_id") else (*cells, row["id"])


def _staged(
    line: int, style: StyleFeed, variant: VariantFeed, *, fingerprint: int | None
) -> Sequence[object]:
    asking = variant.asking
    before = asking.reduced_from if asking else None
    return (
        line,
        variant.sku,
        style.product_code,
        style.code,
        fingerprint,
        *(_NO_FACTS if fingerprint is None else _facts(style)),
        variant.gtin,
        variant.mpn,
        variant.size,
        variant.size_system,
        variant.position,
        variant.condition,
        asking.price.minor if asking else None,
        before.minor if before else None,
        asking.price.currency if asking else None,
    )


def _facts(style: StyleFeed) -> Sequence[object]:
    return (
        new_id(),
        new_id(),
        style.title,
        style.description,
        style.brand,
        category_path(style.category),
        style.gender,
        style.age_group,
        style.color,
        style.color_family,
        style.material,
        style.pattern,
        json.dumps(style.facts, ensure_ascii=False),
        style.picture_path,
    )


_NO_FACTS: Final = (None,) * 14


async def _refuse_style_colors_of_two_products(db: AsyncSession, report: Report) -> None:
    first = func.min(STAGED.c.product_code).over(partition_by=STAGED.c.style_color_code)
    row = select(
        STAGED.c.line,
        STAGED.c.style_color_code.label("value"),
        STAGED.c.product_code,
        first.label("first"),
    ).subquery()
    found = (
        select(row.c.line, row.c.value, func.concat("also belongs to ", row.c.first).label("why"))
        .where(row.c.product_code != row.c.first)
        .order_by(row.c.line)
    )
    await staging.refuse_where(db, report, found, column="style_color_id")


async def _remark_contradictions(db: AsyncSession, report: Report) -> None:
    """Rows of one style-color that say different things: the first one counts."""
    first = (
        select(STAGED.c.style_color_code, STAGED.c.fingerprint)
        .where(STAGED.c.fingerprint.is_not(None))
        .ext(distinct_on(STAGED.c.style_color_code))
        .order_by(STAGED.c.style_color_code, STAGED.c.line)
        .subquery()
    )
    found = (
        select(STAGED.c.line, STAGED.c.style_color_code)
        .join(first, first.c.style_color_code == STAGED.c.style_color_code)
        .where(STAGED.c.fingerprint != first.c.fingerprint)
        .order_by(STAGED.c.line)
    )
    async for row in await db.stream(found):
        why = "says something else of this style-color than its first row, which counts"
        report.remark(row.line, "style_color_id", row.style_color_code, why=why)
