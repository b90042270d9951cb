"""Whether a concurrent history could have happened one transaction after the other.

Every key has its versions in the order in which they were made: 0 is how it was before. From what
each transaction saw and made follows who has to come before whom. Where that goes in a circle, no
order explains the history.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

Key = str
Edges = Mapping[tuple[str, str], set["Edge"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """What one transaction saw of keys, and which versions of keys it made."""

    id: str
    reads: Mapping[Key, int] = field(default_factory=dict)
    writes: Mapping[Key, int] = field(default_factory=dict)
    is_committed: bool = True


class Edge(StrEnum):
    """Why one transaction comes before another."""

    WW = "ww"  # the other made the next version
    WR = "wr"  # the other saw what it made
    RW = "rw"  # it saw what was there before the other


class Kind(StrEnum):
    FORK = "fork"  # two made the same version
    LOST_UPDATE = "lost update"  # made from a version that was not the last
    ABORTED_READ = "aborted read"  # saw what never was
    CIRCLE = "circle"  # each saw or followed the other
    STALE_READ = "stale read"  # saw one key before, another after somebody
    WRITE_SKEW = "write skew"  # each saw what was there before the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    kind: Kind
    transactions: tuple[str, ...]
    key: Key | None = None


def anomalies(history: Sequence[Transaction]) -> Sequence[Anomaly]:
    """Name all that no serial order explains; nothing, when there is one that does."""
    committed = [one for one in history if one.is_committed]
    made = _made(committed)
    return [*_forks(made), *_never(committed, made), *_lost(committed, made), *_circles(committed)]


Made = Mapping[Key, Mapping[int, Sequence[str]]]
BEFORE: Final = 0


def _made(history: Sequence[Transaction]) -> Made:
    """Return who made each version of each key."""
    made: dict[Key, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in history:
        for key, version in one.writes.items():
            made[key][version].append(one.id)
    return {key: dict(versions) for key, versions in made.items()}


def _forks(made: Made) -> Iterator[Anomaly]:
    for key, versions in made.items():
        for by in versions.values():
            if len(by) > 1:
                yield Anomaly(kind=Kind.FORK, transactions=tuple(by), key=key)


def _never(history: Sequence[Transaction], made: Made) -> Iterator[Anomaly]:
    for one in history:
        for key, version in one.reads.items():
            if version != BEFORE and version not in made.get(key, {}):
                yield Anomaly(kind=Kind.ABORTED_READ, transactions=(one.id,), key=key)


def _lost(history: Sequence[Transaction], made: Made) -> Iterator[Anomaly]:
    for one in history:
        for key in one.reads.keys() & one.writes.keys():
            unseen = [
                other
                for version, by in made[key].items()
                for other in by
                if one.reads[key] < version < one.writes[key]
            ]
            if unseen:
                yield Anomaly(kind=Kind.LOST_UPDATE, transactions=(*unseen, one.id), key=key)


def _circles(history: Sequence[Transaction]) -> Iterator[Anomaly]:
    """Name circles, one after the other: whoever was in one is left out from then on."""
    edges = _edges(history)
    after: dict[str, set[str]] = {one.id: set() for one in history}
    for earlier, later in edges:
        after[later].add(earlier)
    while circle := _circle(after):
        names = tuple(dict.fromkeys(circle))
        yield Anomaly(kind=_kind(edges, circle), transactions=names)
        after = {one: rest - set(names) for one, rest in after.items() if one not in names}


def _circle(after: Mapping[str, set[str]]) -> Sequence[str]:
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        found: Sequence[str] = error.args[1]
        return found
    return ()


def _kind(edges: Edges, circle: Sequence[str]) -> Kind:
    """Two that are before each other by one reading only are stale; by two or more, skewed."""
    only_read = sum(edges[pair] == {Edge.RW} for pair in pairwise(circle))
    return (Kind.CIRCLE, Kind.STALE_READ, Kind.WRITE_SKEW)[min(only_read, 2)]


def _edges(history: Sequence[Transaction]) -> Edges:
    edges: dict[tuple[str, str], set[Edge]] = defaultdict(set)
    maker = {(key, n): one.id for one in history for key, n in one.writes.items()}
    versions: dict[Key, list[int]] = defaultdict(list)
    for key, version in sorted(maker):
        versions[key].append(version)
    for key, numbers in versions.items():
        for earlier, later in pairwise(numbers):
            edges[maker[key, earlier], maker[key, later]].add(Edge.WW)
    for one in history:
        for key, seen in one.reads.items():
            if (key, seen) in maker:
                edges[maker[key, seen], one.id].add(Edge.WR)
            # What it made itself from an old version is a lost update, and named as such.
            following = next((n for n in versions[key] if n > seen), None)
            if following is not None and key not in one.writes:
                edges[one.id, maker[key, following]].add(Edge.RW)
    return {pair: why for pair, why in edges.items() if pair[0] != pair[1]}
