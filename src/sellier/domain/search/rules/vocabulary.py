"""What the words can mean in this catalog: the lexicon joined with the catalog's own names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sellier.domain.catalog.rules import color_family
from sellier.domain.search.rules.brands import brands_by_key, whole_brands
from sellier.domain.search.rules.categories import (
    TypeMeaning,
    categories_by_key,
    named_categories,
    type_meanings,
)
from sellier.domain.search.rules.lexicon import Kind, Lexicon
from sellier.domain.search.rules.names import Catalog, Choice, Fact, fact_of
from sellier.domain.search.rules.prices import PriceWords, price_words
from sellier.domain.search.rules.words import fold, key, stem, tokens, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything understanding needs, looked up by phrase key or stem."""

    lexicon: Lexicon
    prices: PriceWords
    types: Mapping[str, TypeMeaning]
    categories: Mapping[str, tuple[Choice, ...]]
    brands: Mapping[str, tuple[Choice, ...]]
    whole_brands: Mapping[str, tuple[Choice, ...]]
    colors: Mapping[str, tuple[str, ...]]
    families: Mapping[str, str | None]
    facts: Mapping[str, tuple[Fact, ...]]
    fact_names: Mapping[str, tuple[Fact, ...]]
    values: Mapping[str, tuple[Fact, ...]]
    part_stems: frozenset[str]
    sizes: tuple[str, ...]
    weights: Mapping[str, int]
    spellings: Mapping[str, str]
    shown: Mapping[str, str]
    telling: frozenset[str]
    stems: frozenset[str]
    words: Mapping[str, int]


def build_vocabulary(lexicon: Lexicon, catalog: Catalog) -> Vocabulary:
    """Join the lexicon with the names found in a catalog."""
    facts = [fact_of(name, value, n) for (name, value), n in catalog.facts.items()]
    by_stem: dict[str, list[Fact]] = defaultdict(list)
    by_value: dict[str, list[Fact]] = defaultdict(list)
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for each in set(fact.value_stems):
            by_stem[each].append(fact)
        by_value["".join(fact.value_stems)].append(fact)
        by_name[key(tokens(fact.name))].append(fact)
    named = named_categories(catalog.categories)
    weights = _weights(lexicon, catalog)
    return Vocabulary(
        lexicon=lexicon,
        prices=price_words(lexicon),
        types=type_meanings(lexicon, named),
        categories=categories_by_key(named),
        brands=brands_by_key(lexicon, catalog.brands),
        whole_brands=whole_brands(catalog.brands),
        colors=_colors(catalog.colors),
        families={name: color_family(name) for name in catalog.colors},
        facts={k: tuple(found) for k, found in by_stem.items()},
        fact_names={k: tuple(found) for k, found in by_name.items()},
        values={k: tuple(found) for k, found in by_value.items()},
        part_stems=_part_stems(lexicon),
        sizes=tuple(catalog.sizes),
        weights=weights,
        spellings={word.removesuffix("s"): word for word in weights} | {w: w for w in weights},
        shown=_shown(lexicon, catalog),
        telling=_telling(lexicon, catalog),
        stems=frozenset(map(stem, weights)),
        words=catalog.words,
    )


def _colors(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return color names by their stems, in order: one key for "Navy Blue" and "navy blue"."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[key(tokens(name))].append(name)
    return {phrase: tuple(same) for phrase, same in found.items()}


def _part_stems(lexicon: Lexicon) -> frozenset[str]:
    parts = [concept for (kind, _), concept in lexicon.concepts.items() if kind is Kind.PART]
    names = [name for part in parts for name in part.all_names()]
    return frozenset(stem(word) for name in names for word in tokens(name))


def _weights(lexicon: Lexicon, catalog: Catalog) -> dict[str, int]:
    """Return every word that a misspelled one may have meant, with how often the catalog has it."""
    weights = dict.fromkeys(lexicon.spoken, 1)
    named = [(c.name, 1) for c in catalog.categories]
    named += [(brand.name, brand.count) for brand in catalog.brands]
    named += catalog.colors.items()
    named += [(value, n) for (_, value), n in catalog.facts.items()]
    for text, count in named:
        for word in tokens(text):
            weights[word] = weights.get(word, 0) + count
    return {word: weight + catalog.words.get(word, 0) for word, weight in weights.items()}


def _shown(lexicon: Lexicon, catalog: Catalog) -> dict[str, str]:
    """Return words by what they fold to, as they are properly written."""
    names = [brand.name for brand in catalog.brands]
    names += [name for concept in lexicon.concepts.values() for name in concept.all_names()]
    return {
        word: proper
        for name in names
        for word, proper in zip(tokens(name), written(name), strict=False)
        if fold(proper) == word
    }


def _telling(lexicon: Lexicon, catalog: Catalog) -> frozenset[str]:
    """Return the words of types and brands: what a misspelled word most likely was."""
    named = [
        name
        for (kind, _), c in lexicon.concepts.items()
        if kind is Kind.TYPE
        for name in c.all_names()
    ]
    named += [category.name for category in catalog.categories]
    named += [brand.name for brand in catalog.brands]
    return frozenset(word for name in named for word in tokens(name))
