"""One order after another, each to whoever is best for it then: what a plan is compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sellier.domain.closures.rules.problem import LATE, Asking, Problem, Share
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku


@dataclass(slots=True)
class Left:
    """What is still to be had while a plan is made, and the plan so far."""

    problem: Problem
    used: Counter[tuple[Sku, LocationId]] = field(default_factory=Counter)
    parcels: set[tuple[OrderId, LocationId]] = field(default_factory=set)
    work: Counter[LocationId] = field(default_factory=Counter)
    given: dict[tuple[OrderLineId, LocationId], Share] = field(default_factory=dict)

    def stock(self, sku: Sku, place: LocationId) -> int:
        """Return the units that a location can still give."""
        return self.problem.stock.get((sku, place), 0) - self.used[sku, place]

    def day(self, place: LocationId) -> int | None:
        """Return the day on which one more parcel would be prepared, or None for none."""
        before = self.work[place]
        for day, most in enumerate(self.problem.slots[place]):
            if before < most:
                return day
            before -= most
        return None

    def take(
        self, order_id: OrderId, line_id: OrderLineId, sku: Sku, *, place: LocationId, most: int
    ) -> int:
        """Take units for a line as far as they are there and can be prepared; return how many."""
        units = min(most, self.stock(sku, place))
        if units <= 0:
            return 0
        if (order_id, place) not in self.parcels:
            if self.day(place) is None:
                return 0
            self.parcels.add((order_id, place))
            self.work[place] += 1
        self.used[sku, place] += units
        before = self.given.get((line_id, place))
        self.given[line_id, place] = Share(
            order_id=order_id,
            line_id=line_id,
            sku=sku,
            location_id=place,
            quantity=units + (before.quantity if before else 0),
        )
        return units

    def shares(self) -> Sequence[Share]:
        """Return the plan, with every unit that nobody was found for waiting."""
        had: Counter[OrderLineId] = Counter()
        for one in self.given.values():
            had[one.line_id] += one.quantity
        waiting = [
            Share(
                order_id=order.order_id,
                line_id=line.line_id,
                sku=line.sku,
                location_id=None,
                quantity=line.quantity - had[line.line_id],
            )
            for order in self.problem.orders
            for line in order.lines
            if had[line.line_id] < line.quantity
        ]
        return [*self.given.values(), *waiting]


def greedy(problem: Problem) -> Sequence[Share]:
    """Serve one order after another as if there were no others."""
    left = Left(problem)
    for order in problem.orders:
        serve(left, order, {line.line_id: line.quantity for line in order.lines})
    return left.shares()


def serve(left: Left, order: Asking, wanted: Mapping[OrderLineId, int]) -> None:
    """Give an order what is left: from whoever has most of it, the cheapest of those."""
    short = dict(wanted)
    while any(short.values()):
        place = _best(left, order, short)
        if place is None:
            return
        for line in order.lines:
            if place in line.sources and short.get(line.line_id):
                short[line.line_id] -= left.take(
                    order.order_id,
                    line.line_id,
                    line.sku,
                    place=place,
                    most=short[line.line_id],
                )


def _best(left: Left, order: Asking, short: Mapping[OrderLineId, int]) -> LocationId | None:
    best: tuple[int, int, LocationId] | None = None
    for place, (units, price) in _offers(left, order, short).items():
        day = 0 if (order.order_id, place) in left.parcels else left.day(place)
        if day is not None and units:
            offer = (-units, price + day * LATE, place)
            best = offer if best is None else min(best, offer)
    return best and best[2]


def _offers(
    left: Left, order: Asking, short: Mapping[OrderLineId, int]
) -> Mapping[LocationId, tuple[int, int]]:
    """Return what each location could give of an order, and what its parcel costs.

    Two lines of one SKU cannot both have the same units.
    """
    offers: dict[LocationId, tuple[int, int]] = {}
    taken: Counter[tuple[Sku, LocationId]] = Counter()
    for line in order.lines:
        wanted = short.get(line.line_id, 0)
        if not wanted:
            continue
        for place, price in line.sources.items():
            units = min(wanted, left.stock(line.sku, place) - taken[line.sku, place])
            if units > 0:
                taken[line.sku, place] += units
                offers[place] = (offers.get(place, (0, 0))[0] + units, price)
    return offers
