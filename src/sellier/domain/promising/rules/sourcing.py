"""Which location serves which line: the decision alone, without a database."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sellier.domain.promising.rules.needs import Destination, Need, Take
from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, Sku

Units = Mapping[Sku, int]
Shares = Mapping[LocationId, Units]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A location, and what it could give."""

    location_id: LocationId
    code: str
    is_warehouse: bool
    country: str
    available: Mapping[Sku, int]
    ways: frozenset[Way] = frozenset({Way.SHIP})


def choose_sources(sources: Sequence[Source], *, needs: Sequence[Need]) -> Sequence[Take] | None:
    """Return where to take every unit from, or None when the group does not have them all.

    What goes to one destination is decided together. What is collected or carried out comes from
    that boutique alone, so it is decided first; each decision sees what the ones before it left.
    For the rest: one location for everything if any can, for the fewest parcels. Otherwise SKU by
    SKU, each from one place if any can, and only then split. Among equals: a warehouse before a
    boutique, the customer's country before others, then the code, so that the same question
    always gets the same answer. Takes come sorted by (sku, location).
    """
    left = {source.location_id: dict(source.available) for source in sources}
    takes: list[Take] = []
    for to, asked in _by_destination(needs):
        wanted = _summed(asked)
        able = [source for source in _ranked(sources, to) if _may_serve(source, to)]
        shares = _shares([(each.location_id, left[each.location_id]) for each in able], wanted)
        if shares is None:
            return None
        for location_id, units in shares.items():
            for sku, quantity in units.items():
                left[location_id][sku] -= quantity
        takes += _takes(asked, shares)
    return sorted(takes, key=lambda take: (take.sku, take.location_id, take.line_id))


def without(
    sources: Sequence[Source], excluded: Mapping[Sku, Collection[LocationId]]
) -> Sequence[Source]:
    """Return the sources without what may not be taken from them."""
    return [
        replace(
            source,
            available={
                sku: units
                for sku, units in source.available.items()
                if source.location_id not in excluded.get(sku, ())
            },
        )
        for source in sources
    ]


def coverable(sources: Sequence[Source], *, needs: Sequence[Need]) -> Sequence[Need]:
    """Return as much of the needs as there is, the first lines first."""
    left = {source.location_id: dict(source.available) for source in sources}
    found: list[Need] = []
    for to, asked in _by_destination(needs):
        able = [left[source.location_id] for source in sources if _may_serve(source, to)]
        for need in asked:
            short = need.quantity
            for units in able:
                quantity = min(short, max(0, units.get(need.sku, 0)))
                units[need.sku] = units.get(need.sku, 0) - quantity
                short -= quantity
            if short < need.quantity:
                found.append(replace(need, quantity=need.quantity - short))
    return found


def first_short(sources: Sequence[Source], *, needs: Sequence[Need]) -> Need:
    """Return the first need that there is not enough for."""
    there = {need.line_id: need.quantity for need in coverable(sources, needs=needs)}
    return next((need for need in needs if there.get(need.line_id, 0) < need.quantity), needs[0])


def _by_destination(needs: Sequence[Need]) -> Sequence[tuple[Destination, Sequence[Need]]]:
    groups: defaultdict[Destination, list[Need]] = defaultdict(list)
    for need in needs:
        groups[need.to].append(need)
    return sorted(groups.items(), key=lambda group: group[0].location_id is None)


def _summed(needs: Sequence[Need]) -> Units:
    wanted: defaultdict[Sku, int] = defaultdict(int)
    for need in needs:
        wanted[need.sku] += need.quantity
    return wanted


def _ranked(sources: Sequence[Source], to: Destination) -> Sequence[Source]:
    return sorted(sources, key=lambda s: (not s.is_warehouse, s.country != to.country, s.code))


def _may_serve(source: Source, to: Destination) -> bool:
    return to.way in source.ways and to.location_id in (None, source.location_id)


def _shares(ranked: Sequence[tuple[LocationId, Mapping[Sku, int]]], wanted: Units) -> Shares | None:
    for location_id, available in ranked:
        if all(available.get(sku, 0) >= units for sku, units in wanted.items()):
            return {location_id: wanted}
    shares: defaultdict[LocationId, dict[Sku, int]] = defaultdict(dict)
    for sku, units in wanted.items():
        # Largest first, and more than is wanted counts no more: one place if any can.
        by_size = sorted(ranked, key=lambda each: -min(units, each[1].get(sku, 0)))
        short = units
        for location_id, available in by_size:
            quantity = min(short, max(0, available.get(sku, 0)))
            if quantity:
                shares[location_id][sku] = quantity
                short -= quantity
        if short:
            return None
    return shares


def _takes(needs: Sequence[Need], shares: Shares) -> Iterator[Take]:
    """Hand the units of each location out to the lines that share them, in the lines' order."""
    left = {place: dict(units) for place, units in sorted(shares.items())}
    for need in needs:
        short = need.quantity
        for place, units in left.items():
            quantity = min(short, units.get(need.sku, 0))
            if quantity:
                units[need.sku] -= quantity
                short -= quantity
                yield Take(line_id=need.line_id, sku=need.sku, location_id=place, quantity=quantity)
        assert short == 0, "the shares are exactly what the lines ask for"
