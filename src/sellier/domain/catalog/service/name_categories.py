"""The shelves of the catalog, and what they are called in each language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Category, Product, StyleColor, Variant
from sellier.domain.catalog.rules import category_path
from sellier.kernel.ids import CategoryId, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Every shelf a file names, and those whose name, or a parent's, changed."""

    ids: Mapping[str, CategoryId]
    renamed: Sequence[str]


async def ensure_categories(
    db: AsyncSession, categories: Mapping[str, tuple[str, ...]], *, language: str
) -> Filed:
    """Make the shelves that are missing, parents first, and name them all as the file does."""
    wanted: dict[str, str] = {}
    for names in categories.values():
        for path, name in _chain(names):
            wanted.setdefault(path, name)
    known = {c.path: c for c in (await db.scalars(select(Category))).all()}
    rows, ids = [], {path: category.id for path, category in known.items()}
    for path in sorted(wanted.keys() - known.keys(), key=lambda path: path.count("/")):
        ids[path] = CategoryId(new_id())
        parent_id = ids.get(path.rpartition("/")[0])
        names_here = {language: wanted[path]}
        rows.append({"id": ids[path], "path": path, "parent_id": parent_id, "names": names_here})
    if rows:
        await db.execute(insert(Category), rows)
    here = {path: name for path, name in wanted.items() if path in known}
    renamed = await _rename(db, known, here, language=language)
    return Filed(ids={path: ids[path] for path in wanted}, renamed=renamed)


async def translate_categories(
    db: AsyncSession, categories: Mapping[str, tuple[str, ...]], leads: Table, *, language: str
) -> Sequence[str]:
    """Name the shelves that a translated file's pieces are filed on; return what changed."""
    found = (
        select(Category.path, leads.c.category_path)
        .join(Product, Product.category_id == Category.id)
        .join(StyleColor, StyleColor.product_id == Product.id)
        .join(Variant, Variant.style_color_id == StyleColor.id)
        .join(leads, leads.c.sku == Variant.sku)
        .group_by(Category.path, leads.c.category_path)
        .order_by(func.min(leads.c.line))
    )
    wanted: dict[str, str] = {}
    for path, called in await db.execute(found):
        names = categories[called]
        parts = path.split("/")
        # Both trees as deep: name the parents too; else only the shelf itself is sure.
        if len(parts) == len(names):
            for depth, name in enumerate(names, 1):
                wanted.setdefault("/".join(parts[:depth]), name)
        else:
            wanted.setdefault(path, names[-1])
    known = {c.path: c for c in (await db.scalars(select(Category))).all()}
    return await _rename(db, known, wanted, language=language)


def _chain(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for depth, name in enumerate(names, 1):
        yield category_path(names[:depth]), name


async def _rename(
    db: AsyncSession, known: Mapping[str, Category], wanted: Mapping[str, str], *, language: str
) -> Sequence[str]:
    renamed = {p for p, name in wanted.items() if known[p].names.get(language) != name}
    for path in renamed:
        category = known[path]
        names = {**category.names, language: wanted[path]}
        await db.execute(update(Category).where(Category.id == category.id).values(names=names))
    return [path for path in known if any(p in renamed for p in _with_parents(path))]


def _with_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
