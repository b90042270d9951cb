"""Which locations may serve at all, and what each could give."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from heapq import nsmallest
from itertools import compress
from operator import not_
from typing import Any, Final

from sellier.domain.promising.rules.log import Fenced
from sellier.domain.promising.rules.needs import Destination, Need
from sellier.domain.promising.rules.rule_set import Fences
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.rules.weigh import Gives, km_to, load_percent
from sellier.domain.promising.states import Fence, Relaxation, Way
from sellier.kernel.ids import LocationId, Sku

NAMED_MAX: Final = 5  # locations that a log names for each fence
FULL: Final = 100  # percent

Stops = Callable[[Source], bool]
# A location that passed every fence, and what it could give of each SKU wanted.
Able = tuple[Source, Gives]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be sourced, and from whom. `excluded` could not serve it before."""

    sources: Sequence[Source]
    needs: Sequence[Need]
    excluded: Mapping[Sku, Collection[LocationId]] = field(default_factory=dict)
    maisons: Mapping[Sku, str] = field(default_factory=dict)  # asked for by a maison's fence only
    is_partial: bool = False  # serve what there is, and leave the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Who passed the fences, and why the others did not."""

    able: Sequence[Able]
    stopped: Mapping[Fence, Sequence[Source]]

    def fenced(self) -> Mapping[Fence, Fenced]:
        """Count the others, and name the first."""
        return {
            fence: Fenced(
                count=len(sources),
                codes=nsmallest(NAMED_MAX, (source.code for source in sources)),
            )
            for fence, sources in self.stopped.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What goes to one destination, and what was taken already for the others."""

    to: Destination
    wanted: Mapping[Sku, int]
    taken: Mapping[LocationId, Mapping[Sku, int]]


def relaxed(fences: Fences, relaxation: Relaxation) -> Fences:
    """Return the fences once something is given up."""
    return replace(fences, **_GIVEN_UP[relaxation])


_GIVEN_UP: Final[Mapping[Relaxation, Mapping[str, Any]]] = {
    Relaxation.LAST_SIZES: {"keep_last": 0},
    Relaxation.DISTANCE: {"within_km": 0},
    Relaxation.CAPACITY: {"is_within_capacity": False},
    Relaxation.COUNTRIES: {"is_same_country": False, "countries": ()},
    Relaxation.PARCELS: {},
}


def passed(question: Question, asked: Asked, fences: Fences) -> Passed:
    """Return who may serve a destination, and who may not by the fence that stopped them."""
    stopped: defaultdict[Fence, list[Source]] = defaultdict(list)
    left = question.sources
    for fence, stops in _checks(asked.to, fences):
        is_stopped = list(map(stops, left))
        if any(is_stopped):
            stopped[fence] += compress(left, is_stopped)
            left = list(compress(left, map(not_, is_stopped)))
    able: list[Able] = []
    given = _given(left, question, asked=asked, fences=fences)
    for source, (gives, fence) in zip(left, given, strict=True):
        if any(gives):
            able.append((source, gives))
        else:
            stopped[fence].append(source)
    return Passed(able=able, stopped=stopped)


def stopped(source: Source, to: Destination, fences: Fences) -> Fence | None:
    """Return the fence that keeps a location from serving a destination at all, if one does."""
    return next((fence for fence, stops in _checks(to, fences) if stops(source)), None)


def spare(source: Source, sku: Sku, fences: Fences, *, maison: str | None) -> int:
    """Return the units that a location that passed may send of one SKU."""
    banners = fences.maisons.get(maison or "")
    if banners is not None and source.banner not in banners:
        return 0
    kept = 0 if source.is_warehouse else fences.keep_last
    return max(0, source.available.get(sku, 0) - kept)


def _checks(to: Destination, fences: Fences) -> Sequence[tuple[Fence, Stops]]:
    """Return the fences in force, each with what it stops."""
    checks: list[tuple[Fence, Stops]] = [(Fence.CLOSED, lambda source: not source.is_open)]
    if to.way is not Way.SHIP:  # the customer chose the boutique: no other fence is about that
        checks.append((Fence.ELSEWHERE, lambda source: source.location_id != to.location_id))
    checks.append((Fence.WAY, lambda source: to.way not in source.ways))
    if to.way is Way.SHIP:
        checks += _sending_checks(to, fences)
    return checks


def _sending_checks(to: Destination, fences: Fences) -> Iterator[tuple[Fence, Stops]]:
    countries = (to.country,) if fences.is_same_country else fences.countries
    if countries:
        yield Fence.COUNTRY, lambda source: source.country not in countries
    if fences.banners:
        yield Fence.BANNER, lambda source: source.banner not in fences.banners
    if fences.within_km:
        yield Fence.DISTANCE, lambda source: (km_to(source, to) or 0.0) > fences.within_km
    if fences.is_within_capacity:
        yield Fence.CAPACITY, lambda source: load_percent(source) >= FULL


def _given(
    sources: Sequence[Source], question: Question, *, asked: Asked, fences: Fences
) -> Iterator[tuple[Gives, Fence]]:
    """Give what each location could give, and the fence that took it all if that is nothing."""
    wanted = asked.wanted
    is_sent = asked.to.way is Way.SHIP
    keeps = fences.keep_last if is_sent else 0

    @cache
    def whole(kept: int, *units: int | None) -> tuple[Gives, Fence]:
        pairs = zip(units, wanted.values(), strict=True)
        gives = tuple(
            [min(have - kept, most) if have and have > kept else 0 for have, most in pairs]
        )
        is_kept = not any(gives) and any(have and have > 0 for have in units)
        return gives, Fence.LAST_SIZES if is_kept else Fence.EMPTY

    if not (asked.taken or question.excluded or (is_sent and fences.maisons)):
        for source in sources:  # nearly always; and many of a thousand have the same
            kept = 0 if source.is_warehouse else keeps
            yield whole(kept, *map(source.available.get, wanted))
        return
    for source in sources:
        units, barred = _left(source, question, asked=asked, fences=fences)
        gives, fence = whole(0 if source.is_warehouse else keeps, *units)
        yield gives, barred if barred and fence is Fence.EMPTY else fence


def _left(
    source: Source, question: Question, *, asked: Asked, fences: Fences
) -> tuple[Sequence[int], Fence | None]:
    """Return what others left of each SKU wanted, and what barred one of them if anything did."""
    gone = asked.taken.get(source.location_id, {})
    is_sent = asked.to.way is Way.SHIP
    left: list[int] = []
    last: Fence | None = None
    for sku in asked.wanted:
        units = source.available.get(sku, 0) - gone.get(sku, 0)
        barred = _barred(source, sku, question, fences=fences if is_sent else None)
        if barred and units > 0:
            last = barred
        left.append(0 if barred else units)
    return left, last


def _barred(source: Source, sku: Sku, question: Question, *, fences: Fences | None) -> Fence | None:
    """Return why one SKU may not come from a location that may send others."""
    if source.location_id in question.excluded.get(sku, ()):
        return Fence.EXCLUDED
    if fences is None or not fences.maisons:
        return None
    banners = fences.maisons.get(question.maisons.get(sku, ""))
    return None if banners is None or source.banner in banners else Fence.MAISON
