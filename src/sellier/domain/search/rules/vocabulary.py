"""What the words can mean in this catalog: the lexicon joined with the catalog's own names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sellier.domain.catalog.rules import color_family
from sellier.domain.search.rules.lexicon import Concept, Kind, Lexicon
from sellier.domain.search.rules.prices import PriceWords, price_words
from sellier.domain.search.rules.words import fold, key, stem, tokens, written

OWN, ALSO, HEAD, DISTANT = 1.0, 0.98, 0.96, 0.5
NAMESAKE, ALIAS, LINE = 0.99, 0.97, 0.7
_ELSE_STEP = 0.01
_ALIAS_LETTERS = 5
_ALIAS_BRANDS = 4
_JOINTS = frozenset({"and", "et", "or", "ou"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryName:
    code: str
    parent: str | None
    lang: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandName:
    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The names and values in the index, with the number of style-colors that bear them."""

    categories: tuple[CategoryName, ...] = ()
    brands: tuple[BrandName, ...] = ()
    colors: Mapping[str, int]
    facts: Mapping[tuple[str, str], int]
    sizes: Mapping[str, int]
    words: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that answers a wish, and how well (1 is fully)."""

    value: str
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    name: str
    value: str
    count: int
    name_stems: frozenset[str]
    value_tokens: tuple[str, ...]
    value_stems: tuple[str, ...]

    @property
    def term(self) -> str:
        """Return the fact as one indexed term."""
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMeaning:
    """The categories that answer a type. Not `own`: held in broader ones, so names still count."""

    choices: tuple[Choice, ...]
    mentioned: frozenset[str]
    own: bool


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
    facts = [_fact(name, value, n) for (name, value), n in catalog.facts.items()]
    by_stem: dict[str, list[Fact]] = defaultdict(list)
    by_value: dict[str, list[Fact]] = defaultdict(list)
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for each in set(fact.value_stems):
            by_stem[each].append(fact)
        by_value["".join(fact.value_stems)].append(fact)
        by_name[key(tokens(fact.name))].append(fact)
    named = _named_categories(catalog.categories)
    weights = _weights(lexicon, catalog)
    return Vocabulary(
        lexicon=lexicon,
        prices=price_words(lexicon),
        types=_types(lexicon, named),
        categories=_categories(named),
        brands=_brands(lexicon, catalog.brands),
        whole_brands=_whole_brands(catalog.brands),
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


def _fact(name: str, value: str, count: int) -> Fact:
    words = tokens(value)
    return Fact(
        name=name,
        value=value,
        count=count,
        name_stems=frozenset(map(stem, tokens(name))),
        value_tokens=words,
        value_stems=tuple(map(stem, words)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Categories by language and name, by any phrase within a name, and by the head of a name.

    The head is where a language says what a thing is: English last, French first.
    """

    by_key: Mapping[tuple[str, str], frozenset[str]]
    within: Mapping[tuple[str, tuple[str, ...]], frozenset[str]]
    headed: Mapping[tuple[str, tuple[str, ...]], frozenset[str]]
    parents: Mapping[str, str | None]

    def deepest(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Drop a category when a child of it is there too: of "Dress > Dresses", the latter."""
        found = dict.fromkeys(codes)
        covered = {self.parents.get(code) for code in found}
        return tuple(code for code in found if code not in covered)


def _named_categories(categories: Sequence[CategoryName]) -> _Named:
    by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    within: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    headed: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for category in categories:
        words = tokens(category.name)
        for part in {words, *_parts(words)} - {()}:
            by_key[category.lang, key(part)].add(category.code)
        stems = tuple(map(stem, words))
        for start in range(len(stems)):
            for end in range(start + 1, len(stems) + 1):
                within[category.lang, stems[start:end]].add(category.code)
                if (end == len(stems)) if category.lang == "en" else (start == 0):
                    headed[category.lang, stems[start:end]].add(category.code)
    return _Named(
        by_key=_frozen(by_key),
        within=_frozen(within),
        headed=_frozen(headed),
        parents={category.code: category.parent for category in categories},
    )


_Key = TypeVar("_Key")


def _frozen(found: Mapping[_Key, set[str]]) -> dict[_Key, frozenset[str]]:
    return {phrase: frozenset(codes) for phrase, codes in found.items()}


def _categories(named: _Named) -> dict[str, tuple[Choice, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for (_, phrase), codes in named.by_key.items():
        found[phrase] += sorted(codes)
    return {
        phrase: tuple(Choice(value=code) for code in named.deepest(codes))
        for phrase, codes in found.items()
    }


def _parts(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    part: list[str] = []
    for word in (*words, "and"):
        if word not in _JOINTS:
            part.append(word)
        elif part:
            yield tuple(part)
            part = []


def _types(lexicon: Lexicon, named: _Named) -> Mapping[str, TypeMeaning]:
    concepts = {code: c for (kind, code), c in lexicon.concepts.items() if kind is Kind.TYPE}
    own = {code: _own(concept, named) for code, concept in concepts.items()}
    return {code: _meaning(concept, own, named, concepts) for code, concept in concepts.items()}


def _own(concept: Concept, named: _Named) -> tuple[str, ...]:
    found: list[str] = []
    for lang, names in concept.names.items():
        for name in names:
            found += sorted(named.by_key.get((lang, key(tokens(name))), ()))
    return named.deepest(found)


def _meaning(
    concept: Concept,
    own: Mapping[str, tuple[str, ...]],
    named: _Named,
    concepts: Mapping[str, Concept],
) -> TypeMeaning:
    choices: dict[str, float] = dict.fromkeys(own[concept.code], OWN)
    has_own = bool(choices)
    headed, mentioned = _headed(concept, named)
    # "Night Suits" are pajamas: of the kinds by name alone, leave those another type owns.
    elsewhere = {code for codes in own.values() for code in codes} if not has_own else set()
    for code in headed:
        if code not in elsewhere:
            choices.setdefault(code, DISTANT if has_own else HEAD)
    for other in concept.also:
        for code in own[other]:
            choices[code] = max(choices.get(code, 0.0), ALSO)
    if not has_own:
        _add_otherwise(concept, choices, own, concepts)
    return TypeMeaning(
        choices=tuple(Choice(value=code, share=share) for code, share in choices.items()),
        mentioned=mentioned,
        own=has_own,
    )


def _headed(concept: Concept, named: _Named) -> tuple[list[str], frozenset[str]]:
    """Return the categories that are a kind of it by name ("Rain Jacket"), and all that say it."""
    headed: set[str] = set()
    mentioned: set[str] = set()
    for lang, names in concept.names.items():
        for name in names:
            phrase = (lang, tuple(map(stem, tokens(name))))
            headed |= named.headed.get(phrase, frozenset())
            mentioned |= named.within.get(phrase, frozenset())
    return sorted(headed), frozenset(mentioned)


def _add_otherwise(
    concept: Concept,
    choices: dict[str, float],
    own: Mapping[str, tuple[str, ...]],
    concepts: Mapping[str, Concept],
) -> None:
    share = HEAD - _ELSE_STEP
    waiting = list(concept.otherwise)
    seen = {concept.code}
    while waiting:
        other = waiting.pop(0)
        if other in seen:
            continue
        seen.add(other)
        for code in own[other]:
            choices.setdefault(code, share)
        if not own[other]:
            waiting = [*concepts[other].otherwise, *waiting]
        share -= _ELSE_STEP


def _colors(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return color names by their stems, in order: one key for "Navy Blue" and "navy blue"."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[key(tokens(name))].append(name)
    return {phrase: tuple(same) for phrase, same in found.items()}


def _whole_brands(brands: Sequence[BrandName]) -> dict[str, tuple[Choice, ...]]:
    """Key every brand by its whole name; of brands spelled alike, the larger comes first."""
    found: dict[str, list[Choice]] = defaultdict(list)
    for brand in sorted(brands, key=lambda each: (-each.count, each.code)):
        if phrase := key(tokens(brand.name)):
            share = NAMESAKE if found[phrase] else OWN
            found[phrase].append(Choice(value=brand.code, share=share))
    return {phrase: tuple(same) for phrase, same in found.items()}


def _brands(lexicon: Lexicon, brands: Sequence[BrandName]) -> Mapping[str, tuple[Choice, ...]]:
    """Key every brand by its name, and by shorter names that only it and its lines go by."""
    found = {
        phrase: {choice.value: choice.share for choice in choices}
        for phrase, choices in _whole_brands(brands).items()
    }
    for phrase, family in _short_names(lexicon, brands).items():
        known = phrase in found
        distinctive = len(phrase) >= _ALIAS_LETTERS and len(family) <= _ALIAS_BRANDS
        if known or distinctive:
            shares = found.setdefault(phrase, {})
            for code in family:
                shares.setdefault(code, LINE if known else ALIAS)
    common = _common_words(lexicon)
    common_stems = frozenset(map(stem, common))
    written = {"".join(tokens(brand.name)): key(tokens(brand.name)) for brand in brands}
    keyed = {phrase: phrase for phrase in found if phrase not in common_stems}
    return {
        spelling: tuple(Choice(value=code, share=share) for code, share in found[phrase].items())
        for spelling, phrase in {**keyed, **written}.items()
        if phrase in found and spelling not in common and len(spelling) > 1
    }


def _short_names(lexicon: Lexicon, brands: Sequence[BrandName]) -> Mapping[str, list[str]]:
    shorter: dict[str, dict[str, None]] = defaultdict(dict)
    for brand in brands:
        words = tokens(brand.name)
        for size in range(1, len(words)):
            shorter[key(words[:size])][brand.code] = None
        for word in words:
            if len(word) >= _ALIAS_LETTERS and word not in lexicon.spoken:
                shorter[key((word,))][brand.code] = None
    return {phrase: list(codes) for phrase, codes in shorter.items()}


def _common_words(lexicon: Lexicon) -> frozenset[str]:
    """Return what people say without meaning a brand of that name: a brand "Homme" is not asked."""
    names = [name for concept in lexicon.concepts.values() for name in concept.all_names()]
    said = [name for names in lexicon.said.values() for name in names]
    return frozenset("".join(tokens(name)) for name in (*names, *said))


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
    return weights


def _shown(lexicon: Lexicon, catalog: Catalog) -> dict[str, str]:
    """Return words by what they fold to, as they are properly written."""
    names = [name for concept in lexicon.concepts.values() for name in concept.all_names()]
    names += [brand.name for brand in catalog.brands]
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
