"""Products, style-colors and variants from a feed, and what they are called in a language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Select,
    String,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.events import StyleColorsChanged
from sellier.domain.catalog.models import Category, Product, StyleColor, StyleColorText, Variant
from sellier.domain.catalog.rules import is_main_language
from sellier.domain.catalog.service.name_categories import ensure_categories, translate_categories
from sellier.domain.catalog.service.stage_products import STAGED, Shelves, stage_products
from sellier.domain.organization import service as organization
from sellier.infra import outbox, staging
from sellier.infra.reports import Report
from sellier.infra.tables import Table
from sellier.kernel.ids import StyleColorId

EVENT_IDS: Final = 500

# Our columns by the feed's column they come from: what a file has no column for, it leaves alone.
_PRODUCT: Final = {"gender": "gender", "age_group": "age_group"}
_TEXT: Final = {
    "description": "description",
    "color": "color",
    "material": "material",
    "pattern": "pattern",
    "product_detail": "facts",
}
_VARIANT: Final = {
    "size": "size",
    "size_system": "size_system",
    "gtin": "gtin",
    "mpn": "mpn",
    "condition": "condition",
}
_SHELVED: Final = ("product_type", "google_product_category")

# One row a style-color: its first in the file.
LEADS: Final = staging.staging_table(
    "staged_style_color", *(Column(c.name, c.type) for c in STAGED.columns)
)
_BRANDS: Final = staging.staging_table("staged_brand", Column("name", String), Column("id", Uuid))
_CATEGORIES: Final = staging.staging_table(
    "staged_category", Column("path", String), Column("id", Uuid)
)


async def import_products(
    db: AsyncSession, *, table: Table, language: str, report: Report, now: datetime
) -> bool:
    """Stage a feed, compare it with the catalog and write what differs.

    The language a catalog was first imported in says what exists and where it is filed; a file
    in another language only says how that is called. Returns whether the file was of the first
    kind. Leaves its rows in `staged_piece` until the transaction ends.
    """
    shelves = await stage_products(db, table=table, report=report)
    named = (await db.scalars(select(Category))).all()
    is_main = is_main_language({c.path: c.names for c in named}, language)
    if not is_main:
        await _refuse_unknown(db, report)
    if not report.is_clean():
        return is_main

    await staging.keep(db, LEADS, _first_rows())
    has = frozenset(table.columns)
    if is_main:
        changed = await _write(db, shelves, has=has, language=language, now=now, report=report)
    else:
        changed = await _translate(db, shelves, has=has, language=language, report=report)
    announce(db, changed, now=now)
    return is_main


def announce(db: AsyncSession, style_color_ids: Iterable[StyleColorId], *, now: datetime) -> None:
    """Publish that these style-colors changed, 500 in an event."""
    ids = sorted(style_color_ids, key=attrgetter("int"))
    for start in range(0, len(ids), EVENT_IDS):
        batch = tuple(ids[start : start + EVENT_IDS])
        outbox.publish(db, StyleColorsChanged(happened_at=now, style_color_ids=batch))


def _first_rows() -> Select[Any]:
    return (
        select(STAGED)
        .where(STAGED.c.fingerprint.is_not(None))
        .ext(distinct_on(STAGED.c.style_color_code))
        .order_by(STAGED.c.style_color_code, STAGED.c.line)
    )


async def _refuse_unknown(db: AsyncSession, report: Report) -> None:
    why = "is not in the catalog: import it first in the language the catalog began with"
    found = (
        select(STAGED.c.line, STAGED.c.sku.label("value"), literal(why).label("why"))
        .outerjoin(Variant, Variant.sku == STAGED.c.sku)
        .where(Variant.sku.is_(None))
        .order_by(STAGED.c.line)
    )
    await staging.refuse_where(db, report, found, column="id")


async def _write(
    db: AsyncSession,
    shelves: Shelves,
    *,
    has: frozenset[str],
    language: str,
    now: datetime,
    report: Report,
) -> set[StyleColorId]:
    brands = await organization.ensure_brands(db, names=shelves.brands)
    await staging.stage(db, _BRANDS, brands.items())
    categories = shelves.categories
    if not has & set(_SHELVED) and not await _has_new_products(db):
        categories = {}  # a file that files nothing needs no shelf for what is unsorted
    filed = await ensure_categories(db, categories, language=language)
    await staging.stage(db, _CATEGORIES, filed.ids.items())

    changed = await _style_colors_in(db, filed.renamed)
    changed |= await _merge_products(db, has=has, report=report)
    changed |= await _merge_style_colors(db, has=has, now=now, report=report)
    of_code = select(StyleColor.id, LEADS).join(LEADS, LEADS.c.style_color_code == StyleColor.code)
    changed |= await _merge_texts(db, of_code, has=has, language=language, report=report)
    changed |= await _merge_variants(db, has=has, report=report)
    return changed


async def _translate(
    db: AsyncSession, shelves: Shelves, *, has: frozenset[str], language: str, report: Report
) -> set[StyleColorId]:
    changed: set[StyleColorId] = set()
    if has & set(_SHELVED):
        renamed = await translate_categories(db, shelves.categories, LEADS, language=language)
        changed = await _style_colors_in(db, renamed)
    # The SKU says which style-color is meant: codes may have been made from a color's name.
    of_sku = (
        select(Variant.style_color_id.label("id"), LEADS)
        .join(LEADS, LEADS.c.sku == Variant.sku)
        .ext(distinct_on(Variant.style_color_id))
        .order_by(Variant.style_color_id, LEADS.c.line)
    )
    return changed | await _merge_texts(db, of_sku, has=has, language=language, report=report)


async def _style_colors_in(db: AsyncSession, paths: Sequence[str]) -> set[StyleColorId]:
    if not paths:
        return set()
    found = (
        select(StyleColor.id)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(Category.path == any_(bindparam("paths", list(paths), ARRAY(String))))
    )
    return set((await db.scalars(found)).all())


async def _has_new_products(db: AsyncSession) -> bool:
    new = (
        select(LEADS.c.product_code)
        .outerjoin(Product, Product.code == LEADS.c.product_code)
        .where(Product.id.is_(None))
        .limit(1)
    )
    return await db.scalar(new) is not None


async def _merge_products(
    db: AsyncSession, *, has: frozenset[str], report: Report
) -> set[StyleColorId]:
    staged = (
        select(
            LEADS.c.product_code.label("code"),
            LEADS.c.product_id.label("id"),
            _BRANDS.c.id.label("brand_id"),
            _CATEGORIES.c.id.label("category_id"),
            LEADS.c.gender,
            LEADS.c.age_group,
        )
        .join(_BRANDS, _BRANDS.c.name == LEADS.c.brand)
        .outerjoin(_CATEGORIES, _CATEGORIES.c.path == LEADS.c.category_path)
        .ext(distinct_on(LEADS.c.product_code))
        .order_by(LEADS.c.product_code, LEADS.c.line)
        .subquery()
    )
    given, absent = _given(_PRODUCT, has)
    shelf = ["category_id"] if has & set(_SHELVED) else []
    merged = await staging.merge(
        db,
        Product,
        staged,
        key=("code",),
        values=("brand_id", *shelf, *given),
        new=("id", *({"category_id"} - set(shelf)), *absent),
        returning="id",
    )
    merged.count(report, "products")
    if not merged.changed:
        return set()
    ids = bindparam("ids", list(merged.changed), ARRAY(Uuid))
    found = select(StyleColor.id).where(StyleColor.product_id == any_(ids))
    return set((await db.scalars(found)).all())


async def _merge_style_colors(
    db: AsyncSession, *, has: frozenset[str], now: datetime, report: Report
) -> set[StyleColorId]:
    staged = (
        select(
            LEADS.c.style_color_code.label("code"),
            LEADS.c.style_color_id.label("id"),
            Product.id.label("product_id"),
            LEADS.c.color_family,
            LEADS.c.picture_path,
            literal(now, StyleColor.created_at.type).label("created_at"),
        )
        .join(Product, Product.code == LEADS.c.product_code)
        .subquery()
    )
    sources = {"image_link": "picture_path"}
    if has & {"color", "color_family"}:
        sources |= {"color" if "color" in has else "color_family": "color_family"}
    given = [ours for theirs, ours in sources.items() if theirs in has]
    absent = {"picture_path", "color_family"} - set(given)
    merged = await staging.merge(
        db,
        StyleColor,
        staged,
        key=("code",),
        values=("product_id", *given),
        new=("id", "created_at", *absent),
        returning="id",
    )
    merged.count(report, "style-colors")
    return {*merged.added, *merged.changed}


async def _merge_texts(
    db: AsyncSession, source: Select[Any], *, has: frozenset[str], language: str, report: Report
) -> set[StyleColorId]:
    lead = source.subquery()
    staged = select(
        lead.c.id.label("style_color_id"),
        literal(language).label("language"),
        lead.c.title,
        *(lead.c[name] for name in _TEXT.values()),
    ).subquery()
    given, absent = _given(_TEXT, has)
    merged = await staging.merge(
        db,
        StyleColorText,
        staged,
        key=("style_color_id", "language"),
        values=("title", *given),
        new=absent,
        returning="style_color_id",
    )
    merged.count(report, f"texts ({language})")
    return {*merged.added, *merged.changed}


async def _merge_variants(
    db: AsyncSession, *, has: frozenset[str], report: Report
) -> set[StyleColorId]:
    staged = (
        select(
            STAGED.c.sku,
            StyleColor.id.label("style_color_id"),
            STAGED.c.position,
            *(STAGED.c[name] for name in _VARIANT.values()),
        )
        .join(StyleColor, StyleColor.code == STAGED.c.style_color_code)
        .subquery()
    )
    moved: ColumnElement[bool] = Variant.style_color_id != staged.c.style_color_id
    left = select(Variant.style_color_id).join(staged, staged.c.sku == Variant.sku).where(moved)
    changed = set((await db.scalars(left)).all())
    given, absent = _given(_VARIANT, has)
    position = ["position"] if "size" in has else []
    merged = await staging.merge(
        db,
        Variant,
        staged,
        key=("sku",),
        values=("style_color_id", *position, *given),
        new=(*({"position"} - set(position)), *absent),
        returning="style_color_id",
    )
    merged.count(report, "SKUs")
    total = await db.scalar(select(func.count()).select_from(STAGED)) or 0
    report.count("SKUs as they were", total - len(merged.added) - len(merged.changed))
    return changed | {*merged.added, *merged.changed}


def _given(sources: Mapping[str, str], has: frozenset[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Split our columns into those the file speaks of and those it does not."""
    given = [ours for theirs, ours in sources.items() if theirs in has]
    return given, [ours for ours in sources.values() if ours not in given]
