"""Read what a person typed as types, brands, wishes, exclusions, prices and plain words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sellier.domain.search.rules.lexicon import Concept, Kind
from sellier.domain.search.rules.prices import read_prices
from sellier.domain.search.rules.segments import Segment, preferred_language, segments
from sellier.domain.search.rules.spelling import correct
from sellier.domain.search.rules.vocabulary import Choice, Vocabulary
from sellier.domain.search.rules.wishes import (
    Wish,
    called,
    color_of_part,
    color_wish,
    fact_wish,
    names_wish,
    person_wishes,
    quality_wish,
    size_wish,
    word_wish,
)
from sellier.domain.search.rules.words import LETTERS_MAX, fold, key, stem, tokens

_BESIDE = 0.6
_SURE = 0.9
_FACT_WORD = 4
_LETTER_SIZES = "xxs|xs|s|m|l|xl|xxl|xxxl|onesize"
_SIZE = re.compile(
    rf"\b(?:size|taille|pointure|sz)\s+(?:(uk|us|eu|fr|it|euro)\s*)?"
    rf"(\d{{1,3}}(?:[.,]5)?|(?:{_LETTER_SIZES})\b)(?:\s*(uk|us|eu|fr|it)\b)?"
    rf"|\b(uk|us|eu|euro|fr|it)\s?(\d{{1,3}}(?:[.,]5)?)\b|\b(\d{{2}}(?:[.,]5)?)\s(fr|eu|uk|us|it)\b"
)
_SCALES = {"eu": "eu", "euro": "eu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """`types` and `brands` must hold; `wishes` rank; `words` must be said somewhere."""

    types: tuple[Choice, ...] = ()
    brands: tuple[Choice, ...] = ()
    wishes: tuple[Wish, ...] = ()
    excluded: tuple[Wish, ...] = ()
    words: tuple[str, ...] = ()
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    said: str = ""
    corrected: str | None = None
    type_labels: tuple[str, ...] = ()


def understand(
    text: str, *, lang: str, vocabulary: Vocabulary, minor_per_unit: int = 100
) -> Understanding:
    """Understand a query. Never refuses: what means nothing here stays a plain word."""
    folded = fold(text[:LETTERS_MAX])
    price = read_prices(folded, vocabulary.prices, minor_per_unit=minor_per_unit)
    rest, sizes = _read_sizes(price.rest, vocabulary)
    typed = tokens(rest)
    whole = _whole_brand(typed, vocabulary)
    if whole is not None:
        return Understanding(brands=whole, said=" ".join(typed))
    words = correct(typed, vocabulary)
    lang = preferred_language(words, lang, vocabulary)
    cut = segments(words, lang, vocabulary)
    kept, refused = _apart(cut)
    understanding = _assemble(kept, lang, vocabulary)
    return replace(
        understanding,
        wishes=understanding.wishes + sizes,
        excluded=tuple(
            wish for segment in refused for wish in _excluded(segment, lang, vocabulary)
        ),
        price_min_minor=price.min_minor,
        price_max_minor=price.max_minor,
        said=" ".join(words),
        corrected=_shown(words, vocabulary) if words != typed else None,
    )


def _shown(words: Sequence[str], vocabulary: Vocabulary) -> str:
    return " ".join(vocabulary.shown.get(word, word) for word in words)


def _whole_brand(typed: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Choice, ...] | None:
    """Return the brand that is the whole query, unless it is an everyday word of fashion."""
    phrase = key(typed)
    said = any(phrase in by_key for by_key in vocabulary.lexicon.by_key.values())
    return None if said or not typed else vocabulary.whole_brands.get(phrase)


def _read_sizes(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[Wish, ...]]:
    found = _SIZE.search(text)
    if found is None:
        return text, ()
    scales = [found[1], found[3], found[4], found[7]]
    scale = next((_SCALES.get(each, each) for each in scales if each), None)
    said = next(each for each in (found[2], found[5], found[6]) if each)
    wish = size_wish(scale, said, vocabulary)
    if wish is None:
        return text, ()
    return f"{text[: found.start()]} {text[found.end() :]}", (wish,)


def _apart(cut: Sequence[Segment]) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Part what is wanted from what is refused: "without" turns the phrase that follows.

    "without stripes or checks" refuses both; "without stripes, white" wants white.
    """
    kept: list[Segment] = []
    refused: list[Segment] = []
    refusing = just_refused = False
    for segment in cut:
        if segment.without or (segment.either and just_refused):
            refusing = True
        elif segment.filler:
            continue
        else:
            (refused if refusing else kept).append(segment)
            just_refused, refusing = refusing, False
    return tuple(kept), tuple(refused)


def _excluded(segment: Segment, lang: str, vocabulary: Vocabulary) -> tuple[Wish, ...]:
    if segment.meant(Kind.COLOR) or segment.colors:
        wish = color_wish(segment.meant(Kind.COLOR), segment.colors, lang, vocabulary)
        sure = tuple(choice for choice in wish.choices if choice.share > _SURE)
        return (replace(wish, choices=sure),)
    if segment.brands:
        return (Wish(kind="brand", label=segment.text, field="brand", choices=segment.brands),)
    if qualities := segment.meant(Kind.QUALITY):
        return tuple(quality_wish(concept, None, lang, vocabulary) for concept in qualities)
    if segment.concepts:
        names = segment.concepts[0].all_names()
        return (Wish(kind="words", label=segment.text, field="fact", names=names),)
    return (word_wish(segment.text, vocabulary),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The segments of a query with the role each one plays."""

    segments: tuple[Segment, ...]
    types: tuple[int, ...]
    parts: tuple[int, ...]


def _read(kept: tuple[Segment, ...]) -> _Reading:
    """Give each ambiguous phrase one role: a type only if no other phrase is surely one."""
    sure = [at for at, segment in enumerate(kept) if _only_type(segment)]
    maybe = [at for at, segment in enumerate(kept) if at not in sure and segment.meant(Kind.TYPE)]
    types = sure or maybe[:1]
    parts = [at for at, segment in enumerate(kept) if segment.meant(Kind.PART) and at not in types]
    return _Reading(segments=kept, types=tuple(types), parts=tuple(parts))


def _only_type(segment: Segment) -> bool:
    if segment.categories:
        return True
    return bool(segment.concepts) and all(c.kind is Kind.TYPE for c in segment.concepts)


def _assemble(kept: tuple[Segment, ...], lang: str, vocabulary: Vocabulary) -> Understanding:
    reading = _read(kept)
    of_part = _match_parts(reading, lang)
    wishes: list[Wish] = []
    words: list[str] = []
    brands: list[Choice] = []
    persons: list[Concept] = []
    colors: list[Segment] = []
    for at, segment in enumerate(kept):
        if at in reading.types or at in reading.parts or segment.either:
            continue
        if segment.brands:
            brands += segment.brands
        elif segment.meant(Kind.PERSON):
            persons += segment.meant(Kind.PERSON)
        elif (segment.meant(Kind.COLOR) or segment.colors) and at not in of_part:
            colors.append(segment)
        elif segment.is_unknown and not _is_fact_word(segment, vocabulary):
            words += segment.words
        else:
            wishes += _quality_wishes(segment, of_part.get(at), lang, vocabulary)
    if colors:
        concepts = [c for segment in colors for c in segment.meant(Kind.COLOR)]
        named = [name for segment in colors for name in segment.colors]
        wishes.append(color_wish(concepts, named, lang, vocabulary))
    if persons:
        wishes += person_wishes(persons, lang)
    wanted = _types(reading, lang, vocabulary)
    return Understanding(
        types=wanted.choices,
        type_labels=wanted.labels,
        brands=tuple(brands),
        wishes=(*wanted.wishes, *wishes),
        words=(*wanted.words, *words),
    )


def _is_fact_word(segment: Segment, vocabulary: Vocabulary) -> bool:
    word = segment.words[0]
    return len(word) >= _FACT_WORD and stem(word) in vocabulary.facts


def _quality_wishes(
    segment: Segment, part: Concept | None, lang: str, vocabulary: Vocabulary
) -> tuple[Wish, ...]:
    if segment.facts:
        return (fact_wish(segment.text, segment.facts, vocabulary),)
    if part is not None and segment.meant(Kind.COLOR):
        colors = segment.meant(Kind.COLOR)
        asked = [color_of_part(color, part, lang, vocabulary) for color in colors]
        known = tuple(wish for wish in asked if wish.choices)
        return known or (color_wish(colors, (), lang, vocabulary),)
    qualities = segment.meant(Kind.QUALITY)
    if not qualities:
        return (word_wish(segment.text, vocabulary),)
    made = []
    for concept in qualities:
        wish = quality_wish(concept, part, lang, vocabulary)
        if part is not None and not wish.choices:
            wish = quality_wish(concept, None, lang, vocabulary)
        made.append(wish)
    return tuple(made)


def _match_parts(reading: _Reading, lang: str) -> dict[int, Concept]:
    """Find for each part the value beside it: English says it before, French after."""
    found: dict[int, Concept] = {}
    for at in reading.parts:
        beside = (at + 1, at - 1) if lang == "fr" else (at - 1, at + 1)
        for other in beside:
            if 0 <= other < len(reading.segments) and other not in (*reading.types, *found):
                segment = reading.segments[other]
                if segment.meant(Kind.QUALITY) or segment.meant(Kind.COLOR):
                    found[other] = reading.segments[at].meant(Kind.PART)[0]
                    break
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The categories wanted, what they are called, and what only words can tell of them."""

    choices: tuple[Choice, ...] = ()
    labels: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    words: tuple[str, ...] = ()


def _types(reading: _Reading, lang: str, vocabulary: Vocabulary) -> _Wanted:
    asked = [reading.segments[at] for at in reading.types] or _implied(reading, lang, vocabulary)
    if not asked:
        return _Wanted()
    groups = [_group(segment, vocabulary) for segment in asked]
    unanswered = [s for s, group in zip(asked, groups, strict=True) if not group]
    homeless = [
        concept
        for segment in asked
        for concept in segment.meant(Kind.TYPE)
        if not any(vocabulary.types[meant.code].own for meant in segment.meant(Kind.TYPE))
    ]
    return _Wanted(
        choices=_joined(reading, asked, groups, lang, vocabulary),
        labels=tuple(dict.fromkeys(segment.text for segment in asked)),
        wishes=tuple(names_wish(concept, lang, vocabulary) for concept in homeless if any(groups)),
        words=tuple(word for segment in unanswered for word in segment.words),
    )


def _implied(reading: _Reading, lang: str, vocabulary: Vocabulary) -> list[Segment]:
    """Return the type that a use goes with, when none is named: "running" means the shoes."""
    codes = [c.implies for s in reading.segments for c in s.meant(Kind.QUALITY) if c.implies]
    implied = [vocabulary.lexicon.concepts[Kind.TYPE, code] for code in codes[:1]]
    return [Segment(words=(called(implied, lang),), concepts=tuple(implied))] if implied else []


def _group(segment: Segment, vocabulary: Vocabulary) -> dict[str, float]:
    shares = {choice.value: choice.share for choice in segment.categories}
    for concept in segment.meant(Kind.TYPE):
        for choice in vocabulary.types[concept.code].choices:
            shares[choice.value] = max(choice.share, shares.get(choice.value, 0.0))
    return shares


def _joined(
    reading: _Reading,
    asked: Sequence[Segment],
    groups: Sequence[dict[str, float]],
    lang: str,
    vocabulary: Vocabulary,
) -> tuple[Choice, ...]:
    """Join several types: "bags or shoes" is both, "gift set perfume" is what is both at once."""
    between = reading.segments[min(reading.types, default=0) : max(reading.types, default=0)]
    alternatives = len(groups) == 1 or any(segment.either for segment in between)
    if not alternatives:
        both = frozenset.intersection(*(_mentioned(segment, vocabulary) for segment in asked))
        if both:
            return tuple(Choice(value=code) for code in sorted(both))
    head = groups[0] if lang == "fr" else groups[-1]
    shares: dict[str, float] = {}
    for group in groups:
        for code, share in group.items():
            held = share if alternatives or group is head else share * _BESIDE
            shares[code] = max(held, shares.get(code, 0.0))
    return tuple(Choice(value=code, share=share) for code, share in shares.items())


def _mentioned(segment: Segment, vocabulary: Vocabulary) -> frozenset[str]:
    said = [vocabulary.types[concept.code].mentioned for concept in segment.meant(Kind.TYPE)]
    return frozenset().union(*said)
