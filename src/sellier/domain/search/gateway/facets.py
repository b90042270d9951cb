"""Exact disjunctive facets: each counted with every filter but its own."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import tantivy
from tantivy import Occur, Query

from sellier.domain.search.gateway.fields import price_field
from sellier.domain.search.rules.documents import (
    Facets,
    FacetValue,
    PriceBucket,
    PriceFacet,
    SearchRequest,
)

# Facet name to index field. Prices are counted in ranges instead.
FIELDS = {
    "category": "category",
    "brand": "brand",
    "color": "family",
    "size": "size",
    "gender": "gender",
    "location": "location",
}
# More than any of these fields has values: with it, terms are counted exactly.
_ALL_VALUES = 65_000
_STEPS = (1_000, 2_500, 5_000)
_EDGES = tuple(step * 10**power for power in range(6) for step in _STEPS)


def count(
    searcher: tantivy.Searcher,
    request: SearchRequest,
    *,
    base: Sequence[tuple[Occur, Query]],
    filters: Mapping[str, Query],
) -> Facets:
    """Count all facets of a request: one pass for those not selected, one for each that is."""
    free = [name for name in (*FIELDS, "price") if name not in filters]
    raw = _counted(searcher, [*base, *_musts(filters)], free, market=request.market)
    for name in filters:
        others = {other: query for other, query in filters.items() if other != name}
        raw |= _counted(searcher, [*base, *_musts(others)], [name], market=request.market)
    selected: dict[str, set[str | None]] = {
        "category": {request.category},
        "brand": set(request.brands),
        "color": set(request.colors),
        "size": set(request.sizes),
        "gender": set(request.genders),
        "location": {request.location},
    }
    values = {name: _values(raw[name], selected[name]) for name in FIELDS}
    return Facets(**values, price=_price(raw["price"]))


def none() -> Facets:
    """Return the facets of a market that the index does not know."""
    nothing: dict[str, tuple[FacetValue, ...]] = dict.fromkeys(FIELDS, ())
    return Facets(**nothing, price=PriceFacet(min_minor=None, max_minor=None, buckets=()))


def _musts(filters: Mapping[str, Query]) -> list[tuple[Occur, Query]]:
    return [(Occur.Must, query) for query in filters.values()]


def _counted(
    searcher: tantivy.Searcher,
    clauses: Sequence[tuple[Occur, Query]],
    names: Sequence[str],
    *,
    market: str,
) -> dict[str, Any]:
    if not names:
        return {}
    asked: dict[str, Any] = {
        name: {
            "terms": {
                "field": FIELDS[name],
                "size": _ALL_VALUES,
                "segment_size": _ALL_VALUES,
            }
        }
        for name in names
        if name != "price"
    }
    if "price" in names:
        field = price_field(market)
        bounds = [None, *_EDGES, None]
        ranges = [
            {k: v for k, v in (("from", low), ("to", high)) if v is not None}
            for low, high in pairwise(bounds)
        ]
        asked["ranges"] = {"range": {"field": field, "ranges": ranges}}
        asked["limits"] = {"stats": {"field": field}}
    answer = searcher.aggregate(Query.boolean_query(clauses), asked)
    found: dict[str, Any] = {name: answer[name]["buckets"] for name in names if name != "price"}
    if "price" in names:
        found["price"] = (answer["limits"], answer["ranges"]["buckets"])
    return found


def _values(
    buckets: Sequence[Mapping[str, Any]], selected: set[str | None]
) -> tuple[FacetValue, ...]:
    counts = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    # A checked value stays in sight, even when it would find nothing.
    for value in selected:
        if value is not None:
            counts.setdefault(value, 0)
    return tuple(
        FacetValue(value=value, count=number, selected=value in selected)
        for value, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _price(raw: tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]) -> PriceFacet:
    limits, ranges = raw
    buckets = [
        PriceBucket(
            from_minor=int(bucket.get("from") or 0),
            until_minor=int(bucket["to"]) if bucket.get("to") is not None else None,
            count=int(bucket["doc_count"]),
        )
        for bucket in ranges
        if bucket["doc_count"]
    ]
    some = bool(limits["count"])
    return PriceFacet(
        min_minor=int(limits["min"]) if some else None,
        max_minor=int(limits["max"]) if some else None,
        buckets=tuple(sorted(buckets, key=lambda bucket: bucket.from_minor)),
    )
