"""Read what a person typed as types, brands, wishes, exclusions, prices and plain words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sellier.domain.search.rules.lexicon import Concept, Kind
from sellier.domain.search.rules.names import Choice
from sellier.domain.search.rules.prices import read_prices
from sellier.domain.search.rules.reading import Reading, read
from sellier.domain.search.rules.segments import Segment, preferred_language, segments
from sellier.domain.search.rules.spelling import correct
from sellier.domain.search.rules.types import wanted_types
from sellier.domain.search.rules.vocabulary import Vocabulary
from sellier.domain.search.rules.wishes import (
    Wish,
    color_of_part,
    color_wish,
    fact_wish,
    person_wishes,
    quality_wish,
    size_wish,
    word_wish,
)
from sellier.domain.search.rules.words import LETTERS_MAX, fold, key, stem, tokens

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
    understanding = _assembled(read(kept, lang, vocabulary))
    return replace(
        understanding,
        wishes=understanding.wishes + sizes,
        excluded=tuple(
            wish
            for segment in refused
            for wish in _excluded(segment, lang=lang, vocabulary=vocabulary)
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


def _excluded(segment: Segment, *, lang: str, vocabulary: Vocabulary) -> tuple[Wish, ...]:
    wishes: tuple[Wish, ...] = (word_wish(segment.text, vocabulary),)
    if segment.meant(Kind.COLOR) or segment.colors:
        wish = color_wish(
            segment.meant(Kind.COLOR), segment.colors, lang=lang, vocabulary=vocabulary
        )
        sure = tuple(choice for choice in wish.choices if choice.share > _SURE)
        wishes = (replace(wish, choices=sure),)
    elif segment.brands:
        wishes = (Wish(kind="brand", label=segment.text, field="brand", choices=segment.brands),)
    elif qualities := segment.meant(Kind.QUALITY):
        wishes = tuple(
            quality_wish(concept, None, lang=lang, vocabulary=vocabulary) for concept in qualities
        )
    elif segment.concepts:
        names = segment.concepts[0].all_names()
        wishes = (Wish(kind="words", label=segment.text, field="fact", names=names),)
    return wishes


def _assembled(reading: Reading) -> Understanding:
    wanted = wanted_types(reading)
    words = [
        word
        for segment in reading.spoken()
        if _is_mere_word(segment, reading.vocabulary)
        for word in segment.words
    ]
    return Understanding(
        types=wanted.choices,
        type_labels=wanted.labels,
        brands=tuple(choice for segment in reading.spoken() for choice in segment.brands),
        wishes=(
            *wanted.wishes,
            *_qualities(reading),
            *_color(reading),
            *person_wishes(reading.meant(Kind.PERSON), reading.lang),
        ),
        words=(*wanted.words, *words),
    )


def _is_mere_word(segment: Segment, vocabulary: Vocabulary) -> bool:
    """Tell a word that nothing knows, not even a fact of the catalog."""
    word = segment.words[0]
    is_fact = len(word) >= _FACT_WORD and stem(word) in vocabulary.facts
    return segment.is_unknown and not is_fact


def _color(reading: Reading) -> tuple[Wish, ...]:
    """Return one wish for all colors named: a thing in any of them is what was asked."""
    colors = [s for s in reading.spoken() if reading.is_color(s) and s not in reading.of_part]
    if not colors:
        return ()
    concepts = [concept for segment in colors for concept in segment.meant(Kind.COLOR)]
    named = [name for segment in colors for name in segment.colors]
    return (color_wish(concepts, named, lang=reading.lang, vocabulary=reading.vocabulary),)


def _qualities(reading: Reading) -> tuple[Wish, ...]:
    wishes: list[Wish] = []
    for segment in reading.spoken():
        part = reading.of_part.get(segment)
        if reading.is_color(segment):
            wishes += _color_of(segment, part, reading)
        elif segment.facts:
            wishes.append(fact_wish(segment.text, segment.facts, reading.vocabulary))
        elif qualities := segment.meant(Kind.QUALITY):
            wishes += [_quality(concept, part, reading) for concept in qualities]
        elif segment.is_unknown and not _is_mere_word(segment, reading.vocabulary):
            wishes.append(word_wish(segment.text, reading.vocabulary))
    return tuple(wishes)


def _color_of(segment: Segment, part: Concept | None, reading: Reading) -> list[Wish]:
    """Return the wish for the color of a part, or of the whole where facts do not tell."""
    if part is None:
        return []
    lang, vocabulary = reading.lang, reading.vocabulary
    colors = segment.meant(Kind.COLOR)
    asked = [color_of_part(color, part, lang=lang, vocabulary=vocabulary) for color in colors]
    known = [wish for wish in asked if wish.choices]
    return known or [color_wish(colors, (), lang=lang, vocabulary=vocabulary)]


def _quality(concept: Concept, part: Concept | None, reading: Reading) -> Wish:
    wish = quality_wish(concept, part, lang=reading.lang, vocabulary=reading.vocabulary)
    if part is not None and not wish.choices:
        return quality_wish(concept, None, lang=reading.lang, vocabulary=reading.vocabulary)
    return wish
