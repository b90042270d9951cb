"""Many carts want one SKU at the same moment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.promising.rules import (
    Need,
    Question,
    RuleSet,
    Sale,
    Source,
    Take,
    Want,
    decide,
    share_out,
)
from sellier.domain.promising.rules.rule_set import DEFAULT
from sellier.kernel.ids import CartId, LocationId, OrderLineId
from tests.domain.promising import worlds

BAG = worlds.SKUS[0]
QUANTITIES = st.lists(st.integers(1, 4), max_size=12)


def wants(quantities: Sequence[int]) -> Sequence[Want]:
    return [Want(cart_id=CartId(UUID(int=n)), quantity=q) for n, q in enumerate(quantities)]


def sale(rule_set: RuleSet = DEFAULT) -> Sale:
    return Sale(sku=BAG, to=worlds.FRANCE, rule_set=rule_set, maisons={})


def alone(sources: Sequence[Source], rule_set: RuleSet, quantity: int) -> Sequence[Take]:
    """What an order of its own would get, of what is there."""
    need = Need(line_id=OrderLineId(UUID(int=1)), sku=BAG, quantity=quantity, to=worlds.FRANCE)
    return decide(Question(sources=sources, needs=[need]), rule_set).takes


def left(sources: Sequence[Source], given: Counter[LocationId]) -> Sequence[Source]:
    return [
        source._replace(available={BAG: source.available.get(BAG, 0) - given[source.location_id]})
        for source in sources
    ]


@given(worlds.sources(), QUANTITIES, worlds.rule_sets())
def test_nobody_is_turned_away_for_units_that_are_left(
    sources: Sequence[Source], quantities: Sequence[int], rule_set: RuleSet
) -> None:
    shared = share_out(wants(quantities), sale(rule_set), sources)

    units: Counter[LocationId] = Counter()
    carts: Counter[CartId] = Counter()
    for one in shared.given:
        units[one.location_id] += one.quantity
        carts[one.cart_id] += one.quantity
    remaining = left(sources, units)
    assert all(source.available[BAG] >= 0 for source in remaining)
    for want in shared.refused:
        assert not alone(remaining, rule_set, want.quantity)
    served = {want.cart_id: want.quantity for want in wants(quantities)}
    for want in shared.refused:
        del served[want.cart_id]
    assert carts == served


@given(worlds.sources(), worlds.rule_sets(), st.integers(1, 3))
def test_who_comes_alone_is_served_as_an_order_is(
    sources: Sequence[Source], rule_set: RuleSet, quantity: int
) -> None:
    shared = share_out(wants([quantity]), sale(rule_set), sources)
    takes = alone(sources, rule_set, quantity)
    assert [(one.location_id, one.quantity) for one in shared.given] == [
        (take.location_id, take.quantity) for take in takes
    ]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 3))
def test_a_crowd_takes_no_last_size_that_somebody_alone_would_have_spared(
    boutique: int, warehouse: int, keeps: int
) -> None:
    rules = replace(DEFAULT, fences=replace(DEFAULT.fences, keep_last=keeps), relaxations=())
    places = [
        Source(
            LocationId(UUID(int=1)),
            "A",
            is_warehouse=False,
            country="FR",
            available={BAG: boutique},
        ),
        Source(
            LocationId(UUID(int=2)),
            "B",
            is_warehouse=True,
            country="FR",
            available={BAG: warehouse},
        ),
    ]
    shared = share_out(wants([1] * 20), sale(rules), places)
    assert len(shared.given) == max(0, boutique - keeps) + warehouse
