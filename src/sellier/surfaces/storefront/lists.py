"""The list of pieces: words and filters in its address, facets beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from litestar import get
from litestar.response import Template

from sellier.domain.search.rules.documents import Facets, FacetValue, SearchRequest, Sort
from sellier.infra.web import Db, Now, Sessions, Visitor
from sellier.surfaces.storefront import queries, question, searching, shown, visit
from sellier.surfaces.storefront.question import PAGE_MAX, PAGE_SIZE, Question
from sellier.surfaces.storefront.searching import Index
from sellier.surfaces.storefront.shown import Shelf
from sellier.surfaces.storefront.visit import Visit, Visiting

VALUES_SHOWN: Final = 24  # of one facet; a longer one is searched, not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value of a facet, as the filters want it; templates put colors and genders into words."""

    value: str
    text: str
    count: int
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A chosen filter, and the address that gives it up."""

    kind: str
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A category one can go to from here."""

    name: str
    url: str
    count: int


@get("/list")
async def pieces(
    *, request: Visitor, db: Db, sessions: Sessions, now: Now, index: Index, visiting: Visiting
) -> Template:
    """Show the pieces that answer the question in the address."""
    asked = question.read(request.query_params)
    found = await searching.find(index, _for_engine(asked, visiting))
    tiles = await queries.tiles(db, codes=found.codes, here=visiting.here, now=now)
    brands = await visit.brands(request, sessions, now)
    boutiques = await visit.boutiques(request, sessions, now)
    pages = min(PAGE_MAX, ceil(found.total / PAGE_SIZE))
    return visit.show(
        request,
        visiting,
        "storefront/list/page.html",
        asked=asked,
        query=asked.words,
        total=found.total,
        understood=found.understood,
        tiles=tiles,
        facets=_facets(found.facets, brands, boutiques) if found.facets else {},
        prices=found.facets.price if found.facets else None,
        currency=visiting.market.currency,
        trail=_trail(asked, visiting),
        steps=_steps(asked, found.facets, visiting),
        chips=list(_chips(asked, visiting, {**boutiques, **brands})),
        sorts=[sort.value for sort in Sort],
        pages=pages,
        pages_url=question.pages_address(asked, lang=visiting.lang),
        reset_url=question.address(question.cleared(asked), lang=visiting.lang),
    )


def _for_engine(asked: Question, visiting: Visit) -> SearchRequest:
    return question.request(
        asked,
        lang=visiting.lang,
        channel=visiting.channel.code,
        market=visiting.market.code,
        currency=visiting.market.currency,
    )


def _facets(
    facets: Facets, brands: Mapping[str, str], boutiques: Mapping[str, str]
) -> dict[str, list[Option]]:
    return {
        "brand": _options(facets.brand, brands),
        "color": _options(facets.color),
        "size": _options(facets.size),
        "gender": _options(facets.gender),
        "at": _options([value for value in facets.location if value.value in boutiques], boutiques),
    }


def _options(values: Sequence[FacetValue], names: Mapping[str, str] | None = None) -> list[Option]:
    """Keep the fullest values, and whatever is chosen: it must be there to be given up."""
    chosen = [value for value in values[VALUES_SHOWN:] if value.selected]
    return [
        Option(
            value=value.value,
            text=(names or {}).get(value.value, value.value),
            count=value.count,
            checked=value.selected,
        )
        for value in (*values[:VALUES_SHOWN], *chosen)
    ]


def _trail(asked: Question, visiting: Visit) -> list[Step]:
    """Lead from the whole list down to the chosen category."""
    return [
        _step(shelf=shelf, count=shelf.count, asked=asked, visiting=visiting)
        for shelf in (visiting.trail(asked.category) if asked.category else ())
    ]


def _steps(asked: Question, facets: Facets | None, visiting: Visit) -> list[Step]:
    """Offer what lies below the chosen category, counted for this very question."""
    here = visiting.shelf(asked.category) if asked.category else None
    below = here.children if here else () if asked.category else visiting.shelves
    counts = {value.value: value.count for value in facets.category} if facets else {}
    offered = [(shelf, counts.get(shelf.path, 0)) for shelf in below]
    return [
        _step(shelf=shelf, count=count, asked=asked, visiting=visiting)
        for shelf, count in sorted(offered, key=lambda pair: -pair[1])
        if count
    ]


def _step(*, shelf: Shelf, count: int, asked: Question, visiting: Visit) -> Step:
    there = question.into(asked, shelf.path)
    return Step(
        name=shown.named(shelf.names, visiting.lang),
        url=question.address(there, lang=visiting.lang),
        count=count,
    )


def _chips(asked: Question, visiting: Visit, names: Mapping[str, str]) -> Iterator[Chip]:
    chosen = [
        *(("brand", value, names.get(value, value)) for value in asked.brands),
        *(("color", value, value) for value in asked.colors),
        *(("size", value, value) for value in asked.sizes),
        *(("gender", value, value) for value in asked.genders),
    ]
    if asked.price_min is not None or asked.price_max is not None:
        chosen.append(("price", "", ""))
    if asked.place:
        chosen.append(("at", asked.place, names.get(asked.place, asked.place)))
    for kind, value, text in chosen:
        left = question.without(asked, kind, value)
        yield Chip(kind=kind, text=text, url=question.address(left, lang=visiting.lang))
