"""Plan everything together: price sources in, solve over whole numbers, compare with greedy."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from math import ceil, floor
from typing import Any, Final

from sellier.domain.closures.errors import PlannerMissing
from sellier.domain.closures.rules.greedy import Left, greedy, serve
from sellier.domain.closures.rules.model import (
    Modeled,
    Program,
    cheapest,
    grouped,
    improving,
    modeled,
)
from sellier.domain.closures.rules.problem import Asking, Plan, Problem, Share, cost
from sellier.kernel.ids import LocationId, OrderId

SECONDS: Final = 28.0
GAP: Final = 0.002
FOR_WHOLE: Final = 0.3  # of the time is kept for whole numbers
WIDTH: Final = 6  # sources told apart at first, of each line
MORE: Final = 6  # and how many more at a time
ROUNDS: Final = 12
NEAR: Final = 400  # minor units from being used: a whole plan may need it where the relaxed did not
TINY: Final = 1e-6
_QUIET: Final = "_Highs"

# A line of an order, the location that gives, and how many units.
Given = tuple[Asking, int, LocationId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    cost: float
    values: Sequence[float]
    reduced: Sequence[float]
    duals: Sequence[float]


def solve(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """Plan all orders together, in about so many seconds at most.

    Never dearer than greedy. The bound holds for the whole problem, not only for the sources that
    were looked at. Raises `PlannerMissing`.
    """
    until = time.monotonic() + seconds
    highs = _highs()
    compared = greedy(problem)
    plans = [(cost(problem, compared), compared)]
    bound = 0
    if problem.orders:
        made, relaxed, bound = _relaxed(
            highs, problem, known=compared, until=until - FOR_WHOLE * seconds
        )
        if relaxed is not None:
            values = _whole(highs, made, relaxed, seconds=until - time.monotonic())
            shares = _filled(made, values)
            plans.append((cost(problem, shares), shares))
    price, shares = min(plans, key=lambda plan: plan[0])
    return Plan(
        shares=sorted(shares, key=_place),
        cost=price,
        bound=min(bound, price),
        greedy_cost=plans[0][0],
    )


def _place(share: Share) -> tuple[object, ...]:
    waits = share.location_id is None
    return share.order_id, share.line_id, waits, share.location_id or share.order_id


def _highs() -> Any:
    try:
        return import_module("highspy._core")
    except ModuleNotFoundError as error:
        raise PlannerMissing(
            "Planning closures needs HiGHS: install Sellier with its extra, sellier[planning]."
        ) from error


def _relaxed(
    highs: Any, problem: Problem, *, known: Sequence[Share], until: float
) -> tuple[Modeled, _Solved | None, int]:
    """Solve the relaxation, taking sources in until no other would make it cheaper.

    It begins with the cheapest, and with those of a plan that is known to hold.
    """
    groups = grouped(problem)
    used: defaultdict[OrderId, set[LocationId]] = defaultdict(set)
    for share in known:
        if share.location_id is not None:
            used[share.order_id].add(share.location_id)
    kept: list[set[LocationId]] = [
        cheapest(group, width=WIDTH).union(*(used[order.order_id] for order in group.orders))
        for group in groups
    ]
    last, bound = None, 0.0
    for _ in range(ROUNDS):
        made = modeled(problem, groups, kept=kept)
        found = _solved(highs, _lp(highs, made.program), seconds=until - time.monotonic())
        if found is None:
            break
        last = made, found
        better = list(improving(made, found.duals))
        saved = sum(_units(made, at) * sources[0][0] for at, sources in better)
        bound = max(bound, found.cost + saved)
        if -saved <= GAP * found.cost:
            break
        for at, sources in better:
            kept[at] = kept[at] | {place for _, place in sources[:MORE]}
    whole = ceil(bound - TINY * bound)  # costs are whole, and so is the least of them
    return (*last, whole) if last else (made, None, whole)


def _units(made: Modeled, at: int) -> int:
    return sum(order.units for order in made.groups[at].orders)


def _whole(highs: Any, made: Modeled, relaxed: _Solved, *, seconds: float) -> Sequence[int]:
    """Solve over whole numbers, with what the relaxation uses or nearly does.

    What it decided for whole orders stays, but for those that ask for the same SKUs as others that
    it cut in pieces.
    """
    fixed = _settled(made, relaxed.values)
    lowers, uppers = [0.0] * len(relaxed.values), list(made.program.uppers)
    open_ = set(made.open)
    for at, value in enumerate(relaxed.values):
        if at in fixed:
            lowers[at] = uppers[at] = round(value)
        elif at not in open_ and value <= TINY and relaxed.reduced[at] > NEAR:
            uppers[at] = 0.0
    lp = _lp(highs, made.program)
    lp.col_lower_, lp.col_upper_ = lowers, uppers
    lp.integrality_ = [highs.HighsVarType.kInteger] * len(made.program.costs)
    found = _solved(highs, lp, seconds=seconds)
    if found is None:
        return [floor(value + TINY) for value in relaxed.values]
    return [round(value) for value in found.values]


def _settled(made: Modeled, values: Sequence[float]) -> AbstractSet[int]:
    """Return the columns of orders that compete with none that is cut in pieces."""
    columns = [(at, column) for (at, *_), column in made.units.items()]
    columns += [(at, column) for (at, _), column in made.parcels.items()]
    cut = {at for at, column in columns if abs(values[column] - round(values[column])) > TINY}
    skus = {line.sku for at in cut for line in made.groups[at].lines}
    loose = {
        at for at, group in enumerate(made.groups) if any(line.sku in skus for line in group.lines)
    }
    return {column for at, column in columns if at not in loose}


def _solved(highs: Any, lp: Any, *, seconds: float) -> _Solved | None:
    """Run the solver; None when it found nothing in time."""
    if seconds <= 0:
        return None
    # Not `Highs`: that one greets on standard output, which belongs to whoever asked.
    solver = getattr(highs, _QUIET)()
    for name, value in (
        ("output_flag", False),
        ("time_limit", seconds),
        ("mip_rel_gap", GAP / 2),
        ("parallel", "off"),
        ("random_seed", 1),
        ("mip_heuristic_run_feasibility_jump", False),  # it does not look at the clock
    ):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    solver.run()
    info, found = solver.getInfo(), solver.getSolution()
    if info.primal_solution_status != highs.SolutionStatus.kSolutionStatusFeasible:
        return None
    return _Solved(
        cost=info.objective_function_value,
        values=found.col_value,
        reduced=found.col_dual,
        duals=found.row_dual,
    )


def _lp(highs: Any, program: Program) -> Any:
    lp = highs.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.costs), len(program.rows)
    lp.col_cost_, lp.col_upper_ = program.costs, program.uppers
    lp.col_lower_ = [0.0] * len(program.costs)
    lp.row_lower_, lp.row_upper_ = program.lowers, program.mosts
    starts, columns, values = [0], [], []
    for terms in program.rows:
        columns += list(terms)
        values += list(terms.values())
        starts.append(len(columns))
    lp.a_matrix_.format_ = highs.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, columns, values
    return lp


def _filled(made: Modeled, values: Sequence[int]) -> Sequence[Share]:
    """Turn a solution into a plan that holds; what it leaves is served by who is left."""
    problem, left = made.problem, Left(made.problem)
    short = {line.line_id: line.quantity for order in problem.orders for line in order.lines}
    for order, number, place, most in _given(made, values):
        line = order.lines[number]
        most_left = min(most, short[line.line_id])
        short[line.line_id] -= left.take(
            order.order_id, line.line_id, line.sku, place=place, most=most_left
        )
    for order in problem.orders:
        serve(left, order, {line.line_id: short[line.line_id] for line in order.lines})
    return left.shares()


def _given(made: Modeled, values: Sequence[int]) -> Iterator[Given]:
    """Hand units of a group to its orders, in their order."""
    turns: defaultdict[int, int] = defaultdict(int)
    for (at, number, place), column in made.units.items():
        orders: Collection[Asking] = made.groups[at].orders
        if not made.groups[at].is_single:
            yield made.groups[at].orders[0], number, place, values[column]
            continue
        for order in made.groups[at].orders[turns[at] : turns[at] + values[column]]:
            yield order, number, place, 1
        turns[at] = min(len(orders), turns[at] + values[column])
