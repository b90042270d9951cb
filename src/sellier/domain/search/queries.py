"""Every read of search: pages from the index, documents from the database."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import (
    Category,
    Listing,
    Product,
    StyleColor,
    StyleColorText,
    Variant,
)
from sellier.domain.catalog.rules import color_family
from sellier.domain.locations.models import Location
from sellier.domain.organization.models import Brand, Channel, Market
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.models import SearchChange
from sellier.domain.search.rules import documents as rules
from sellier.domain.search.rules.documents import Document, SearchPage, SearchRequest, Texts
from sellier.domain.stock.models import StockPosition
from sellier.infra.db import covers
from sellier.kernel.ids import Sku, StyleColorId

BATCH = 1_000
CHANGES_MAX = 200_000
_CATEGORIES_MAX = 100_000
_MARKETS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A style-color noted as out of date, and when it was."""

    style_color_id: StyleColorId
    changed_at: datetime


async def search(index: SearchIndex, request: SearchRequest) -> SearchPage:
    """Answer a question without holding up other requests.

    Raises `SearchUnavailable` when there is no index to ask.
    """
    return await asyncio.to_thread(index.search, request)


async def titles(db: AsyncSession, *, codes: Sequence[str], lang: str) -> Mapping[str, str]:
    """Return titles by style-color code, in the language if there is one, else in any."""
    found = await db.execute(
        select(StyleColor.code, StyleColorText.language, StyleColorText.title)
        .join(StyleColorText, StyleColorText.style_color_id == StyleColor.id)
        .where(StyleColor.code.in_(codes))
        .order_by(StyleColorText.language == lang)
        .limit(len(codes) * 10)
    )
    return {code: title for code, _, title in found}


async def market_codes(db: AsyncSession) -> tuple[str, ...]:
    """List the codes of all markets, in order."""
    found = await db.scalars(select(Market.code).order_by(Market.code).limit(_MARKETS_MAX))
    return tuple(found)


async def changes(db: AsyncSession) -> Sequence[Change]:
    """List the style-colors whose documents are out of date, the oldest changes first."""
    found = await db.execute(
        select(SearchChange.style_color_id, SearchChange.changed_at)
        .order_by(SearchChange.changed_at)
        .limit(CHANGES_MAX)
    )
    return [Change(style_color_id=each, changed_at=at) for each, at in found]


async def style_colors_of(db: AsyncSession, *, skus: Sequence[Sku]) -> Sequence[StyleColorId]:
    """Return the style-colors of SKUs, each once."""
    found = await db.scalars(
        select(Variant.style_color_id).where(Variant.sku.in_(skus)).distinct().limit(len(skus))
    )
    return list(found)


async def style_colors_after(
    db: AsyncSession, *, after: StyleColorId | None
) -> Sequence[StyleColorId]:
    """Return the next batch of all style-colors, by id."""
    statement = select(StyleColor.id).order_by(StyleColor.id).limit(BATCH)
    if after is not None:
        statement = statement.where(StyleColor.id > after)
    return list(await db.scalars(statement))


async def turned(db: AsyncSession, *, since: datetime, until: datetime) -> Sequence[StyleColorId]:
    """Return the style-colors whose listing or price began or ended by the clock alone."""

    def within(instant: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        return and_(instant > since, instant <= until)

    listed = select(Listing.style_color_id).where(
        or_(within(Listing.listed_from), within(Listing.listed_until))
    )
    priced = (
        select(Variant.style_color_id)
        .join(Price, Price.sku == Variant.sku)
        .where(or_(within(Price.valid_from), within(Price.valid_until)))
    )
    found = await db.scalars(listed.union(priced).limit(CHANGES_MAX))
    return list(found)


async def documents(
    db: AsyncSession, *, style_color_ids: Sequence[StyleColorId], now: datetime
) -> Sequence[Document]:
    """Read what the index says of style-colors, as it is at `now`."""
    ids = list(style_color_ids)
    texts = await _texts(db, ids)
    sizes = await _sizes(db, ids)
    prices = await _prices(db, ids, now)
    listings = await _listings(db, ids, now)
    paths = await _categories(db)
    found = await db.execute(
        select(StyleColor, Product, Brand, Category.path)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(Category, Category.id == Product.category_id)
        .where(StyleColor.id.in_(ids))
        .limit(len(ids))
    )
    made = []
    for style_color, product, brand, path in found:
        said = texts.get(style_color.id, {})
        held = sizes.get(style_color.id, _NO_SIZES)
        listed = listings.get(style_color.id, {})
        made.append(
            Document(
                code=style_color.code,
                product_code=product.code,
                brand=brand.code,
                brand_name=brand.name,
                texts=said,
                categories=_steps(path, paths),
                color_family=style_color.color_family or _family(said),
                gender=product.gender,
                age_group=product.age_group,
                sizes=held.all,
                sizes_available=held.available,
                prices_minor=prices.get(style_color.id, {}),
                listed=tuple(listed),
                locations=held.locations,
                other_codes=held.codes,
                listed_from=min(listed.values(), default=style_color.created_at),
            )
        )
    return made


def _family(texts: Mapping[str, Texts]) -> str | None:
    return next(filter(None, (color_family(each.color) for each in texts.values())), None)


def _steps(path: str, names: Mapping[str, Mapping[str, str]]) -> tuple[rules.Category, ...]:
    codes = path.split("/")
    steps = ["/".join(codes[: at + 1]) for at in range(len(codes))]
    return tuple(rules.Category(code=step, names=names.get(step, {})) for step in steps)


async def _categories(db: AsyncSession) -> Mapping[str, Mapping[str, str]]:
    found = await db.execute(select(Category.path, Category.names).limit(_CATEGORIES_MAX))
    return {path: names for path, names in found}  # noqa: C416  rows are no pairs to mypy


async def _texts(
    db: AsyncSession, ids: Sequence[StyleColorId]
) -> Mapping[StyleColorId, Mapping[str, Texts]]:
    made: dict[StyleColorId, dict[str, Texts]] = defaultdict(dict)
    statement = select(StyleColorText).where(StyleColorText.style_color_id.in_(ids))
    for text in await db.scalars(statement.limit(len(ids) * 10)):
        facts = [(name, str(value)) for name, value in text.facts.items()]
        facts += [("material", text.material or ""), ("pattern", text.pattern or "")]
        made[text.style_color_id][text.language] = Texts(
            title=text.title,
            description=text.description,
            color=text.color or "",
            facts=tuple((name, value) for name, value in facts if value),
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    all: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


_NO_SIZES = _Sizes()


async def _sizes(db: AsyncSession, ids: Sequence[StyleColorId]) -> Mapping[StyleColorId, _Sizes]:
    """Read sizes and codes of variants, with the locations that have units available."""
    held = (
        select(
            StockPosition.sku,
            func.array_agg(Location.code.distinct()).label("locations"),
        )
        .join(Location, Location.id == StockPosition.location_id)
        .join(Variant, Variant.sku == StockPosition.sku)
        .where(Variant.style_color_id.in_(ids), StockPosition.available > 0)
        .group_by(StockPosition.sku)
        .cte("held")
    )
    statement = (
        select(
            Variant.style_color_id,
            Variant.sku,
            Variant.size,
            Variant.gtin,
            Variant.mpn,
            held.c.locations,
        )
        .outerjoin(held, held.c.sku == Variant.sku)
        .where(Variant.style_color_id.in_(ids))
        .order_by(Variant.style_color_id, Variant.position)
    )
    rows: dict[StyleColorId, list[Any]] = defaultdict(list)
    for row in await db.execute(statement):
        rows[row.style_color_id].append(row)
    return {
        style_color_id: _Sizes(
            all=_once(row.size for row in variants),
            available=_once(row.size for row in variants if row.locations),
            locations=_once(code for row in variants for code in row.locations or ()),
            codes=_once(code for row in variants for code in (row.sku, row.gtin, row.mpn)),
        )
        for style_color_id, variants in rows.items()
    }


def _once(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


async def _prices(
    db: AsyncSession, ids: Sequence[StyleColorId], now: datetime
) -> Mapping[StyleColorId, Mapping[str, int]]:
    """Read the lowest price of each style-color in each market."""
    statement = (
        select(Variant.style_color_id, Market.code, func.min(Price.price_minor))
        .join(Price, Price.sku == Variant.sku)
        .join(Market, pricing.is_current(Market.id, now))
        .where(Variant.style_color_id.in_(ids))
        .group_by(Variant.style_color_id, Market.code)
    )
    made: dict[StyleColorId, dict[str, int]] = defaultdict(dict)
    for style_color_id, market, minor in await db.execute(statement):
        made[style_color_id][market] = minor
    return made


async def _listings(
    db: AsyncSession, ids: Sequence[StyleColorId], now: datetime
) -> Mapping[StyleColorId, Mapping[str, datetime]]:
    """Read where style-colors are published, as `channel:market`, and since when."""
    statement = (
        select(Listing.style_color_id, Channel.code, Market.code, Listing.listed_from)
        .join(Channel, Channel.id == Listing.channel_id)
        .join(Market, Market.id == Listing.market_id)
        .where(
            Listing.style_color_id.in_(ids),
            covers(Listing.listed_from, Listing.listed_until, now),
        )
    )
    made: dict[StyleColorId, dict[str, datetime]] = defaultdict(dict)
    for style_color_id, channel, market, since in await db.execute(statement):
        made[style_color_id][f"{channel}:{market}"] = since
    return made
