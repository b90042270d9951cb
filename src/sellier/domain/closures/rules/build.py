"""Make the problem out of what is there: whose units, who has some, what the live rules allow."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sellier.domain.closures.rules.problem import DAYS, Asking, Line, Problem, slots
from sellier.domain.promising.rules import DEFAULT, Destination, RuleSet, Source
from sellier.domain.promising.rules.fences import spare, stopped
from sellier.domain.promising.rules.simulate import Snapshot
from sellier.domain.promising.rules.weigh import cost
from sellier.kernel.ids import (
    ChannelId,
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    Sku,
)

Excluded = Mapping[OrderId, Mapping[Sku, AbstractSet[LocationId]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Units of an order line in the work of a location that closes."""

    order_id: OrderId
    channel_id: ChannelId
    fulfillment_id: FulfillmentId
    line_id: OrderLineId
    sku: Sku
    quantity: int
    location_id: LocationId
    to: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who could serve, by which rules, and who does not any more."""

    found: Snapshot
    rule_sets: Mapping[ChannelId, RuleSet]
    closed: Collection[LocationId]
    excluded: Excluded = field(default_factory=dict)

    def rules(self, channel_id: ChannelId) -> RuleSet:
        return self.rule_sets.get(channel_id, DEFAULT)


def build(held: Sequence[Held], world: World) -> Problem:
    """Make the problem of units that are to be sent."""
    makes = _Sources(world)
    orders: dict[OrderId, dict[OrderLineId, Line]] = {}
    for one in held:
        lines = orders.setdefault(one.order_id, {})
        before = lines[one.line_id].quantity if one.line_id in lines else 0
        lines[one.line_id] = Line(
            line_id=one.line_id,
            sku=one.sku,
            quantity=before + one.quantity,
            sources=makes.of(one),
        )
    return Problem(
        orders=[
            Asking(order_id=order_id, lines=list(lines.values()))
            for order_id, lines in sorted(orders.items())
        ],
        stock=_stock(held, world),
        slots=_slots(world),
    )


def cost_before(held: Sequence[Held], world: World) -> int:
    """Return what the parcels would have cost from the locations that close."""
    sources = {
        (channel_id, source.location_id): source
        for channel_id, each in world.found.sources.items()
        for source in each
    }
    parcels = {(one.order_id, one.location_id): one for one in held}
    return sum(
        cost(source, one.to, world.rules(one.channel_id))
        for one in parcels.values()
        if (source := sources.get((one.channel_id, one.location_id))) is not None
    )


class _Sources:
    """Who may send what where, and for how much; the same question gets the same mapping."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.able: dict[tuple[ChannelId, Destination], Sequence[tuple[Source, int]]] = {}
        self.known: dict[
            tuple[ChannelId, Destination, Sku, frozenset[LocationId]], Mapping[LocationId, int]
        ] = {}

    def of(self, one: Held) -> Mapping[LocationId, int]:
        barred = frozenset(self.world.excluded.get(one.order_id, {}).get(one.sku, ()))
        key = one.channel_id, one.to, one.sku, barred
        if key not in self.known:
            fences = self.world.rules(one.channel_id).fences
            maison = self.world.found.maisons.get(one.sku)
            self.known[key] = {
                source.location_id: price
                for source, price in self._able(one.channel_id, one.to)
                if source.location_id not in barred
                and spare(source, one.sku, fences, maison=maison) > 0
            }
        return self.known[key]

    def _able(self, channel_id: ChannelId, to: Destination) -> Sequence[tuple[Source, int]]:
        key = channel_id, to
        if key not in self.able:
            rules = self.world.rules(channel_id)
            self.able[key] = [
                (source, cost(source, to, rules))
                for source in self.world.found.sources.get(channel_id, ())
                if source.location_id not in self.world.closed
                and stopped(source, to, rules.fences) is None
            ]
        return self.able[key]


def _stock(held: Sequence[Held], world: World) -> Mapping[tuple[Sku, LocationId], int]:
    """Return what each location gives; where channels get different amounts, the least of them."""
    asked: dict[ChannelId, set[Sku]] = {}
    for one in held:
        asked.setdefault(one.channel_id, set()).add(one.sku)
    stock: dict[tuple[Sku, LocationId], int] = {}
    for channel_id, skus in asked.items():
        fences = world.rules(channel_id).fences
        for source in world.found.sources.get(channel_id, ()):
            for sku in skus & source.available.keys():
                units = spare(source, sku, fences, maison=world.found.maisons.get(sku))
                key = sku, source.location_id
                stock[key] = min(stock.get(key, units), units)
    return {key: units for key, units in stock.items() if units > 0}


def _slots(world: World) -> Mapping[LocationId, Sequence[int]]:
    """Return how much more work each location takes: for today alone where a fence says so."""
    found: dict[LocationId, Sequence[int]] = {}
    for channel_id, sources in world.found.sources.items():
        days = 1 if world.rules(channel_id).fences.is_within_capacity else DAYS
        for source in sources:
            by_day = slots(capacity=source.capacity or 0, in_hand=source.in_hand, days=days)
            found[source.location_id] = min(found.get(source.location_id, by_day), by_day, key=len)
    return found
