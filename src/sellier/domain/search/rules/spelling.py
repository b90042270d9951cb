"""Correct the query, from the words of the lexicon and the catalog; never the catalog."""

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from sellier.domain.search.rules.vocabulary import Vocabulary
from sellier.domain.search.rules.words import stem

_SHORTEST = 4
_SURE_LETTERS = 6
_TWO_SLIPS_LETTERS = 7
_COMMON_WORD = 5
_OVERWHELMING = 50


def correct(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words, the misspelled ones replaced by what was most likely meant."""
    return tuple(_corrected(word, vocabulary) for word in words)


def _corrected(word: str, vocabulary: Vocabulary) -> str:
    if len(word) < _SHORTEST or not word.isalpha() or stem(word) in vocabulary.stems:
        return word
    seen = vocabulary.words.get(word, 0)
    best = _best(word, vocabulary)
    if best is None:
        return word
    # A word that titles use is a word, unless it looks like a slip in a few of them.
    rare = seen < _COMMON_WORD and vocabulary.weights[best] >= _OVERWHELMING * seen
    if not rare:
        return word
    is_plural = word.endswith("s") and not best.endswith(("s", "x", "z"))
    return f"{best}s" if is_plural else best


def _best(word: str, vocabulary: Vocabulary) -> str | None:
    slips = 2 if len(word) >= _TWO_SLIPS_LETTERS else 1
    near = process.extract(
        word, vocabulary.spellings.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None
    )
    ranked = []
    for spelling, distance, _ in near:
        meant = vocabulary.spellings[spelling]
        telling = meant in vocabulary.telling
        if len(word) < _SURE_LETTERS and not telling:
            continue
        replaced = len(spelling) == len(word) and sorted(spelling) != sorted(word)
        dropped = len(spelling) < len(word)  # fingers miss letters more often than they add some
        cost = distance + 0.7 * (spelling[0] != word[0]) - 0.25 * telling
        cost += 0.3 * replaced + 0.1 * dropped
        ranked.append((cost, -vocabulary.weights[meant], meant))
    return min(ranked)[2] if ranked else None
