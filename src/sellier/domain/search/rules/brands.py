"""The names that brands go by."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sellier.domain.search.rules.lexicon import Lexicon
from sellier.domain.search.rules.names import BrandName, Choice
from sellier.domain.search.rules.words import key, stem, tokens

OWN, NAMESAKE, ALIAS, LINE = 1.0, 0.99, 0.97, 0.7
_ALIAS_LETTERS = 5
_ALIAS_BRANDS = 4


def whole_brands(brands: Sequence[BrandName]) -> dict[str, tuple[Choice, ...]]:
    """Key every brand by its whole name; of brands spelled alike, the larger comes first."""
    found: dict[str, list[Choice]] = defaultdict(list)
    for brand in sorted(brands, key=lambda each: (-each.count, each.code)):
        if phrase := key(tokens(brand.name)):
            share = NAMESAKE if found[phrase] else OWN
            found[phrase].append(Choice(value=brand.code, share=share))
    return {phrase: tuple(same) for phrase, same in found.items()}


def brands_by_key(
    lexicon: Lexicon, brands: Sequence[BrandName]
) -> Mapping[str, tuple[Choice, ...]]:
    """Key every brand by its name, and by shorter names that only it and its lines go by."""
    found = {
        phrase: {choice.value: choice.share for choice in choices}
        for phrase, choices in whole_brands(brands).items()
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
