"""Which locations may serve at all, and what each could give."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be sourced, and from whom. `excluded` could not serve it before."""

    sources: Sequence[Source]
    needs: Sequence[Need]
    excluded: Mapping[Sku, Collection[LocationId]] = field(default_factory=dict)
    maisons: Mapping[Sku, str] = field(default_factory=dict)  # asked for by a maison's fence only
    is_partial: bool = False  # serve what there is, and leave the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """A location that passed every fence, and what it could give of each SKU wanted."""

    source: Source
    gives: Gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Who passed the fences, and why the others did not."""

    able: Sequence[Able]
    fenced: Mapping[Fence, Fenced]


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
    """Return who may serve a destination, and count who may not by the fence that stopped them."""
    checks = _checks(asked.to, fences)
    able: list[Able] = []
    fenced: dict[Fence, list[str]] = {}
    for source in question.sources:
        fence = next((fence for fence, stops in checks if stops(source)), None)
        if fence is None:
            gives, fence = _gives(source, question, asked=asked, fences=fences)
            if fence is None:
                able.append(Able(source=source, gives=gives))
                continue
        fenced.setdefault(fence, []).append(source.code)
    return Passed(
        able=able,
        fenced={
            fence: Fenced(count=len(codes), codes=sorted(codes)[:NAMED_MAX])
            for fence, codes in fenced.items()
        },
    )


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


def _gives(
    source: Source, question: Question, *, asked: Asked, fences: Fences
) -> tuple[Gives, Fence | None]:
    """Return what a location could give; if nothing, also the fence that took it all."""
    gone = asked.taken.get(source.location_id) if asked.taken else None
    is_sent = asked.to.way is Way.SHIP
    kept = fences.keep_last if is_sent and not source.is_warehouse else 0
    may_be_barred = bool(question.excluded or (is_sent and fences.maisons))
    if not (gone or kept or may_be_barred):  # nearly always, and there may be a thousand of them
        have = source.available.get
        plain = tuple([min(most, max(0, have(sku, 0))) for sku, most in asked.wanted.items()])
        return plain, None if any(plain) else Fence.EMPTY
    fence = Fence.EMPTY
    gives = []
    for sku, most in asked.wanted.items():
        units = source.available.get(sku, 0)
        if gone:
            units -= gone.get(sku, 0)
        if may_be_barred and units > 0:
            barred = _barred(source, sku, question, fences=fences if is_sent else None)
            if barred:
                units, fence = 0, barred
        if 0 < units <= kept:
            fence = Fence.LAST_SIZES
        units -= kept
        gives.append(most if units > most else max(0, units))
    return tuple(gives), None if any(gives) else fence


def _barred(source: Source, sku: Sku, question: Question, *, fences: Fences | None) -> Fence | None:
    """Return why one SKU may not come from a location that may send others."""
    if source.location_id in question.excluded.get(sku, ()):
        return Fence.EXCLUDED
    if fences is None or not fences.maisons:
        return None
    banners = fences.maisons.get(question.maisons.get(sku, ""))
    return None if banners is None or source.banner in banners else Fence.MAISON
