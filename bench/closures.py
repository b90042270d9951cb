"""30 boutiques of 300 close: 10,000 lines find other places, together and one after another.

    .venv/bin/python -m bench.closures [LINES...]

Made by a seed: 4,000 to 10,000 SKUs whose popularity is far from even, at 5 to 60 locations each,
customers in 100 towns, most of them in a few, three orders of four with one line. Together is the
plan that `closures` carries out, with HiGHS in one thread; one after another is its greedy. The gap
is what the plan costs above a bound that no plan of the whole problem can be below.
"""

import random
import sys
import time
from typing import Final
from uuid import UUID

from sellier.domain.closures.rules import Asking, Line, Problem, greedy, solve
from sellier.domain.closures.rules.problem import slots
from sellier.domain.promising.rules.distance import km_between
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku

LOCATIONS: Final = 300
CLOSED: Final = 30
WAREHOUSES: Final = 4
TOWNS: Final = 100


def problem(lines: int) -> Problem:
    chance = random.Random(lines)  # noqa: S311  the same closure each time
    places = [LocationId(UUID(int=number + 1)) for number in range(LOCATIONS - CLOSED)]
    spots = {place: (chance.uniform(36, 58), chance.uniform(-8, 20)) for place in places}
    towns = [(chance.uniform(36, 58), chance.uniform(-8, 20)) for _ in range(TOWNS)]
    warehouses = set(places[:WAREHOUSES])
    skus = [Sku(f"S{number}") for number in range(max(100, lines))]
    stock: dict[tuple[Sku, LocationId], int] = {}
    for sku in skus:
        for place in chance.sample(places, chance.randint(5, 60)):
            stock[sku, place] = chance.choice((1, 1, 1, 2, 2, 3))
        for place in warehouses:
            if chance.random() < 0.4:  # noqa: PLR2004
                stock[sku, place] = chance.randint(1, 6)
    has: dict[Sku, list[LocationId]] = {}
    for sku, place in stock:
        has.setdefault(sku, []).append(place)
    prices = [
        {
            place: 900 + 300 * (place not in warehouses) + int(0.4 * km_between(spots[place], town))
            for place in places
        }
        for town in towns
    ]
    return Problem(
        orders=orders(lines, chance, skus=skus, has=has, prices=prices),
        stock=stock,
        slots={
            place: slots(
                capacity=2_000 if place in warehouses else chance.randint(20, 80),
                in_hand=chance.randint(0, 30),
            )
            for place in places
        },
    )


def orders(
    lines: int,
    chance: random.Random,
    *,
    skus: list[Sku],
    has: dict[Sku, list[LocationId]],
    prices: list[dict[LocationId, int]],
) -> list[Asking]:
    known: dict[tuple[Sku, int], dict[LocationId, int]] = {}
    found: list[Asking] = []
    count = 0
    while count < lines:
        town = min(int(chance.expovariate(0.05)), TOWNS - 1)
        mine = []
        for _ in range(chance.choices((1, 2, 3), (75, 18, 7))[0]):
            sku = skus[int(len(skus) * chance.random() ** 1.5)]
            sources = known.setdefault(
                (sku, town), {place: prices[town][place] for place in has[sku]}
            )
            count += 1
            mine.append(
                Line(
                    line_id=OrderLineId(UUID(int=10**9 + count)),
                    sku=sku,
                    quantity=chance.choices((1, 2), (92, 8))[0],
                    sources=sources,
                )
            )
        found.append(Asking(order_id=OrderId(UUID(int=10**6 + len(found))), lines=mine))
    return found


def main() -> None:
    print("| lines | orders | seconds | cost | bound | gap | one by one | dearer by | waiting |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for lines in [int(each) for each in sys.argv[1:]] or [1_000, 10_000]:
        made = problem(lines)
        begin = time.perf_counter()
        greedy(made)
        alone = time.perf_counter() - begin
        begin = time.perf_counter()
        plan = solve(made)
        taken = time.perf_counter() - begin
        print(
            f"| {lines:,} | {len(made.orders):,} | {taken:.1f} ({alone:.1f} one by one) "
            f"| {plan.cost / 100:,.0f} | {plan.bound / 100:,.0f} | {plan.gap:.2%} "
            f"| {plan.greedy_cost / 100:,.0f} | {plan.greedy_cost / plan.cost - 1:.2%} "
            f"| {plan.waiting} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
