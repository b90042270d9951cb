"""Which categories answer the types of a query."""

from collections.abc import Sequence
from dataclasses import dataclass

from sellier.domain.search.rules.lexicon import Kind
from sellier.domain.search.rules.names import Choice
from sellier.domain.search.rules.reading import Reading
from sellier.domain.search.rules.segments import Segment
from sellier.domain.search.rules.vocabulary import Vocabulary
from sellier.domain.search.rules.wishes import Wish, called, names_wish

_BESIDE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The categories wanted, what they are called, and what only words can tell of them."""

    choices: tuple[Choice, ...] = ()
    labels: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    words: tuple[str, ...] = ()


def wanted_types(reading: Reading) -> Wanted:
    """Return what the types of a query come to in this catalog."""
    vocabulary = reading.vocabulary
    asked = [reading.segments[at] for at in reading.types] or _implied(reading)
    if not asked:
        return Wanted()
    groups = [_group(segment, vocabulary) for segment in asked]
    unanswered = [s for s, group in zip(asked, groups, strict=True) if not group]
    homeless = [
        concept
        for segment in asked
        for concept in segment.meant(Kind.TYPE)
        if not any(vocabulary.types[meant.code].own for meant in segment.meant(Kind.TYPE))
    ]
    wishes = [names_wish(c, reading.lang, vocabulary) for c in homeless if any(groups)]
    return Wanted(
        choices=_joined(reading, asked, groups),
        labels=tuple(dict.fromkeys(segment.text for segment in asked)),
        wishes=tuple(wishes),
        words=tuple(word for segment in unanswered for word in segment.words),
    )


def _implied(reading: Reading) -> list[Segment]:
    """Return the type that a use goes with, when none is named: "running" means the shoes."""
    codes = [concept.implies for concept in reading.meant(Kind.QUALITY) if concept.implies]
    implied = [reading.vocabulary.lexicon.concepts[Kind.TYPE, code] for code in codes[:1]]
    label = called(implied, reading.lang)
    return [Segment(words=(label,), concepts=tuple(implied))] if implied else []


def _group(segment: Segment, vocabulary: Vocabulary) -> dict[str, float]:
    shares = {choice.value: choice.share for choice in segment.categories}
    for concept in segment.meant(Kind.TYPE):
        for choice in vocabulary.types[concept.code].choices:
            shares[choice.value] = max(choice.share, shares.get(choice.value, 0.0))
    return shares


def _joined(
    reading: Reading, asked: Sequence[Segment], groups: Sequence[dict[str, float]]
) -> tuple[Choice, ...]:
    """Join several types: "bags or shoes" is both, "gift set perfume" is what is both at once."""
    between = reading.segments[min(reading.types, default=0) : max(reading.types, default=0)]
    alternatives = len(groups) == 1 or any(segment.either for segment in between)
    if not alternatives:
        said = (_mentioned(segment, reading.vocabulary) for segment in asked)
        if both := frozenset.intersection(*said):
            return tuple(Choice(value=code) for code in sorted(both))
    head = groups[0] if reading.lang == "fr" else groups[-1]
    shares: dict[str, float] = {}
    for group in groups:
        for code, share in group.items():
            held = share if alternatives or group is head else share * _BESIDE
            shares[code] = max(held, shares.get(code, 0.0))
    return tuple(Choice(value=code, share=share) for code, share in shares.items())


def _mentioned(segment: Segment, vocabulary: Vocabulary) -> frozenset[str]:
    said = [vocabulary.types[concept.code].mentioned for concept in segment.meant(Kind.TYPE)]
    return frozenset().union(*said)
