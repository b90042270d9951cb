"""Turn what words mean into wishes over indexed fields."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sellier.domain.catalog.rules import color_family
from sellier.domain.search.rules.lexicon import Concept
from sellier.domain.search.rules.names import Choice, Fact
from sellier.domain.search.rules.vocabulary import Vocabulary
from sellier.domain.search.rules.words import fold, key, stem, tokens

FULL, CHILD, SOFT, FAINT = 1.0, 1.2, 0.7, 0.2
_UNISEX = 0.8
_NEAR_SHADE, _FAMILY, _OTHER_FAMILY = 0.97, 0.95, 0.5
_WITHIN, _ALSO, _OTHER_PART = 0.96, 0.94, 0.5
_PREVALENCE = 0.04
_KIDS = ("kids", "toddler", "infant", "newborn")
_BABIES = ("infant", "newborn", "toddler")
_DENIED = "non no none not aucun without sans faux fake synthetic synthetique imitation artificial"
_DENIALS = frozenset(map(stem, _DENIED.split()))
_DEPTHS = frozenset({"m", "atm", "bar"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing wanted, held by any of the choices, or by a title that says one of the names."""

    kind: str
    label: str
    field: str
    choices: tuple[Choice, ...] = ()
    names: tuple[str, ...] = ()
    weight: float = FULL


def called(concepts: Sequence[Concept], lang: str) -> str:
    """Return what concepts are called in a language, to be shown."""
    return ", ".join(dict.fromkeys(concept.names[lang][0] for concept in concepts))


def color_wish(
    concepts: Sequence[Concept], named: Sequence[str], *, lang: str, vocabulary: Vocabulary
) -> Wish:
    """Return the wish for a color: its own names, near shades, then its family."""
    shares: dict[str, float] = dict.fromkeys(named, 1.0)
    for concept in concepts:
        names = {fold(name) for name in concept.all_names()}
        shades = {fold(shade) for shade in concept.shades}
        family = color_family(concept.code)
        is_family = concept.code == family
        for color, its_family in vocabulary.families.items():
            share = _color_share(fold(color), names, shades)
            if not share and family is not None and its_family == family:
                share = _FAMILY if is_family else _OTHER_FAMILY
            if share:
                shares[color] = max(share, shares.get(color, 0.0))
    label = ", ".join(filter(None, (called(concepts, lang), *named)))
    return Wish(kind="color", label=label, field="color", choices=_choices(shares))


def _color_share(color: str, names: set[str], shades: set[str]) -> float:
    if color in names:
        return 1.0
    if color in shades:
        return _NEAR_SHADE
    words = set(color.split())
    return _NEAR_SHADE if words & names else 0.0


def person_wishes(concepts: Sequence[Concept], lang: str) -> tuple[Wish, ...]:
    """Return the wishes for gender and age of all the persons named."""
    label = called(concepts, lang)
    genders: dict[str, float] = {}
    ages: dict[str, float] = {}
    for concept in concepts:
        if concept.gender is not None:
            genders[concept.gender] = 1.0
            genders.setdefault("unisex", 0.5 if concept.age == "kids" else _UNISEX)
        if concept.age == "kids":
            ages |= {age: 1.0 if age == "kids" else 0.8 for age in _KIDS}
        elif concept.age == "infant":
            ages |= {"kids": 0.6} | dict.fromkeys(_BABIES, 1.0)
        elif concept.age is not None:
            ages[concept.age] = 1.0
    wishes = []
    if genders:
        wishes.append(Wish(kind="gender", label=label, field="gender", choices=_choices(genders)))
    if ages:
        # A child's thing for the other gender is nearer than a grown-up's for the same.
        weight = FAINT if set(ages) == {"adult"} else CHILD
        choices = _choices(ages)
        wishes.append(
            Wish(kind="age", label=label, field="age_group", choices=choices, weight=weight)
        )
    return tuple(wishes)


def quality_wish(
    concept: Concept, part: Concept | None, *, lang: str, vocabulary: Vocabulary
) -> Wish:
    """Return the wish for a material, a pattern, a cut, a use, of a part of the thing if named."""
    names = concept.all_names()
    shares = facts_saying(names, part, vocabulary)
    for term, share in facts_saying(concept.also, part, vocabulary).items():
        shares.setdefault(term, share * _ALSO)
    for name in concept.facts:
        for fact in vocabulary.fact_names.get(key(tokens(name)), ()):
            if not set(fact.value_stems) & _DENIALS:
                shares.setdefault(fact.term, _ALSO)
    titles = () if part else names
    label = called([concept, part] if part else [concept], lang)
    return Wish(kind="quality", label=label, field="fact", choices=_choices(shares), names=titles)


def color_of_part(concept: Concept, part: Concept, *, lang: str, vocabulary: Vocabulary) -> Wish:
    """Return the wish for the color of a part: "black dial"."""
    shares = facts_saying(concept.all_names(), part, vocabulary)
    label = called([concept, part], lang)
    return Wish(kind="quality", label=label, field="fact", choices=_choices(shares))


def names_wish(concept: Concept, lang: str, vocabulary: Vocabulary) -> Wish:
    """Return the wish for the names of a type that has no category of its own."""
    names = (*concept.all_names(), *concept.words)
    shares = facts_saying(names, None, vocabulary)
    return Wish(
        kind="type",
        label=called([concept], lang),
        field="fact",
        choices=_choices(shares),
        names=names,
        weight=SOFT,
    )


def fact_wish(label: str, facts: Sequence[Fact], vocabulary: Vocabulary) -> Wish:
    """Return the wish for values of the catalog named outright: "100 m" takes deeper ones too."""
    shares = {fact.term: 1.0 for fact in facts}
    for fact in facts:
        for deeper in _deeper(fact, vocabulary):
            shares.setdefault(deeper.term, 0.98)
    return Wish(kind="quality", label=label, field="fact", choices=_choices(shares), names=(label,))


def _deeper(fact: Fact, vocabulary: Vocabulary) -> Iterable[Fact]:
    words = fact.value_tokens
    if len(words) != 2 or words[1] not in _DEPTHS or not words[0].isdigit():  # noqa: PLR2004 a number and its unit
        return
    for other in vocabulary.facts.get(words[1], ()):
        said = other.value_tokens
        same = other.name == fact.name and len(said) == len(words) and said[1] == words[1]
        if same and said[0].isdigit() and int(said[0]) > int(words[0]):
            yield other


def word_wish(word: str, vocabulary: Vocabulary) -> Wish:
    """Return the wish for a word that only the catalog's facts know."""
    shares = facts_saying((word,), None, vocabulary)
    return Wish(kind="quality", label=word, field="fact", choices=_choices(shares), names=(word,))


def facts_saying(
    names: Sequence[str], part: Concept | None, vocabulary: Vocabulary
) -> dict[str, float]:
    """Return the facts whose value says one of the names, with how well each answers.

    A value that denies what it names ("Non-Wired", "Synthetic Leather") does not say it.
    """
    part_stems = frozenset(s for name in _part_names(part) for s in map(stem, tokens(name)))
    found: dict[str, tuple[float, Fact]] = {}
    for name in names:
        said = tuple(map(stem, tokens(name)))
        if not said:
            continue
        for fact in vocabulary.facts.get(said[0], ()):
            share = _fact_share(fact, said, part_stems=part_stems, all_parts=vocabulary.part_stems)
            if share > (found[fact.term][0] if fact.term in found else 0.0):
                found[fact.term] = (share, fact)
    # Of the facts that say the same, the one most products carry is the one people mean.
    most: dict[tuple[str, ...], int] = {}
    for _, fact in found.values():
        most[fact.value_stems] = max(fact.count, most.get(fact.value_stems, 1))
    return {
        term: share - _PREVALENCE * (1 - fact.count / most[fact.value_stems])
        for term, (share, fact) in found.items()
    }


def _part_names(part: Concept | None) -> Sequence[str]:
    return part.all_names() if part is not None else ()


def _fact_share(
    fact: Fact, said: tuple[str, ...], *, part_stems: frozenset[str], all_parts: frozenset[str]
) -> float:
    value = fact.value_stems
    size = len(said)
    if not any(value[at : at + size] == said for at in range(len(value) - size + 1)):
        return 0.0
    if (set(value) - set(said)) & _DENIALS:
        return 0.0
    share = 1.0 if value == said else _WITHIN
    if part_stems:
        return share if fact.name_stems & part_stems else 0.0
    return share * _OTHER_PART if fact.name_stems & all_parts else share


def size_wish(system: str | None, said: str, vocabulary: Vocabulary) -> Wish | None:
    """Return the wish for a size as the catalog writes it, in the scale named, else in any."""
    choices = {}
    for size in vocabulary.sizes:
        words = tokens(size)
        if said not in words:
            continue
        others = [word for word in words if word != said]
        if not others or (system is not None and any(o.startswith(system) for o in others)):
            choices[size] = 1.0
        elif system is None and said.isdigit() and others[0] in {"uk", "us", "eu", "euro", "fr"}:
            choices[size] = _WITHIN
    if not choices:
        return None
    label = f"{system or ''} {said}".strip()
    return Wish(kind="size", label=label, field="size", choices=_choices(choices))


def _choices(shares: dict[str, float]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, share=round(share, 3)) for value, share in shares.items())
