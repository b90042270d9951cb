"""Which location serves which line: the decision alone, without a database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sellier.kernel.ids import LocationId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A location that ships, and what it could give."""

    location_id: LocationId
    code: str
    is_warehouse: bool
    country: str
    available: Mapping[Sku, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Units of one SKU to take from one location."""

    sku: Sku
    location_id: LocationId
    quantity: int


def choose_sources(
    sources: Sequence[Source], *, wanted: Mapping[Sku, int], country: str
) -> Sequence[Take] | None:
    """Return where to take every unit from, or None when the group does not have them all.

    One location for the whole order if any can, for the fewest parcels. Otherwise line by
    line, each from one place if any can, and only then split. Among equals: a warehouse
    before a boutique, the customer's country before others, then the code, so that the same
    question always gets the same answer. Takes come sorted by (sku, location).
    """
    ranked = sorted(sources, key=lambda s: (not s.is_warehouse, s.country != country, s.code))
    for source in ranked:
        if all(source.available.get(sku, 0) >= units for sku, units in wanted.items()):
            return _in_order(
                Take(sku=sku, location_id=source.location_id, quantity=units)
                for sku, units in wanted.items()
            )
    takes: list[Take] = []
    for sku, units in wanted.items():
        found = _takes_for(ranked, sku=sku, units=units)
        if found is None:
            return None
        takes += found
    return _in_order(takes)


def _takes_for(ranked: Sequence[Source], *, sku: Sku, units: int) -> Sequence[Take] | None:
    whole = next((s for s in ranked if s.available.get(sku, 0) >= units), None)
    if whole is not None:
        return [Take(sku=sku, location_id=whole.location_id, quantity=units)]
    # Largest first: the fewest parcels that a greedy choice can give.
    takes: list[Take] = []
    for source in sorted(ranked, key=lambda s: -s.available.get(sku, 0)):
        quantity = min(units, max(0, source.available.get(sku, 0)))
        if quantity:
            takes.append(Take(sku=sku, location_id=source.location_id, quantity=quantity))
            units -= quantity
    return takes if units == 0 else None


def _in_order(takes: Iterable[Take]) -> Sequence[Take]:
    return sorted(takes, key=lambda take: (take.sku, take.location_id))
