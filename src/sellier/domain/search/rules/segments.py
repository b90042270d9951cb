"""Cut a query into the longest phrases that mean something."""

from collections.abc import Sequence
from dataclasses import dataclass

from sellier.domain.search.rules.lexicon import LANGUAGES, Concept, Kind
from sellier.domain.search.rules.names import Choice, Fact
from sellier.domain.search.rules.vocabulary import Vocabulary
from sellier.domain.search.rules.words import LINKS, joined_key, key

_PHRASE_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One phrase of the query and all it may mean; none of it filled: an unknown word."""

    words: tuple[str, ...]
    concepts: tuple[Concept, ...] = ()
    brands: tuple[Choice, ...] = ()
    categories: tuple[Choice, ...] = ()
    colors: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    without: bool = False
    either: bool = False
    filler: bool = False

    @property
    def text(self) -> str:
        """Return the words as they were read."""
        return " ".join(self.words)

    def meant(self, kind: Kind) -> tuple[Concept, ...]:
        """Return the concepts of one kind."""
        return tuple(concept for concept in self.concepts if concept.kind is kind)

    @property
    def is_unknown(self) -> bool:
        """Tell whether nothing is known of these words."""
        known = self.concepts or self.brands or self.categories or self.colors or self.facts
        return not (known or self.without or self.either or self.filler)


def preferred_language(words: Sequence[str], lang: str, vocabulary: Vocabulary) -> str:
    """Return the language the words are in, the request's own unless they say otherwise."""
    said = dict.fromkeys(LANGUAGES, 0)
    for word in words:
        phrase = key((word,))
        known = [each for each in LANGUAGES if _is_said(phrase, each, vocabulary)]
        if len(known) == 1:
            said[known[0]] += 1
    if lang not in said:
        lang = LANGUAGES[0]
    other = max(LANGUAGES, key=lambda each: (said[each], each == lang))
    return other if said[other] > said[lang] else lang


def _is_said(phrase: str, lang: str, vocabulary: Vocabulary) -> bool:
    lexicon = vocabulary.lexicon
    if phrase in lexicon.by_key[lang]:
        return True
    return any(phrase in by_lang[lang] for by_lang in lexicon.phrases.values())


def segments(words: Sequence[str], lang: str, vocabulary: Vocabulary) -> tuple[Segment, ...]:
    """Cut the words, always taking the longest phrase that is known."""
    found: list[Segment] = []
    at = 0
    while at < len(words):
        for size in range(min(_PHRASE_WORDS, len(words) - at), 0, -1):
            if size > 1 and words[at + size - 1] in LINKS:
                continue
            segment = _look_up(tuple(words[at : at + size]), lang, vocabulary)
            if size == 1 or not segment.is_unknown:
                found.append(segment)
                at += size
                break
    return tuple(found)


def _look_up(words: tuple[str, ...], lang: str, vocabulary: Vocabulary) -> Segment:
    phrase = key(words)
    other = next(each for each in LANGUAGES if each != lang)
    if brands := vocabulary.brands.get("".join(words)):
        return Segment(words=words, brands=brands)
    together = joined_key(words)
    for segment in (
        _in_lexicon(words, phrase, lang=lang, vocabulary=vocabulary),
        _in_lexicon(words, together, lang=lang, vocabulary=vocabulary),
        _in_catalog(words, phrase, vocabulary),
        _in_lexicon(words, phrase, lang=other, vocabulary=vocabulary),
    ):
        if segment is not None:
            return segment
    if phrase in vocabulary.values and not _is_plain_speech(words, vocabulary):
        return Segment(words=words, facts=vocabulary.values[phrase])
    return Segment(words=words)


def _is_plain_speech(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether each word means something alone: "boys shorts" is not the fact "Boy Shorts"."""
    by_key = vocabulary.lexicon.by_key
    return all(
        word.isdigit() or any(key((word,)) in by_key[lang] for lang in LANGUAGES) for word in words
    )


def _in_lexicon(
    words: tuple[str, ...], phrase: str, *, lang: str, vocabulary: Vocabulary
) -> Segment | None:
    phrases = {name: by_lang[lang] for name, by_lang in vocabulary.lexicon.phrases.items()}
    if phrase in phrases["without"]:
        return Segment(words=words, without=True)
    if concepts := vocabulary.lexicon.by_key[lang].get(phrase):
        return Segment(words=words, concepts=concepts)
    either = phrase in phrases["either"]
    filler = phrase in phrases["filler"] or phrase in phrases["currency"]
    if either or filler:
        return Segment(words=words, either=either, filler=filler and not either)
    return None


def _in_catalog(words: tuple[str, ...], phrase: str, vocabulary: Vocabulary) -> Segment | None:
    if brands := vocabulary.brands.get(phrase):
        return Segment(words=words, brands=brands)
    if categories := vocabulary.categories.get(phrase):
        return Segment(words=words, categories=categories)
    if colors := vocabulary.colors.get(phrase):
        return Segment(words=words, colors=colors)
    return None
