"""Search an open index. Many processes read at once; each follows the writer's commits."""

import threading
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from sellier.domain.search.errors import IndexBroken
from sellier.domain.search.gateway import facets, fields, folder
from sellier.domain.search.gateway.ranking import Queries, is_worth, relaxations
from sellier.domain.search.rules.documents import (
    Facets,
    SearchPage,
    SearchRequest,
    Sort,
    Understood,
)
from sellier.domain.search.rules.lexicon import Lexicon, parse_lexicon
from sellier.domain.search.rules.understanding import Understanding, understand
from sellier.domain.search.rules.vocabulary import (
    BrandName,
    Catalog,
    CategoryName,
    Vocabulary,
    build_vocabulary,
)

LIMIT_MAX = 100
OFFSET_MAX = 10_000
_CODE_LETTERS = 4
_CACHED = 256


def lexicon() -> Lexicon:
    """Read the lexicon that comes with this package."""
    found = resources.files("sellier.domain.search").joinpath("lexicon.toml")
    return parse_lexicon(found.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """One state of the index: everything in it belongs together."""

    version: tuple[str, int]
    index: tantivy.Index
    searcher: tantivy.Searcher
    queries: Queries
    catalog: Catalog
    vocabulary: Vocabulary
    markets: tuple[str, ...]
    facets: dict[object, Facets] = field(default_factory=dict)
    understood: dict[tuple[str, str], Understanding] = field(default_factory=dict)


class SearchIndex:
    """The index as readers use it; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lexicon = lexicon()
        self._analyzers = fields.analyzers()
        self._lock = threading.Lock()
        self._open: _Open | None = None

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a question. Raises `SearchUnavailable` when there is no index to ask."""
        return _answer(self._current(), request)

    def vocabulary(self) -> Vocabulary:
        """Return what words may mean in this index."""
        return self._current().vocabulary

    def count(self) -> int:
        """Return the number of style-colors in the index."""
        return int(self._current().searcher.num_docs)

    def _current(self) -> _Open:
        version = folder.version(self._root)
        opened = self._open
        if opened is not None and opened.version == version:
            return opened
        with self._lock:
            opened = self._open
            if opened is None or opened.version[0] != version[0]:
                opened = self._opened(version)
            elif opened.version != version:
                opened = self._reloaded(opened, version)
            self._open = opened
            return opened

    def _opened(self, version: tuple[str, int]) -> _Open:
        path = folder.current(self._root)
        markets = folder.markets_of(path)
        index = folder.open_index(path)
        catalog = catalog_of(index.searcher())
        return _Open(
            version=version,
            index=index,
            searcher=index.searcher(),
            queries=Queries(index.schema, self._analyzers),
            catalog=catalog,
            vocabulary=build_vocabulary(self._lexicon, catalog),
            markets=markets,
        )

    def _reloaded(self, opened: _Open, version: tuple[str, int]) -> _Open:
        """Follow a commit. Most change stock or prices, and leave the vocabulary as it is."""
        try:
            opened.index.reload()
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexBroken("The search index cannot be read any more.") from error
        searcher = opened.index.searcher()
        catalog = catalog_of(searcher)
        vocabulary = opened.vocabulary
        if not _same_names(catalog, opened.catalog):
            vocabulary = build_vocabulary(self._lexicon, catalog)
        return replace(
            opened,
            version=version,
            searcher=searcher,
            catalog=catalog,
            vocabulary=vocabulary,
            facets={},
            understood={},
        )


def _same_names(one: Catalog, other: Catalog) -> bool:
    """Tell whether two states of a catalog differ only in how often names are borne."""
    return (
        one.categories == other.categories
        and [brand.name for brand in one.brands] == [brand.name for brand in other.brands]
        and one.colors.keys() == other.colors.keys()
        and one.facts.keys() == other.facts.keys()
        and one.sizes.keys() == other.sizes.keys()
        and one.words.keys() == other.words.keys()
    )


def catalog_of(searcher: tantivy.Searcher) -> Catalog:
    """Read the names and values that the index holds."""

    def terms(field: str) -> list[tuple[str, int]]:
        return searcher.terms_with_prefix(field, "")

    labels = [(label.split(fields.SEPARATOR), n) for label, n in terms("brand_label")]
    steps = [label.split(fields.SEPARATOR) for label, _ in terms("category_label")]
    facts = [(fact.partition("="), n) for fact, n in terms("fact")]
    return Catalog(
        categories=tuple(
            CategoryName(code=code, parent=parent or None, lang=lang, name=name)
            for code, parent, lang, name in steps
        ),
        brands=tuple(BrandName(code=code, name=name, count=n) for (code, name), n in labels),
        colors=dict(terms("color")),
        facts={(name, value): n for (name, _, value), n in facts},
        sizes=dict(terms("size")),
        words=dict(terms("word")),
    )


def _answer(opened: _Open, request: SearchRequest) -> SearchPage:
    base = [(Occur.Must, opened.queries.any_of("listed", [f"{request.channel}:{request.market}"]))]
    if request.market not in opened.markets:
        base = [(Occur.Must, Query.empty_query())]
    filters = _filters(opened.queries, request)
    words = request.words.strip()
    if not words:
        return _page(opened, request, base, filters, None)
    code = _by_code(opened, words, base)
    if code is not None:
        return _page(opened, request, [*base, (Occur.Must, code)], filters, None, code=words)
    return _understood_page(opened, request, base, filters)


def _filters(queries: Queries, request: SearchRequest) -> dict[str, Query]:
    """Return the person's own selections, by facet."""
    selected = {
        "category": (request.category,) if request.category else (),
        "brand": request.brands,
        "color": request.colors,
        "size": request.sizes,
        "gender": request.genders,
        "location": (request.location,) if request.location else (),
    }
    filters = {
        name: queries.any_of(facets.FIELDS[name], values)
        for name, values in selected.items()
        if values
    }
    low, high = request.price_min_minor, request.price_max_minor
    if low is not None or high is not None:
        filters["price"] = queries.price(request.market, low, high)
    return filters


def _by_code(opened: _Open, words: str, base: list[tuple[Occur, Query]]) -> Query | None:
    """Match a code typed or scanned whole: style-color, product, SKU, GTIN or part number."""
    if len(words) < _CODE_LETTERS or not any(letter.isdigit() for letter in words):
        return None
    either = Query.boolean_query(
        [
            (Occur.Should, opened.queries.any_of(field, dict.fromkeys((words, words.upper()))))
            for field in ("code", "other_code")
        ]
    )
    known = opened.searcher.search(
        Query.boolean_query([*base, (Occur.Must, either)]), limit=1, count=True
    )
    return either if known.count else None


def _understood_page(
    opened: _Open,
    request: SearchRequest,
    base: list[tuple[Occur, Query]],
    filters: dict[str, Query],
) -> SearchPage:
    understood = _understand(opened, request)
    refused = [(Occur.MustNot, query) for query in opened.queries.refused(understood)]
    chosen: list[tuple[Occur, Query]] = []
    given_up: tuple[str, ...] = ()
    most = -1
    # Selections do not count here: the words must mean the same whatever facet is checked.
    for step in relaxations(understood):
        if most >= 0 and not is_worth(most, step):
            break
        required = opened.queries.required(understood, request.market, step)
        clauses = [*base, *((Occur.Must, query) for query in required), *refused]
        found = _total(opened, clauses)
        if found > most:
            chosen, given_up, most = clauses, step, found
    return _page(opened, request, chosen, filters, understood, given_up=given_up)


def _understand(opened: _Open, request: SearchRequest) -> Understanding:
    asked = (request.words, request.lang)
    known = opened.understood.get(asked)
    if known is None:
        known = understand(request.words, lang=request.lang, vocabulary=opened.vocabulary)
        while len(opened.understood) >= _CACHED:
            opened.understood.pop(next(iter(opened.understood)), None)
        opened.understood[asked] = known
    return known


def _total(opened: _Open, clauses: list[tuple[Occur, Query]]) -> int:
    found = opened.searcher.search(Query.boolean_query(clauses), limit=1, count=True)
    return int(found.count or 0)


def _page(
    opened: _Open,
    request: SearchRequest,
    clauses: list[tuple[Occur, Query]],
    filters: dict[str, Query],
    understood: Understanding | None,
    *,
    given_up: tuple[str, ...] = (),
    code: str | None = None,
) -> SearchPage:
    narrowed = Query.boolean_query([*clauses, *((Occur.Must, f) for f in filters.values())])
    codes, total = _ranked(opened, request, narrowed, understood)
    return SearchPage(
        codes=codes,
        total=total,
        facets=_facets(opened, request, clauses, filters) if request.facets else None,
        understood=_told(understood, given_up, code),
    )


def _facets(
    opened: _Open,
    request: SearchRequest,
    clauses: list[tuple[Occur, Query]],
    filters: dict[str, Query],
) -> Facets:
    """Count the facets, once for all pages and orders of one question in one state of the index."""
    asked = replace(request, sort=Sort.RECOMMENDED, offset=0, limit=1)
    known = opened.facets.get(asked)
    if known is None:
        known = facets.count(opened.searcher, request, clauses, filters)
        while len(opened.facets) >= _CACHED:
            opened.facets.pop(next(iter(opened.facets)), None)
        opened.facets[asked] = known
    return known


def _ranked(
    opened: _Open, request: SearchRequest, narrowed: Query, understood: Understanding | None
) -> tuple[tuple[str, ...], int]:
    offset = min(max(request.offset, 0), OFFSET_MAX)
    limit = min(max(request.limit, 1), LIMIT_MAX)
    searcher = opened.searcher
    if understood is not None and request.sort is Sort.RECOMMENDED:
        scored = [(Occur.Should, query) for query in opened.queries.scored(understood)]
        must = (Occur.Must, Query.const_score_query(narrowed, 0.0))
        found = searcher.search(Query.boolean_query([must, *scored]), limit, True, None, offset)
    else:
        field, order = {
            Sort.RECOMMENDED: ("recommended", tantivy.Order.Desc),
            Sort.NEW: ("listed_at", tantivy.Order.Desc),
            Sort.PRICE_UP: (fields.price_field(request.market), tantivy.Order.Asc),
            Sort.PRICE_DOWN: (fields.price_field(request.market), tantivy.Order.Desc),
        }[request.sort]
        found = searcher.search(narrowed, limit, True, field, offset, order)
    codes = [str(searcher.doc(address)["code"][0]) for _, address in found.hits]
    return tuple(codes), int(found.count or 0)


def _told(
    understood: Understanding | None, given_up: tuple[str, ...], code: str | None
) -> Understood:
    if understood is None:
        return Understood(code=code)
    return Understood(
        types=understood.type_labels,
        brands=tuple(choice.value for choice in understood.brands),
        wishes=tuple(dict.fromkeys(wish.label for wish in understood.wishes)),
        excluded=tuple(wish.label for wish in understood.excluded),
        words=understood.words,
        price_min_minor=understood.price_min_minor,
        price_max_minor=understood.price_max_minor,
        corrected=understood.corrected,
        given_up=given_up,
    )
