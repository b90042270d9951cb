"""The plan as a pure function: what must hold of every plan, and what only an oracle knows."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import given, settings

from sellier.domain.closures.rules import Asking, Line, Problem, Share, cost, greedy, solve
from sellier.domain.closures.rules.problem import LATE, MISSING, slots
from sellier.domain.closures.rules.solve import GAP
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku

PLACES = [LocationId(UUID(int=number + 1)) for number in range(4)]
SKUS = [Sku("A"), Sku("B")]
FEW = settings(max_examples=60, deadline=None)


@st.composite
def problems(draw: st.DrawFn, *, orders_most: int = 5, places: int = 4) -> Problem:
    prices = [{place: draw(st.integers(100, 2_000)) for place in PLACES[:places]} for _ in range(2)]
    stock = {(sku, place): draw(st.integers(0, 3)) for sku in SKUS for place in PLACES[:places]}
    orders = []
    for number in range(draw(st.integers(1, orders_most))):
        price = prices[draw(st.integers(0, 1))]
        chosen = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=2, unique=True))
        lines = [
            Line(
                line_id=OrderLineId(UUID(int=100 + 10 * number + at)),
                sku=sku,
                quantity=draw(st.integers(1, 2)),
                sources={
                    place: minor for place, minor in price.items() if stock[sku, place] and minor
                },
            )
            for at, sku in enumerate(chosen)
        ]
        orders.append(Asking(order_id=OrderId(UUID(int=10_000 + number)), lines=lines))
    days = draw(st.sampled_from((1, 2)))
    work = {
        place: slots(capacity=draw(st.integers(0, 3)), in_hand=draw(st.integers(0, 2)), days=days)
        for place in PLACES
    }
    return Problem(orders=orders, stock=stock, slots=work)


def assert_holds(problem: Problem, shares: Sequence[Share]) -> None:
    """No more than there is, no more than can be prepared, every unit once."""
    given_units: Counter[tuple[Sku, LocationId]] = Counter()
    by_line: Counter[OrderLineId] = Counter()
    parcels = set()
    for one in shares:
        assert one.quantity > 0
        by_line[one.line_id] += one.quantity
        if one.location_id is not None:
            given_units[one.sku, one.location_id] += one.quantity
            parcels.add((one.order_id, one.location_id))
    assert all(units <= problem.stock[key] for key, units in given_units.items())
    work = Counter(place for _, place in parcels)
    assert all(count <= sum(problem.slots[place]) for place, count in work.items())
    asked = {line.line_id: line.quantity for order in problem.orders for line in order.lines}
    assert by_line == asked
    sources = {line.line_id: line.sources for order in problem.orders for line in order.lines}
    assert all(
        one.location_id in sources[one.line_id] for one in shares if one.location_id is not None
    )


@given(problems())
@FEW
def test_every_plan_holds_and_is_never_dearer_than_greedy(problem: Problem) -> None:
    plan = solve(problem)
    assert_holds(problem, plan.shares)
    assert_holds(problem, greedy(problem))
    assert plan.cost == cost(problem, plan.shares)
    assert plan.bound <= plan.cost <= plan.greedy_cost == cost(problem, greedy(problem))


@given(problems())
@settings(max_examples=15, deadline=None)
def test_the_same_problem_gets_the_same_plan(problem: Problem) -> None:
    assert solve(problem) == solve(problem)


@given(problems(orders_most=2, places=3))
@FEW
def test_no_plan_is_cheaper_than_the_bound_says(problem: Problem) -> None:
    """The oracle tries them all, unit by unit."""
    plan = solve(problem)
    best = min(cost(problem, shares) for shares in _all(problem))
    assert plan.bound <= best <= plan.cost
    assert plan.cost <= best * (1 + 5 * GAP) + 1


def _all(problem: Problem) -> Sequence[Sequence[Share]]:
    units = [
        (order, line)
        for order in problem.orders
        for line in order.lines
        for _ in range(line.quantity)
    ]
    ways = [(None, *line.sources) for _, line in units]
    found = []
    for chosen in product(*ways):
        counted = Counter(
            (order.order_id, line.line_id, line.sku, place)
            for (order, line), place in zip(units, chosen, strict=True)
        )
        shares = [
            Share(order_id=order_id, line_id=line_id, sku=sku, location_id=place, quantity=quantity)
            for (order_id, line_id, sku, place), quantity in counted.items()
        ]
        try:
            assert_holds(problem, shares)
        except AssertionError:
            continue
        found.append(shares)
    return found


def test_what_greedy_gives_away_is_kept_for_whoever_needs_it() -> None:
    """Two orders, and the first can be served by either place, the second by one alone."""
    near, far = PLACES[:2]

    def order(number: int, sources: dict[LocationId, int]) -> Asking:
        line = Line(
            line_id=OrderLineId(UUID(int=100 + number)), sku=SKUS[0], quantity=1, sources=sources
        )
        return Asking(order_id=OrderId(UUID(int=number)), lines=[line])

    problem = Problem(
        orders=[order(1, {near: 100, far: 150}), order(2, {near: 100})],
        stock={(SKUS[0], near): 1, (SKUS[0], far): 1},
        slots={near: [9], far: [9]},
    )
    plan = solve(problem)
    assert (plan.cost, plan.bound, plan.waiting) == (250, 250, 0)
    assert plan.greedy_cost == 100 + MISSING


def test_an_order_stays_together_where_that_is_cheaper() -> None:
    one, both = PLACES[:2]
    sources = {one: 500, both: 700}
    lines = [
        Line(line_id=OrderLineId(UUID(int=1)), sku=SKUS[0], quantity=1, sources=sources),
        Line(line_id=OrderLineId(UUID(int=2)), sku=SKUS[1], quantity=1, sources={both: 700}),
    ]
    problem = Problem(
        orders=[Asking(order_id=OrderId(UUID(int=9)), lines=lines)],
        stock={(SKUS[0], one): 1, (SKUS[0], both): 1, (SKUS[1], both): 1},
        slots={one: [9], both: [9]},
    )
    plan = solve(problem)
    assert {share.location_id for share in plan.shares} == {both}
    assert plan.cost == 700


def test_work_beyond_a_day_costs_waiting_and_is_never_beyond_what_can_be_done() -> None:
    (place,) = PLACES[:1]
    orders = [
        Asking(
            order_id=OrderId(UUID(int=number)),
            lines=[
                Line(
                    line_id=OrderLineId(UUID(int=50 + number)),
                    sku=SKUS[0],
                    quantity=1,
                    sources={place: 100},
                )
            ],
        )
        for number in range(4)
    ]
    by_day = slots(capacity=2, in_hand=1, days=2)
    assert by_day == [1, 2]
    problem = Problem(orders=orders, stock={(SKUS[0], place): 9}, slots={place: by_day})
    plan = solve(problem)
    assert (plan.moved, plan.waiting) == (3, 1)
    assert plan.cost == 3 * 100 + 2 * LATE + MISSING


def test_nothing_asked_for_is_planned_at_once() -> None:
    plan = solve(Problem(orders=[], stock={}, slots={}))
    assert (plan.shares, plan.cost, plan.gap) == ([], 0, 0.0)
