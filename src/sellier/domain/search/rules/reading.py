"""Give each phrase of a query its one role: type, part of a thing, or what is said of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sellier.domain.search.rules.lexicon import Concept, Kind
from sellier.domain.search.rules.segments import Segment
from sellier.domain.search.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`types` are positions among the segments; `of_part` tells which value belongs to a part."""

    segments: tuple[Segment, ...]
    types: tuple[int, ...]
    parts: tuple[int, ...]
    of_part: Mapping[Segment, Concept]
    lang: str
    vocabulary: Vocabulary

    def spoken(self) -> Iterator[Segment]:
        """Go through what is said of the thing: all but types, parts and conjunctions."""
        for at, segment in enumerate(self.segments):
            if at not in self.types and at not in self.parts and not segment.either:
                yield segment

    def meant(self, kind: Kind) -> tuple[Concept, ...]:
        """Return the concepts of one kind that are said of the thing."""
        return tuple(concept for segment in self.spoken() for concept in segment.meant(kind))

    def is_color(self, segment: Segment) -> bool:
        """Tell whether a phrase names a color."""
        return bool(segment.meant(Kind.COLOR) or segment.colors)


def read(segments: tuple[Segment, ...], lang: str, vocabulary: Vocabulary) -> Reading:
    """Give the roles. An ambiguous phrase is a type only if no other phrase is surely one."""
    sure = [at for at, segment in enumerate(segments) if _is_only_type(segment)]
    maybe = [
        at for at, segment in enumerate(segments) if at not in sure and segment.meant(Kind.TYPE)
    ]
    types = sure or maybe[:1]
    parts = [
        at for at, segment in enumerate(segments) if segment.meant(Kind.PART) and at not in types
    ]
    return Reading(
        segments=segments,
        types=tuple(types),
        parts=tuple(parts),
        of_part=_values_of_parts(segments, types, parts, backwards=lang != "fr"),
        lang=lang,
        vocabulary=vocabulary,
    )


def _is_only_type(segment: Segment) -> bool:
    if segment.categories:
        return True
    return bool(segment.concepts) and all(c.kind is Kind.TYPE for c in segment.concepts)


def _values_of_parts(
    segments: Sequence[Segment], types: Sequence[int], parts: Sequence[int], *, backwards: bool
) -> dict[Segment, Concept]:
    """Find for each part the value beside it: English says it before the part, French after."""
    found: dict[Segment, Concept] = {}
    for at in parts:
        beside = (at - 1, at + 1) if backwards else (at + 1, at - 1)
        for other in beside:
            if not 0 <= other < len(segments) or other in types:
                continue
            segment = segments[other]
            has_value = segment.meant(Kind.QUALITY) or segment.meant(Kind.COLOR)
            if has_value and segment not in found:
                found[segment] = segments[at].meant(Kind.PART)[0]
                break
    return found
