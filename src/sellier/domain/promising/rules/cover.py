"""The lightest set of locations that covers what is wanted: exact within bounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

# A node costs some five microseconds. Past this the best plan so far is taken, and said so.
NODES_MAX: Final = 1_000

Gives = tuple[int, ...]


class Candidate(NamedTuple):
    """What a location could give of each SKU wanted, never more than wanted.

    `weight` holds all rules in one number, a higher rule outweighing all below it; the weight of a
    plan is the sum of its locations'. It is never negative and counts at least the parcel. A tuple
    in the order in which candidates come: by weight, then by code.
    """

    weight: int
    code: str
    gives: Gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The locations of a plan, lightest first, and whether no plan is lighter for certain."""

    chosen: Sequence[Candidate]
    is_exact: bool


def cover(candidates: Sequence[Candidate], *, wanted: Gives, most: int) -> Cover | None:
    """Return the lightest plan of at most `most` locations, or None when there is none.

    Among plans of one weight, the one whose locations come first by (weight, code).
    """
    ranked = sorted(candidates)
    search = _Search(pool=_undominated(ranked, wanted, most), wanted=wanted)
    for size in range(1, most + 1):
        search.try_size(size)
        if search.is_settled(size):
            break
    if search.best is not None:
        chosen = [search.pool[at] for at in search.best]
        return Cover(chosen=chosen, is_exact=not search.is_stopped)
    found = greedy(ranked, wanted=wanted, most=most) if search.is_stopped else None
    return Cover(chosen=found, is_exact=False) if found else None


def greedy(
    candidates: Sequence[Candidate], *, wanted: Gives, most: int | None
) -> Sequence[Candidate] | None:
    """Return a plan that takes whoever gives most of what is left, the lighter first."""
    chosen = list(taking_most(candidates, wanted=wanted, most=most))
    given = [sum(units) for units in zip(*(each.gives for each in chosen), strict=True)]
    if not chosen or any(have < want for have, want in zip(given, wanted, strict=True)):
        return None
    return sorted(chosen)


def taking_most(
    candidates: Sequence[Candidate], *, wanted: Gives, most: int | None
) -> Iterator[Candidate]:
    """Yield who gives most of what is left, until nothing is left or nobody gives any of it."""
    pool = sorted(candidates)
    left = list(wanted)
    while pool and any(left) and most != 0:
        gains = [sum(map(min, each.gives, left)) for each in pool]
        gain = max(gains)
        if not gain:
            return
        chosen = pool.pop(gains.index(gain))
        left = [max(0, want - have) for want, have in zip(left, chosen.gives, strict=True)]
        most = None if most is None else most - 1
        yield chosen


def _undominated(ranked: Sequence[Candidate], wanted: Gives, most: int) -> list[Candidate]:
    """Leave out who can be replaced in any plan by a lighter location that gives as much.

    A plan has at most `most` locations. If so many lighter ones give at least as much as one does,
    a plan with this one leaves out one of them, which could stand in its place.
    """
    counts: dict[int, int] = {}  # who is kept, by what they give
    useless = {(0,) * len(wanted)}  # and all that come later are heavier
    kept: list[Candidate] = []
    for each in ranked:
        if each.gives in useless:
            continue
        bits = _bits(each.gives, wanted)
        if sum([count for more, count in counts.items() if not bits & ~more]) >= most:
            useless.add(each.gives)
            continue
        counts[bits] = counts.get(bits, 0) + 1
        kept.append(each)
        if each.gives == wanted and counts[bits] == most:
            break  # all that follow are heavier and give no more
    return kept


def _bits(gives: Gives, wanted: Gives) -> int:
    """Write units as bits, so that one comparison tells who gives at least as much of each SKU."""
    bits = 0
    for have, want in zip(gives, wanted, strict=True):
        bits = bits << want | (1 << have) - 1
    return bits


@dataclass(frozen=True, slots=True)
class _Node:
    """A plan that may still lack something, and how many locations it may grow by."""

    chosen: tuple[int, ...]
    weight: int
    left: Gives
    slots: int

    def with_one(self, at: int, each: Candidate) -> "_Node":
        left = tuple(
            max(0, short - have) for short, have in zip(self.left, each.gives, strict=True)
        )
        return _Node((*self.chosen, at), self.weight + each.weight, left, self.slots - 1)


class _Search:
    """A depth-first search over sets of locations, each set seen once."""

    def __init__(self, *, pool: list[Candidate], wanted: Gives) -> None:
        self.pool = pool
        self.best: tuple[int, ...] | None = None
        self.is_stopped = False
        self._wanted = wanted
        self._weight = 0  # of the best
        self._nodes = 0
        # For each SKU the locations that give it, lightest first; and the most that one gives.
        self._givers = [
            [at for at, each in enumerate(pool) if each.gives[sku]] for sku in range(len(wanted))
        ]
        self._tops = [
            max((each.gives[sku] for each in pool), default=0) for sku in range(len(wanted))
        ]
        self._lightest = pool[0].weight if pool else 0

    def is_settled(self, size: int) -> bool:
        """Tell whether no larger plan can be lighter than the best, or time is up."""
        if self.is_stopped or not self.pool:
            return True
        return self.best is not None and self._lightest * (size + 1) >= self._weight

    def try_size(self, size: int) -> None:
        """Look for a lighter plan among those of at most `size` locations."""
        self._extend(_Node((), 0, self._wanted, size), 0)

    def _extend(self, node: _Node, banned: int) -> None:
        """Try every plan that goes on from a node without the locations that are banned."""
        if not any(node.left):
            self._keep(node)
            return
        if not self._may_end_well(node):
            return
        # The SKU that fewest give: a plan must hold one of them.
        missing = (sku for sku, short in enumerate(node.left) if short)
        for at in self._givers[min(missing, key=lambda sku: len(self._givers[sku]))]:
            if banned >> at & 1:
                continue
            each = self.pool[at]
            if self.best is not None and node.weight + each.weight > self._weight:
                break  # those after it are heavier still
            self._nodes += 1
            if self._nodes > NODES_MAX:
                self.is_stopped = True
                return
            banned |= 1 << at
            self._extend(node.with_one(at, each), banned)

    def _may_end_well(self, node: _Node) -> bool:
        needed = max(
            (-(-short // top) if top else node.slots + 1)
            for short, top in zip(node.left, self._tops, strict=True)
        )
        if needed > node.slots:
            return False
        return self.best is None or node.weight + needed * self._lightest <= self._weight

    def _keep(self, node: _Node) -> None:
        ordered = tuple(sorted(node.chosen))
        if self.best is None or (node.weight, ordered) < (self._weight, self.best):
            self.best, self._weight = ordered, node.weight
