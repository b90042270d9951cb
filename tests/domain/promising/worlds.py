"""Small worlds for property tests, and a judge that tries every plan there is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID

from hypothesis import strategies as st

from sellier.domain.promising.rules import Destination, Need, Source
from sellier.domain.promising.rules.distance import km_between
from sellier.domain.promising.rules.rule_set import BOUNDS, Costs, Fences, Rule, RuleSet
from sellier.domain.promising.states import Relaxation, RuleKind, Way
from sellier.kernel.ids import LocationId, OrderLineId, Sku

SKUS = [Sku("BAG"), Sku("HAT"), Sku("SHOE")]
COUNTRIES = ["FR", "GB", "IT"]


@st.composite
def sources(draw: st.DrawFn) -> Sequence[Source]:
    count = draw(st.integers(0, 6))
    return [
        Source(
            location_id=LocationId(UUID(int=number + 1)),
            code=f"L{number}",
            is_warehouse=draw(st.booleans()),
            country=draw(st.sampled_from(COUNTRIES)),
            available=draw(st.dictionaries(st.sampled_from(SKUS), st.integers(0, 3))),
            ways=draw(st.sampled_from([frozenset({Way.SHIP}), frozenset(Way)])),
            latitude=draw(st.sampled_from([43.0, 48.9, 51.5])),
            longitude=2.0,
            banner=draw(st.sampled_from(["a", "b", None])),
            capacity=10,
            in_hand=draw(st.integers(0, 12)),
            is_open=draw(st.sampled_from([True, True, True, False])),
        )
        for number in range(count)
    ]


FRANCE = Destination(way=Way.SHIP, country="FR", latitude=48.9, longitude=2.0)


def needs() -> st.SearchStrategy[Sequence[Need]]:
    """Lines that may share a SKU, sent to one address."""
    each = st.tuples(st.sampled_from(SKUS), st.integers(1, 3))
    return st.lists(each, min_size=1, max_size=4).map(
        lambda asked: [
            Need(line_id=OrderLineId(UUID(int=100 + at)), sku=sku, quantity=quantity, to=FRANCE)
            for at, (sku, quantity) in enumerate(asked)
        ]
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    usable = [kind for kind in RuleKind if kind is not RuleKind.CODE]
    kinds = draw(st.lists(st.sampled_from(usable), unique=True, max_size=5))
    if RuleKind.WAREHOUSES_FIRST in kinds and RuleKind.BOUTIQUES_FIRST in kinds:
        kinds.remove(RuleKind.BOUTIQUES_FIRST)
    fences = Fences(
        is_same_country=draw(st.booleans()),
        banners=draw(st.sampled_from([(), (), ("a",)])),
        within_km=draw(st.sampled_from([0, 0, 500])),
        is_within_capacity=draw(st.booleans()),
        keep_last=draw(st.sampled_from([0, 0, 1])),
    )
    return RuleSet(
        max_parcels=draw(st.integers(1, 3)),
        fences=fences,
        rules=tuple(_rule(kind) for kind in kinds),
        relaxations=(),
        costs=Costs(),
    )


def _rule(kind: RuleKind) -> Rule:
    if kind is RuleKind.PREFERRED:
        return Rule(kind=kind, codes=("L3", "L1"))
    return Rule(kind=kind, value=BOUNDS[kind].usual if kind in BOUNDS else 0)


def relaxing(rule_set: RuleSet) -> RuleSet:
    """Give everything up, at last."""
    return replace(rule_set, relaxations=tuple(Relaxation))


def units(source: Source, rule_set: RuleSet, sku: Sku) -> int:
    """What the judge lets a location give: said again, plainly, and not by the code under test."""
    fences = rule_set.fences
    km = km_between((48.9, 2.0), (source.latitude or 0.0, source.longitude or 0.0))
    may = (
        source.is_open
        and Way.SHIP in source.ways
        and (source.country == "FR" or not fences.is_same_country)
        and (source.banner in fences.banners or not fences.banners)
        and (km <= fences.within_km or not fences.within_km)
        and (source.in_hand < 10 or not fences.is_within_capacity)
    )
    kept = 0 if source.is_warehouse else fences.keep_last
    return max(0, source.available.get(sku, 0) - kept) if may else 0


def plans(
    given: Sequence[Source], rule_set: RuleSet, wanted: dict[Sku, int]
) -> Iterator[tuple[Source, ...]]:
    """Every set of locations that has it all and of which none is too many."""
    able = [each for each in given if any(units(each, rule_set, sku) for sku in wanted)]
    for size in range(1, rule_set.max_parcels + 1):
        for plan in combinations(able, size):
            if all(
                sum(min(count, units(each, rule_set, sku)) for each in plan) >= count
                for sku, count in wanted.items()
            ):
                yield plan


def said(plan: tuple[Source, ...], rule: Rule, rule_set: RuleSet, wanted: dict[Sku, int]) -> int:
    """What one rule says of a plan, in sum."""
    return sum(_said_of(each, rule, rule_set, wanted) for each in plan)


def _said_of(source: Source, rule: Rule, rule_set: RuleSet, wanted: dict[Sku, int]) -> int:
    km = km_between((48.9, 2.0), (source.latitude or 0.0, source.longitude or 0.0))
    gives = {
        sku: min(count, units(source, rule_set, sku))
        for sku, count in wanted.items()
        if units(source, rule_set, sku)
    }
    left = [source.available[sku] - count for sku, count in gives.items()]
    abroad, boutique = int(source.country != "FR"), int(not source.is_warehouse)
    return {
        RuleKind.FEWEST_PARCELS: 1,
        RuleKind.CODE: 1,
        RuleKind.WAREHOUSES_FIRST: boutique,
        RuleKind.BOUTIQUES_FIRST: 1 - boutique,
        RuleKind.SAME_COUNTRY: abroad,
        RuleKind.NEAREST: int(km // (rule.value or 1)),
        RuleKind.LEAST_BUSY: 10 * source.in_hand // (rule.value or 1),
        RuleKind.SPARE_LAST_SIZES: boutique * sum(each < rule.value for each in left),
        RuleKind.DEEPEST_STOCK: 20 - min(source.available[sku] for sku in gives),
        RuleKind.CHEAPEST: 900 + 1_500 * abroad + 300 * boutique + int(km * 0.4),
        RuleKind.PREFERRED: {"L3": 0, "L1": 1}.get(source.code, 2),
    }[rule.kind]
