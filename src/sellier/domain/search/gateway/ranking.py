"""Queries of the engine, built as objects: what must hold, and what ranks."""

from collections.abc import Iterable, Mapping, Sequence

import tantivy
from tantivy import Occur, Query

from sellier.domain.search.gateway.fields import IN_STOCK, LANGUAGES, price_field, text_field
from sellier.domain.search.rules.names import Choice
from sellier.domain.search.rules.understanding import Understanding
from sellier.domain.search.rules.wishes import Wish
from sellier.domain.search.rules.words import plain

# A wish outweighs all text scores together, a type outweighs wishes: see `scored`.
_TYPE, _BRAND, _WISH, _WORD, _AVAILABLE = 3000.0, 3000.0, 1000.0, 300.0, 60.0
_TITLE_SHARE = 0.7
_TITLE, _NAMES, _BODY = 3.0, 1.5, 0.3
# Fewer results than this make a poor page: something of the question is given up.
ENOUGH = 10


class Queries:
    """Builds queries for one schema."""

    def __init__(self, schema: tantivy.Schema, analyzers: Mapping[str, tantivy.TextAnalyzer]):
        self._schema = schema
        self._analyzers = analyzers

    def any_of(self, field: str, values: Iterable[str]) -> Query:
        """Match documents with any of the values."""
        terms = [Query.term_query(self._schema, field, value, "basic") for value in values]
        if len(terms) == 1:
            return terms[0]
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def price(self, market: str, low: int | None, high: int | None) -> Query:
        """Match prices of a market within limits, both included."""
        return Query.range_query(
            self._schema, price_field(market), tantivy.FieldType.Unsigned, low, high
        )

    def said(self, kind: str, text: str) -> Query | None:
        """Match a phrase in a kind of text, in any language."""
        found = []
        for lang, analyzer in self._analyzers.items():
            terms = analyzer.analyze(plain(text))
            field = text_field(kind, lang)
            if len(terms) == 1:
                found.append(Query.term_query(self._schema, field, terms[0]))
            elif terms:
                found.append(Query.phrase_query(self._schema, field, list(terms)))
        return _either(found)

    def required(
        self, understood: Understanding, market: str, given_up: Sequence[str]
    ) -> list[Query]:
        """Return what must hold of the words, but for what was given up."""
        musts = []
        if understood.types and "type" not in given_up:
            musts.append(self.any_of("category", [c.value for c in understood.types]))
        if understood.brands and "brand" not in given_up:
            musts.append(self.any_of("brand", [c.value for c in understood.brands]))
        low, high = understood.price_min_minor, understood.price_max_minor
        if (low is not None or high is not None) and "price" not in given_up:
            musts.append(self.price(market, low, high))
        if "words" not in given_up:
            musts += [self._anywhere(word) for word in understood.words]
        if not musts:
            musts += self._something(understood)
        return musts

    def refused(self, understood: Understanding) -> list[Query]:
        """Return what must not hold."""
        found = (self._held(wish, title_share=1.0) for wish in understood.excluded)
        return [query for query in found if query is not None]

    def scored(self, understood: Understanding) -> list[Query]:
        """Return what ranks: types and brands, then wishes, then how the texts say it."""
        ranks = [self._choices("category", understood.types, _TYPE)]
        ranks.append(self._choices("brand", understood.brands, _BRAND))
        for wish in understood.wishes:
            held = self._held(wish, title_share=_TITLE_SHARE)
            if held is not None:
                ranks.append(Query.boost_query(held, _WISH * wish.weight))
        for word in understood.words:
            title = self.said("title", word)
            if title is not None:
                ranks.append(Query.const_score_query(title, _WORD))
        ranks.append(self._texts(understood.said))
        in_stock = self.any_of("in_stock", [IN_STOCK])
        ranks.append(Query.const_score_query(in_stock, _AVAILABLE))
        return [query for query in ranks if query is not None]

    def _something(self, understood: Understanding) -> list[Query]:
        """Of wishes alone ("red", "striped cotton"), at least one must hold."""
        found = [self._held(wish, title_share=1.0) for wish in understood.wishes]
        found += [self._anywhere(word) for word in understood.words]
        query = _either([each for each in found if each is not None])
        if query is None and understood.said:
            query = _either([self._anywhere(word) for word in understood.said.split()])
        return [query] if query is not None else []

    def _anywhere(self, word: str) -> Query:
        said = [self.said(kind, word) for kind in ("title", "names", "body")]
        found = [query for query in said if query is not None]
        found.append(Query.term_query(self._schema, "other_code", word, "basic"))
        query = _either(found)
        assert query is not None
        return query

    def _choices(self, field: str, choices: Sequence[Choice], weight: float) -> Query | None:
        by_share: dict[float, list[str]] = {}
        for choice in choices:
            by_share.setdefault(choice.share, []).append(choice.value)
        levels = [
            Query.const_score_query(self.any_of(field, values), weight * share)
            for share, values in by_share.items()
        ]
        return Query.disjunction_max_query(levels) if levels else None

    def _held(self, wish: Wish, *, title_share: float) -> Query | None:
        levels = []
        facts = self._choices(wish.field, wish.choices, 1.0)
        if facts is not None:
            levels.append(facts)
        titles = [self.said("title", name) for name in wish.names]
        title = _either([query for query in titles if query is not None])
        if title is not None:
            levels.append(Query.const_score_query(title, title_share))
        return Query.disjunction_max_query(levels) if levels else None

    def _texts(self, said: str) -> Query | None:
        found = []
        for lang in LANGUAGES:
            terms = self._analyzers[lang].analyze(plain(said))
            for kind, boost in (("title", _TITLE), ("names", _NAMES), ("body", _BODY)):
                field = text_field(kind, lang)
                for term in dict.fromkeys(terms):
                    query = Query.term_query(self._schema, field, term)
                    found.append((Occur.Should, Query.boost_query(query, boost)))
        return Query.boolean_query(found) if found else None


def _either(queries: Sequence[Query]) -> Query | None:
    if not queries:
        return None
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def relaxations(understood: Understanding) -> list[tuple[str, ...]]:
    """Return what to give up, step by step, while too little is found."""
    has = {
        "words": bool(understood.words),
        "price": understood.price_min_minor is not None or understood.price_max_minor is not None,
        "type": bool(understood.types),
        "brand": bool(understood.brands),
    }
    present = [name for name in has if has[name]]
    steps = [tuple(present[:count]) for count in range(max(1, len(present)))]
    if has["type"] and has["brand"]:
        steps.append(tuple(name for name in present if name != "type"))
    elif present == ["words"] and (understood.wishes or len(understood.words) > 1):
        steps.append(("words",))
    return steps


def is_worth(found: int, step: tuple[str, ...]) -> bool:
    """Tell whether to try a further step: a thin page may lose words and price, never its type."""
    keeps_identity = not {"type", "brand"} & set(step)
    return found == 0 or (found < ENOUGH and keeps_identity)
