"""Search: words and filters in, ranked pieces with exact facets out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, runtime_checkable

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from sqlalchemy import Row

from sellier.domain.search.errors import SearchUnavailable
from sellier.domain.search.rules.documents import (
    Facets,
    FacetValue,
    SearchPage,
    SearchRequest,
    Sort,
)
from sellier.infra.web import Configuration, Db, Now, Unavailable
from sellier.kernel.money import Money
from sellier.surfaces.api import answers, queries
from sellier.surfaces.api.answers import (
    FacetsAnswer,
    FacetValueAnswer,
    HitAnswer,
    PriceBucketAnswer,
    PriceFacetAnswer,
    SearchAnswer,
    UnderstoodAnswer,
)
from sellier.surfaces.api.here import Here, Where

_VALUE_MAX = 120
_MINOR_MAX = 10**15

Words = Annotated[str, QueryParameter(max_length=200, description="What is looked for.")]
Chosen = Annotated[
    list[str] | None,
    QueryParameter(max_items=50, description="A value; repeat it for alternatives."),
]
OneChosen = Annotated[str | None, QueryParameter(max_length=_VALUE_MAX)]
Minor = Annotated[
    int | None, QueryParameter(ge=0, le=_MINOR_MAX, description="In minor units of the currency.")
]
Offset = Annotated[int, QueryParameter(ge=0, le=10_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the pieces must be. Values of one filter are alternatives; all filters must hold."""

    category: str | None
    brands: tuple[str, ...]
    colors: tuple[str, ...]
    sizes: tuple[str, ...]
    genders: tuple[str, ...]
    location: str | None
    price_min: int | None
    price_max: int | None


Filtering = NamedDependency[Filters]


@runtime_checkable
class Searching(Protocol):
    """What is asked of the index."""

    def search(self, request: SearchRequest) -> SearchPage: ...


Index = NamedDependency[Searching]


def filters(
    *,
    category: OneChosen = None,
    brand: Chosen = None,
    color: Chosen = None,
    size: Chosen = None,
    gender: Chosen = None,
    location: OneChosen = None,
    price_min: Minor = None,
    price_max: Minor = None,
) -> Filters:
    """Read the filters from the query string."""
    return Filters(
        category=category,
        brands=_sound(brand),
        colors=_sound(color),
        sizes=_sound(size),
        genders=_sound(gender),
        location=location,
        price_min=price_min,
        price_max=price_max,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of the ranked list is wanted, and whether counts come with it."""

    sort: Sort
    offset: int
    limit: int
    has_facets: bool


Parting = NamedDependency[Part]


def part(
    *,
    sort: Annotated[Sort, QueryParameter()] = Sort.RECOMMENDED,
    offset: Offset = 0,
    limit: Limit = 24,
    facets: Annotated[bool, QueryParameter()] = True,
) -> Part:
    """Read from the query string which part of the list is wanted."""
    return Part(sort=sort, offset=offset, limit=limit, has_facets=facets)


@get(
    "/search",
    operation_id="search",
    tags=["Catalog"],
    summary="Search pieces",
    dependencies={
        "filters": Provide(filters, sync_to_thread=False),
        "part": Provide(part, sync_to_thread=False),
    },
    opt={"answer": SearchAnswer, "problems": (400, 422, 503)},
)
async def search(
    *,
    db: Db,
    now: Now,
    settings: Configuration,
    index: Index,
    where: Where,
    filters: Filtering,
    part: Parting,
    q: Words = "",
) -> SearchAnswer:
    """Rank the pieces that a channel sells in a market, with exact counts of what is left.

    `understood` says what the words were taken for. Prices are filtered in minor units.
    """
    page = await _find(index, _request(q, where, wanted=filters, part=part))
    rows = await queries.hits(db, codes=page.codes, shop=where.shop, now=now)
    told = page.understood
    return SearchAnswer(
        total=page.total,
        offset=part.offset,
        limit=part.limit,
        currency=where.market.currency,
        hits=[_hit(row, site=settings.url) for row in rows],
        facets=_facets(page.facets) if page.facets else None,
        understood=UnderstoodAnswer(
            types=list(told.types),
            brands=list(told.brands),
            wishes=list(told.wishes),
            excluded=list(told.excluded),
            words=list(told.words),
            price_min_minor=told.price_min_minor,
            price_max_minor=told.price_max_minor,
            corrected=told.corrected,
            given_up=list(told.given_up),
        ),
    )


async def _find(index: Searching, request: SearchRequest) -> SearchPage:
    """Ask the index in a thread, so that no other caller waits for this one's words."""
    try:
        return await asyncio.to_thread(index.search, request)
    except SearchUnavailable as error:
        raise Unavailable(str(error)) from error


def _request(words: str, where: Here, *, wanted: Filters, part: Part) -> SearchRequest:
    return SearchRequest(
        lang=where.lang,
        channel=where.channel.code,
        market=where.market.code,
        words=words.replace("\0", ""),
        category=wanted.category,
        brands=wanted.brands,
        colors=wanted.colors,
        sizes=wanted.sizes,
        genders=wanted.genders,
        price_min_minor=wanted.price_min,
        price_max_minor=wanted.price_max,
        location=wanted.location,
        sort=part.sort,
        offset=part.offset,
        limit=part.limit,
        facets=part.has_facets,
    )


def _sound(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:_VALUE_MAX] for value in values or () if value))


def _hit(row: Row[Any], *, site: str) -> HitAnswer:
    sizes = row.sizes or []
    return HitAnswer(
        style_color_code=row.code,
        title=row.title,
        brand=row.brand,
        color=row.color,
        color_family=row.color_family,
        price=answers.money(Money(row.lowest, row.currency)),
        price_max=answers.money(Money(row.highest, row.currency)),
        picture=answers.picture(**row.picture, site=site) if row.picture else None,
        is_available=bool(sizes),
        sizes_available=[size for size in sizes if size],
    )


def _facets(found: Facets) -> FacetsAnswer:
    return FacetsAnswer(
        category=_values(found.category),
        brand=_values(found.brand),
        color=_values(found.color),
        size=_values(found.size),
        gender=_values(found.gender),
        location=_values(found.location),
        price=PriceFacetAnswer(
            min_minor=found.price.min_minor,
            max_minor=found.price.max_minor,
            buckets=[
                msgspec.convert(bucket, PriceBucketAnswer, from_attributes=True)
                for bucket in found.price.buckets
            ],
        ),
    )


def _values(values: Sequence[FacetValue]) -> list[FacetValueAnswer]:
    return [
        FacetValueAnswer(value=one.value, count=one.count, selected=one.selected) for one in values
    ]
