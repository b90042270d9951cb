"""Answer questions from one state of the index."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import tantivy
from tantivy import Occur, Query

from sellier.domain.search.gateway import facets, fields
from sellier.domain.search.gateway.opened import Opened, remember
from sellier.domain.search.gateway.ranking import Queries, is_worth, relaxations
from sellier.domain.search.rules.documents import (
    Facets,
    SearchPage,
    SearchRequest,
    Sort,
    Understood,
)
from sellier.domain.search.rules.understanding import Understanding, understand

LIMIT_MAX = 100
OFFSET_MAX = 10_000
_CODE_LETTERS = 4
_MINOR_MAX = 2**63 - 1

Clauses = tuple[tuple[Occur, Query], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A request turned into queries: `clauses` always hold, `filters` are checked by the person."""

    request: SearchRequest
    clauses: Clauses
    filters: Mapping[str, Query]
    understood: Understanding | None = None
    given_up: tuple[str, ...] = ()
    code: str | None = None

    @property
    def narrowed(self) -> Query:
        """Return what a result must be, selections included."""
        return Query.boolean_query(
            [*self.clauses, *((Occur.Must, query) for query in self.filters.values())]
        )


def answer(opened: Opened, request: SearchRequest) -> SearchPage:
    """Answer a request: by code, by words, or as a list."""
    question = _question(opened, request)
    codes, total = _ranked(opened, question)
    return SearchPage(
        codes=codes,
        total=total,
        facets=_facets(opened, question) if request.facets else None,
        understood=_told(question),
    )


def _question(opened: Opened, request: SearchRequest) -> _Question:
    listed = Query.all_query()
    if request.channel is not None:
        listed = opened.queries.any_of("listed", [f"{request.channel}:{request.market}"])
    if request.market not in opened.markets:
        listed = Query.empty_query()
    question = _Question(
        request=request,
        clauses=((Occur.Must, listed),),
        filters=_filters(opened, request),
    )
    words = request.words.strip()
    if not words:
        return question
    code = _by_code(opened, words, question.clauses)
    if code is not None:
        return replace(question, clauses=(*question.clauses, (Occur.Must, code)), code=words)
    return _by_words(opened, question)


def _filters(opened: Opened, request: SearchRequest) -> dict[str, Query]:
    """Return the person's own selections, by facet."""
    selected = {
        "category": (request.category,) if request.category else (),
        "brand": request.brands,
        "color": request.colors,
        "size": request.sizes,
        "gender": request.genders,
        "location": (request.location,) if request.location else (),
    }
    queries = opened.queries
    filters = {
        name: queries.any_of(facets.FIELDS[name], values)
        for name, values in selected.items()
        if values
    }
    limits = [request.price_min_minor, request.price_max_minor]
    if request.market in opened.markets and limits != [None, None]:
        low, high = (_within(limit) for limit in limits)
        filters["price"] = queries.price(request.market, low, high)
    return filters


def _within(limit: int | None) -> int | None:
    return None if limit is None else min(max(limit, 0), _MINOR_MAX)


def _by_code(opened: Opened, words: str, clauses: Clauses) -> Query | None:
    """Match a code typed or scanned whole: style-color, product, SKU, GTIN or part number."""
    if len(words) < _CODE_LETTERS or not any(letter.isdigit() for letter in words):
        return None
    spellings = tuple(dict.fromkeys((words, words.upper())))
    either = [
        (Occur.Should, opened.queries.any_of(field, spellings)) for field in ("code", "other_code")
    ]
    query = Query.boolean_query(either)
    return query if _total(opened, (*clauses, (Occur.Must, query))) else None


def _by_words(opened: Opened, question: _Question) -> _Question:
    """Require what was understood, giving up step by step while too little is found."""
    request = question.request
    understood = _understand(opened, request)
    refused = [(Occur.MustNot, query) for query in opened.queries.refused(understood)]
    best, most = question, -1
    # Selections do not count here: the words must mean the same whatever facet is checked.
    for step in relaxations(understood):
        if most >= 0 and not is_worth(most, step):
            break
        required = opened.queries.required(understood, request.market, step)
        clauses = (*question.clauses, *((Occur.Must, query) for query in required), *refused)
        found = _total(opened, clauses)
        if found > most:
            best, most = replace(question, clauses=clauses, given_up=step), found
    return replace(best, understood=understood)


def _understand(opened: Opened, request: SearchRequest) -> Understanding:
    asked = (request.words, request.lang)
    known = opened.understood.get(asked)
    if known is None:
        known = understand(request.words, lang=request.lang, vocabulary=opened.vocabulary)
        remember(opened.understood, asked, known)
    return known


def _total(opened: Opened, clauses: Clauses) -> int:
    return _count(opened.searcher.search(Query.boolean_query(clauses), limit=1, count=True))


def _count(found: tantivy.SearchResult) -> int:
    return int(getattr(found, "count", 0) or 0)  # tantivy's type stub leaves it out


def _facets(opened: Opened, question: _Question) -> Facets:
    """Count the facets, once for all pages and orders of a question in one state of the index."""
    asked = replace(question.request, sort=Sort.RECOMMENDED, offset=0, limit=1)
    if question.request.market not in opened.markets:
        return facets.none()
    known = opened.facets.get(asked)
    if known is None:
        known = facets.count(
            opened.searcher,
            question.request,
            base=question.clauses,
            filters=question.filters,
        )
        remember(opened.facets, asked, known)
    return known


def _ranked(opened: Opened, question: _Question) -> tuple[tuple[str, ...], int]:
    request = question.request
    offset = min(max(request.offset, 0), OFFSET_MAX)
    limit = min(max(request.limit, 1), LIMIT_MAX)
    understood = question.understood
    if request.market not in opened.markets:
        return (), 0
    if understood is not None and request.sort is Sort.RECOMMENDED:
        query = _scored(opened.queries, question.narrowed, understood)
        found = opened.searcher.search(query, limit=limit, count=True, offset=offset)
    else:
        field, order = _order(request)
        found = opened.searcher.search(
            question.narrowed,
            limit=limit,
            count=True,
            order_by_field=field,
            offset=offset,
            order=order,
        )
    codes = [str(opened.searcher.doc(address)["code"][0]) for _, address in found.hits]
    return tuple(codes), _count(found)


def _scored(queries: Queries, narrowed: Query, understood: Understanding) -> Query:
    ranks = [(Occur.Should, query) for query in queries.scored(understood)]
    return Query.boolean_query([(Occur.Must, Query.const_score_query(narrowed, 0.0)), *ranks])


def _order(request: SearchRequest) -> tuple[str, tantivy.Order]:
    match request.sort:
        case Sort.RECOMMENDED:
            return "recommended", tantivy.Order.Desc
        case Sort.NEW:
            return "listed_at", tantivy.Order.Desc
        case Sort.PRICE_UP:
            return fields.price_field(request.market), tantivy.Order.Asc
        case Sort.PRICE_DOWN:
            return fields.price_field(request.market), tantivy.Order.Desc


def _told(question: _Question) -> Understood:
    understood = question.understood
    if understood is None:
        return Understood(code=question.code)
    return Understood(
        types=understood.type_labels,
        brands=tuple(choice.value for choice in understood.brands),
        wishes=tuple(dict.fromkeys(wish.label for wish in understood.wishes)),
        excluded=tuple(wish.label for wish in understood.excluded),
        words=understood.words,
        price_min_minor=understood.price_min_minor,
        price_max_minor=understood.price_max_minor,
        corrected=understood.corrected,
        given_up=question.given_up,
    )
