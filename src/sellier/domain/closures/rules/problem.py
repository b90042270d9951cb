"""The units that lost their location, who could give them, and what each way would cost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku

MISSING: Final = 100_000  # minor units for a unit that nobody gives: any way to give it is cheaper
LATE: Final = 500  # for each day that a parcel waits for its turn
DAYS: Final = 5  # nobody is given work for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Units of one order line that are to be had from somewhere else.

    `sources` are the locations that have some and that every fence lets pass, with what a parcel
    from each costs. Lines of one SKU and destination share the mapping.
    """

    line_id: OrderLineId
    sku: Sku
    quantity: int
    sources: Mapping[LocationId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What one order asks for, all of it to one destination."""

    order_id: OrderId
    lines: Sequence[Line]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All of it. `slots` says how many more parcels a location prepares today, tomorrow, ..."""

    orders: Sequence[Asking]
    stock: Mapping[tuple[Sku, LocationId], int]
    slots: Mapping[LocationId, Sequence[int]]

    @property
    def units(self) -> int:
        return sum(order.units for order in self.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Units of a line and the location that gives them; without one they wait."""

    order_id: OrderId
    line_id: OrderLineId
    sku: Sku
    location_id: LocationId | None
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where every unit comes from, what that costs, and what no plan can cost less than."""

    shares: Sequence[Share]
    cost: int
    bound: int
    greedy_cost: int

    @property
    def gap(self) -> float:
        """Return how much dearer than the bound it is at most, as a part of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0

    @property
    def moved(self) -> int:
        return sum(one.quantity for one in self.shares if one.location_id is not None)

    @property
    def waiting(self) -> int:
        return sum(one.quantity for one in self.shares if one.location_id is None)


def slots(*, capacity: int, in_hand: int, days: int = DAYS) -> Sequence[int]:
    """Return how many more parcels a location prepares on each of the next days."""
    return [max(0, min(capacity, capacity * (day + 1) - in_hand)) for day in range(days)]


def late(by_day: Sequence[int], parcels: int) -> int:
    """Return what waiting costs when a location is given so many parcels."""
    cost = 0
    for day, most in enumerate(by_day):
        today = min(parcels, most)
        cost += today * day * LATE
        parcels -= today
    assert parcels == 0, "no location is given more than it can prepare"
    return cost


def cost(problem: Problem, shares: Iterable[Share]) -> int:
    """Return what a plan costs: its parcels, their waiting, and the units that nobody gives."""
    prices = {
        (order.order_id, place): price
        for order in problem.orders
        for line in order.lines
        for place, price in line.sources.items()
    }
    parcels = set()
    missing = 0
    for one in shares:
        if one.location_id is None:
            missing += one.quantity
        else:
            parcels.add((one.order_id, one.location_id))
    work = Counter(place for _, place in parcels)
    return (
        sum(prices[parcel] for parcel in parcels)
        + sum(late(problem.slots[place], count) for place, count in work.items())
        + missing * MISSING
    )
