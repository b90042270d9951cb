"""One state of the index with all that belongs to it, and how to come by it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import tantivy

from sellier.domain.search.errors import IndexBroken
from sellier.domain.search.gateway import fields, folder
from sellier.domain.search.gateway.ranking import Queries
from sellier.domain.search.rules.documents import Facets
from sellier.domain.search.rules.lexicon import Lexicon
from sellier.domain.search.rules.names import BrandName, Catalog, CategoryName
from sellier.domain.search.rules.understanding import Understanding
from sellier.domain.search.rules.vocabulary import Vocabulary, build_vocabulary

_CACHED = 512
_Asked = TypeVar("_Asked")
_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One state of the index. What was counted and understood in it is kept for the next page."""

    version: tuple[str, int]
    index: tantivy.Index
    searcher: tantivy.Searcher
    queries: Queries
    catalog: Catalog
    vocabulary: Vocabulary
    markets: tuple[str, ...]
    facets: dict[object, Facets] = field(default_factory=dict)
    understood: dict[tuple[str, str], Understanding] = field(default_factory=dict)


def remember(cache: dict[_Asked, _Known], asked: _Asked, known: _Known) -> None:
    """Keep an answer; a full cache starts anew, which needs no lock."""
    if len(cache) >= _CACHED:
        cache.clear()
    cache[asked] = known


def opened(root: Path, version: tuple[str, int], lexicon: Lexicon) -> Opened:
    """Open the index in use. Raises `SearchUnavailable` in its kinds."""
    path = folder.current(root)
    markets = folder.markets_of(path)
    index = folder.open_index(path)
    searcher = index.searcher()
    catalog = catalog_of(searcher)
    return Opened(
        version=version,
        index=index,
        searcher=searcher,
        queries=Queries(index.schema, fields.analyzers()),
        catalog=catalog,
        vocabulary=build_vocabulary(lexicon, catalog),
        markets=markets,
    )


def reloaded(before: Opened, version: tuple[str, int], lexicon: Lexicon) -> Opened:
    """Follow a commit. Most change stock or prices, and leave the vocabulary as it is."""
    try:
        before.index.reload()
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexBroken("The search index cannot be read any more.") from error
    searcher = before.index.searcher()
    catalog = catalog_of(searcher)
    vocabulary = before.vocabulary
    if not _same_names(catalog, before.catalog):
        vocabulary = build_vocabulary(lexicon, catalog)
    return replace(
        before,
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
