"""Which categories of a catalog answer a type: by name, by kind, or as the broader shelf."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sellier.domain.search.rules.lexicon import Concept, Kind, Lexicon
from sellier.domain.search.rules.names import CategoryName, Choice
from sellier.domain.search.rules.words import key, stem, tokens

OWN, ALSO, HEAD, DISTANT = 1.0, 0.98, 0.96, 0.5
_ELSE_STEP = 0.01
_JOINTS = frozenset({"and", "et", "or", "ou"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMeaning:
    """The categories that answer a type. Not `own`: held in broader ones, so names still count."""

    choices: tuple[Choice, ...]
    mentioned: frozenset[str]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCategories:
    """Categories by language and name, by any phrase within a name, and by the head of a name.

    The head is where a language says what a thing is: English last, French first.
    """

    by_key: Mapping[tuple[str, str], frozenset[str]]
    within: Mapping[tuple[str, tuple[str, ...]], frozenset[str]]
    headed: Mapping[tuple[str, tuple[str, ...]], frozenset[str]]
    parents: Mapping[str, str | None]

    def is_under(self, code: str, others: Sequence[str]) -> bool:
        """Tell whether a category stands below one of the others."""
        above = self.parents.get(code)
        return above is not None and (above in others or self.is_under(above, others))

    def deepest(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Drop a category when a child of it is there too: of "Dress > Dresses", the latter."""
        found = dict.fromkeys(codes)
        covered = {self.parents.get(code) for code in found}
        return tuple(code for code in found if code not in covered)


def named_categories(categories: Sequence[CategoryName]) -> NamedCategories:
    """Look at category names from every side that understanding needs."""
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
    return NamedCategories(
        by_key=_frozen(by_key),
        within=_frozen(within),
        headed=_frozen(headed),
        parents={category.code: category.parent for category in categories},
    )


_Key = TypeVar("_Key")


def _frozen(found: Mapping[_Key, set[str]]) -> dict[_Key, frozenset[str]]:
    return {phrase: frozenset(codes) for phrase, codes in found.items()}


def categories_by_key(named: NamedCategories) -> dict[str, tuple[Choice, ...]]:
    """Return the categories that go by a name, whatever its language."""
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


def type_meanings(lexicon: Lexicon, named: NamedCategories) -> Mapping[str, TypeMeaning]:
    """Return the categories that answer each type of the lexicon."""
    concepts = {code: c for (kind, code), c in lexicon.concepts.items() if kind is Kind.TYPE}
    own = {code: _own(concept, named) for code, concept in concepts.items()}
    return {
        code: _meaning(concept, named, own=own, concepts=concepts)
        for code, concept in concepts.items()
    }


def _own(concept: Concept, named: NamedCategories) -> tuple[str, ...]:
    found: list[str] = []
    for lang, names in concept.names.items():
        for name in names:
            found += sorted(named.by_key.get((lang, key(tokens(name))), ()))
    return named.deepest(found)


def _meaning(
    concept: Concept,
    named: NamedCategories,
    *,
    own: Mapping[str, tuple[str, ...]],
    concepts: Mapping[str, Concept],
) -> TypeMeaning:
    choices: dict[str, float] = dict.fromkeys(own[concept.code], OWN)
    has_own = bool(choices)
    headed, mentioned = _headed(concept, named)
    # "Night Suits" are pajamas: of the kinds by name alone, leave those another type owns.
    elsewhere = {code for codes in own.values() for code in codes} if not has_own else set()
    for code in headed:
        if code not in elsewhere and not named.is_under(code, own[concept.code]):
            choices.setdefault(code, DISTANT if has_own else HEAD)
    for other in concept.also:
        for code in own[other]:
            choices[code] = max(choices.get(code, 0.0), ALSO)
    if not has_own:
        _add_otherwise(concept, choices, own=own, concepts=concepts)
    return TypeMeaning(
        choices=tuple(Choice(value=code, share=share) for code, share in choices.items()),
        mentioned=mentioned,
        own=has_own,
    )


def _headed(concept: Concept, named: NamedCategories) -> tuple[list[str], frozenset[str]]:
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
    *,
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
