"""What past orders would have become under other rules, without touching anything."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sellier.domain.promising.rules.fences import Question
from sellier.domain.promising.rules.needs import Need, Take
from sellier.domain.promising.rules.rule_set import RuleSet
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.rules.sourcing import decide
from sellier.domain.promising.rules.weigh import cost, km_to
from sellier.kernel.ids import ChannelId, LocationId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """What an order asked for, and what was taken for it in truth."""

    number: str
    channel_id: ChannelId
    day: date
    needs: Sequence[Need]
    served: Sequence[Take]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The stock that the orders meet: what each channel may take from each location."""

    sources: Mapping[ChannelId, Sequence[Source]]
    maisons: Mapping[Sku, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the orders went under one rule set. Sums are over the orders that were served."""

    orders: int
    unsourced: int
    parcels: int
    split: int  # orders that left in more than one parcel
    from_boutiques: int  # parcels
    abroad: int  # parcels that crossed a border
    located: int  # parcels whose distance is known
    km: int
    cost_minor: int
    load: Mapping[str, int]  # parcels by location
    busiest_day: Mapping[str, int]  # the most parcels of one day, by location

    @property
    def served(self) -> int:
        return self.orders - self.unsourced

    def each(self, total: int) -> float:
        """Return a total for each order served."""
        return total / self.served if self.served else 0.0

    def share(self, count: int) -> float:
        """Return a count of parcels as a share of them."""
        return count / self.parcels if self.parcels else 0.0


def restored(snapshot: Snapshot, orders: Sequence[PastOrder]) -> Snapshot:
    """Return the stock as it was before the orders: what was taken for them lies there again."""
    back: Counter[tuple[LocationId, Sku]] = Counter()
    for order in orders:
        for take in order.served:
            back[take.location_id, take.sku] += take.quantity
    by_place: defaultdict[LocationId, dict[Sku, int]] = defaultdict(dict)
    for (place, sku), units in back.items():
        by_place[place][sku] = units
    return replace(
        snapshot,
        sources={
            channel: [_with(source, by_place.get(source.location_id, {})) for source in sources]
            for channel, sources in snapshot.sources.items()
        },
    )


def simulate(snapshot: Snapshot, orders: Sequence[PastOrder], *, rule_set: RuleSet) -> Outcome:
    """Source past orders one after the other, each from what those before it left.

    What a location has in hand is what it was given the same day.
    """
    holders = {channel: _holders(sources) for channel, sources in snapshot.sources.items()}
    taken: dict[tuple[LocationId, Sku], int] = defaultdict(int)
    days: dict[date, Counter[LocationId]] = defaultdict(Counter)
    tally = _Tally()
    for order in sorted(orders, key=lambda each: (each.day, each.number)):
        able = holders.get(order.channel_id, {})
        day = days[order.day]
        wanted = dict.fromkeys(need.sku for need in order.needs)
        holding = {each.code: each for sku in wanted for each in able.get(sku, ())}
        sources = [
            _left(each, wanted, taken=taken, in_hand=day[each.location_id])
            for each in holding.values()
        ]
        question = Question(sources=sources, needs=order.needs, maisons=snapshot.maisons)
        takes = decide(question, rule_set).takes
        for take in takes:
            taken[take.location_id, take.sku] += take.quantity
        used = {source.location_id: source for source in sources}
        parcels = [used[place] for place in dict.fromkeys(take.location_id for take in takes)]
        day.update(source.location_id for source in parcels)
        tally.add(order, parcels, rule_set=rule_set)
    codes = {
        source.location_id: source.code for each in snapshot.sources.values() for source in each
    }
    return tally.outcome(days, codes)


@dataclass(slots=True)
class _Tally:
    """What is counted while the orders go by."""

    orders: int = 0
    unsourced: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    load: Counter[str] = field(default_factory=Counter)

    def add(self, order: PastOrder, parcels: Sequence[Source], *, rule_set: RuleSet) -> None:
        self.orders += 1
        self.unsourced += not parcels
        self.counts["split"] += len(parcels) > 1
        to = order.needs[0].to
        for source in parcels:
            km = km_to(source, to)
            self.counts["parcels"] += 1
            self.counts["from_boutiques"] += not source.is_warehouse
            self.counts["abroad"] += source.country != to.country
            self.counts["located"] += km is not None
            self.counts["km"] += round(km or 0)
            self.counts["cost_minor"] += cost(source, to, rule_set)
            self.load[source.code] += 1

    def outcome(
        self, days: Mapping[date, Counter[LocationId]], codes: Mapping[LocationId, str]
    ) -> Outcome:
        busiest: dict[str, int] = {}
        for counts in days.values():
            for place, parcels in counts.items():
                code = codes[place]
                busiest[code] = max(parcels, busiest.get(code, 0))
        names = ("parcels", "split", "from_boutiques", "abroad", "located", "km", "cost_minor")
        return Outcome(
            orders=self.orders,
            unsourced=self.unsourced,
            load=dict(self.load),
            busiest_day=busiest,
            **{name: self.counts[name] for name in names},
        )


def _with(source: Source, back: Mapping[Sku, int]) -> Source:
    if not back:
        return source
    available = Counter(source.available)
    available.update(back)
    return source._replace(available=dict(available))


def _holders(sources: Sequence[Source]) -> Mapping[Sku, Sequence[Source]]:
    holders: defaultdict[Sku, list[Source]] = defaultdict(list)
    for source in sources:
        for sku in source.available:
            holders[sku].append(source)
    return holders


def _left(
    source: Source,
    wanted: Iterable[Sku],
    *,
    taken: Mapping[tuple[LocationId, Sku], int],
    in_hand: int,
) -> Source:
    place = source.location_id
    return source._replace(
        in_hand=in_hand,
        available={
            sku: source.available.get(sku, 0) - taken.get((place, sku), 0) for sku in wanted
        },
    )
