"""What each rule says of a location, and all rules in one number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Final

from sellier.domain.promising.rules.distance import km_between
from sellier.domain.promising.rules.needs import Destination
from sellier.domain.promising.rules.rule_set import Rule, RuleSet
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.states import RuleKind
from sellier.kernel.ids import Sku

# Room for the sum of what one rule says of every location of a plan.
BITS: Final = 40
DEEP: Final = 20  # units from which a stock counts as deep

Gives = tuple[int, ...]
Says = Callable[[Source, Gives], int]
Km = Callable[[Source], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """Weighs locations for one destination: a higher rule outweighs all those below it."""

    kinds: Sequence[RuleKind]
    says: Sequence[Says]

    def weights(self, able: Sequence[tuple[Source, Gives]]) -> Sequence[int]:
        """Put what every rule says of each location into one number; less is better."""
        weights = [0] * len(able)
        for say in self.says:
            said = starmap(say, able)
            weights = [weight << BITS | each for weight, each in zip(weights, said, strict=True)]
        return weights

    def rule(self, ours: int, theirs: int) -> RuleKind:
        """Return the first rule that is not a tie: the highest bit that differs is its."""
        differing = (ours ^ theirs).bit_length()
        return self.kinds[-1 - (differing - 1) // BITS] if differing else RuleKind.CODE

    def decided(self, ours: int, theirs: int) -> tuple[RuleKind, tuple[int, int]]:
        """Return the first rule that is not a tie, and what it says of both."""
        digit = max(0, (ours ^ theirs).bit_length() - 1) // BITS
        low = (1 << BITS) - 1
        said = (ours >> digit * BITS & low, theirs >> digit * BITS & low)
        return self.rule(ours, theirs), said


def scales(rule_set: RuleSet, *, to: Destination, wanted: Mapping[Sku, int]) -> Scales:
    """Make the scales of a rule set for one destination."""
    rules = list(rule_set.rules)
    if all(rule.kind is not RuleKind.FEWEST_PARCELS for rule in rules):
        rules.append(Rule(kind=RuleKind.FEWEST_PARCELS))  # nobody wants more for nothing
    far: dict[str, float] = {}

    def km(source: Source) -> float:  # asked by several rules, and trigonometry takes its time
        known = far.get(source.code)
        if known is None:
            known = far[source.code] = km_to(source, to) or 0.0
        return known

    return Scales(
        kinds=[rule.kind for rule in rules],
        says=[_says(rule, rule_set, to=to, wanted=wanted, km=km) for rule in rules],
    )


def km_to(source: Source, to: Destination) -> float | None:
    """Return how far a location is, or None when the destination's place is not known."""
    if to.latitude is None or to.longitude is None:
        return None
    if source.latitude is None or source.longitude is None:
        return None
    return km_between((to.latitude, to.longitude), (source.latitude, source.longitude))


def cost(source: Source, to: Destination, rule_set: RuleSet) -> int:
    """Return what a parcel from a location costs, in minor units."""
    return _cost(source, to, rule_set, km=km_to(source, to) or 0.0)


def _cost(source: Source, to: Destination, rule_set: RuleSet, *, km: float) -> int:
    costs = rule_set.costs
    return (
        costs.parcel
        + (source.country != to.country) * costs.abroad
        + (not source.is_warehouse) * costs.boutique
        + int(km * costs.per_100_km / 100)
    )


def load_percent(source: Source) -> int:
    """Return how much of one day's work waits at a location."""
    if source.capacity is None:
        return 0
    return min(1_000, 100 * source.in_hand // source.capacity) if source.capacity else 1_000


def _says(
    rule: Rule, rule_set: RuleSet, *, to: Destination, wanted: Mapping[Sku, int], km: Km
) -> Says:
    ranks = {code: at for at, code in enumerate(rule.codes)}
    skus = tuple(wanted)

    def last_sizes(source: Source, gives: Gives) -> int:
        if source.is_warehouse:
            return 0
        has, pairs = source.available, zip(skus, gives, strict=True)
        return sum([has[sku] - given < rule.value for sku, given in pairs if given])

    def depth(source: Source, gives: Gives) -> int:
        pairs = zip(skus, gives, strict=True)
        return DEEP - min(DEEP, *[source.available[sku] for sku, given in pairs if given])

    known: Mapping[RuleKind, Says] = {
        RuleKind.FEWEST_PARCELS: lambda _source, _gives: 1,
        RuleKind.WAREHOUSES_FIRST: lambda source, _gives: not source.is_warehouse,
        RuleKind.BOUTIQUES_FIRST: lambda source, _gives: source.is_warehouse,
        RuleKind.SAME_COUNTRY: lambda source, _gives: source.country != to.country,
        RuleKind.NEAREST: lambda source, _gives: int(km(source) // rule.value),
        RuleKind.LEAST_BUSY: lambda source, _gives: load_percent(source) // rule.value,
        RuleKind.SPARE_LAST_SIZES: last_sizes,
        RuleKind.DEEPEST_STOCK: depth,
        RuleKind.CHEAPEST: lambda source, _gives: _cost(source, to, rule_set, km=km(source)),
        RuleKind.PREFERRED: lambda source, _gives: ranks.get(source.code, len(ranks)),
    }
    return known[rule.kind]
