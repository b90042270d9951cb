"""The assignment problem as a program over whole numbers, with only the sources worth a look.

Orders of one unit of the same SKU to the same destination are one group with a count. A program
tells only some sources of each group apart. The prices that its linear relaxation puts on units,
stock and work say which of the others would make it cheaper, and by how much at most: that keeps
the bound valid for all of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from sellier.domain.closures.rules.problem import LATE, MISSING, Asking, Line, Problem
from sellier.kernel.ids import LocationId, Sku


@dataclass(slots=True)
class Program:
    """Columns and rows of a program: minimize costs over whole numbers."""

    costs: list[float] = field(default_factory=list)
    uppers: list[float] = field(default_factory=list)
    rows: list[Mapping[int, float]] = field(default_factory=list)
    lowers: list[float] = field(default_factory=list)
    mosts: list[float] = field(default_factory=list)

    def column(self, cost: float, *, upper: float) -> int:
        """Add a whole number from 0 to `upper` and return its place."""
        self.costs.append(cost)
        self.uppers.append(upper)
        return len(self.costs) - 1

    def row(self, terms: Mapping[int, float], *, least: float, most: float) -> int:
        """Add a bound on a sum and return its place."""
        self.rows.append(terms)
        self.lowers.append(least)
        self.mosts.append(most)
        return len(self.rows) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Orders that differ in nothing that matters here; of several units, one order alone.

    `sources` are all that could give any of it, with what a parcel costs, the cheapest first.
    """

    orders: Sequence[Asking]
    sources: Mapping[LocationId, int]

    @property
    def lines(self) -> Sequence[Line]:
        return self.orders[0].lines

    @property
    def is_single(self) -> bool:
        return self.orders[0].units == 1


@dataclass(slots=True)
class Modeled:
    """A program, and what its columns and rows say."""

    problem: Problem
    groups: Sequence[Group]
    kept: Sequence[Collection[LocationId]]
    program: Program = field(default_factory=Program)
    # Units that a location gives to a line of a group, and the parcels of an order.
    units: dict[tuple[int, int, LocationId], int] = field(default_factory=dict)
    parcels: dict[tuple[int, LocationId], int] = field(default_factory=dict)
    # What always stays open: to give nothing, and to work later.
    open: list[int] = field(default_factory=list)
    served: dict[tuple[int, int], int] = field(default_factory=dict)  # rows
    stock: dict[tuple[Sku, LocationId], int] = field(default_factory=dict)
    work: dict[LocationId, int] = field(default_factory=dict)


Terms = defaultdict[object, dict[int, float]]


def grouped(problem: Problem) -> Sequence[Group]:
    """Put together the orders that may be counted instead of told apart."""
    groups: defaultdict[object, list[Asking]] = defaultdict(list)
    for order in problem.orders:
        first = order.lines[0]
        key = (first.sku, id(first.sources)) if order.units == 1 else order.order_id
        groups[key].append(order)
    return [
        Group(orders=orders, sources=_sources(problem, orders[0])) for orders in groups.values()
    ]


def _sources(problem: Problem, order: Asking) -> Mapping[LocationId, int]:
    found = {
        place: price
        for line in order.lines
        for place, price in line.sources.items()
        if problem.stock.get((line.sku, place), 0) > 0 and any(problem.slots[place])
    }
    return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))


def cheapest(group: Group, *, width: int) -> set[LocationId]:
    """Return the cheapest sources of each line of a group."""
    return {
        place
        for line in group.lines
        for place in islice((place for place in group.sources if place in line.sources), width)
    }


def modeled(
    problem: Problem, groups: Sequence[Group], *, kept: Sequence[Collection[LocationId]]
) -> Modeled:
    """Write the program over the sources that are kept of each group."""
    made = Modeled(problem=problem, groups=groups, kept=kept)
    stock: Terms = defaultdict(dict)
    work: Terms = defaultdict(dict)
    for at, group in enumerate(groups):
        if group.is_single:
            _write_units(made, at, stock=stock, work=work)
        else:
            _write_order(made, at, stock=stock, work=work)
    for key, terms in stock.items():
        assert isinstance(key, tuple)
        made.stock[key] = made.program.row(terms, least=0, most=problem.stock[key])
    _write_work(made, work)
    return made


def _write_units(made: Modeled, at: int, *, stock: Terms, work: Terms) -> None:
    """One unit an order: its unit is its parcel."""
    group, program = made.groups[at], made.program
    count, line = len(group.orders), group.lines[0]
    served = {_none(made, count): 1.0}
    for place in sorted(made.kept[at]):
        most = min(count, made.problem.stock[line.sku, place])
        column = made.units[at, 0, place] = program.column(group.sources[place], upper=most)
        served[column] = stock[line.sku, place][column] = work[place][column] = 1.0
    made.served[at, 0] = program.row(served, least=count, most=count)


def _write_order(made: Modeled, at: int, *, stock: Terms, work: Terms) -> None:
    """Several units: a parcel is paid for once, whatever is in it."""
    group, program = made.groups[at], made.program
    for place in sorted(made.kept[at]):
        column = made.parcels[at, place] = program.column(group.sources[place], upper=1)
        work[place][column] = 1.0
    for number, line in enumerate(group.lines):
        served = {_none(made, line.quantity): 1.0}
        for place in sorted(made.kept[at]):
            most = given_most(made.problem, line, place)
            if most:
                column = made.units[at, number, place] = program.column(0, upper=most)
                served[column] = stock[line.sku, place][column] = 1.0
                link = {column: 1.0, made.parcels[at, place]: -float(most)}
                program.row(link, least=-float(most), most=0)
        made.served[at, number] = program.row(served, least=line.quantity, most=line.quantity)


def given_most(problem: Problem, line: Line, place: LocationId) -> int:
    """Return how many units a location could give to a line."""
    if place not in line.sources:
        return 0
    return min(line.quantity, problem.stock.get((line.sku, place), 0))


def _none(made: Modeled, most: int) -> int:
    column = made.program.column(MISSING, upper=most)
    made.open.append(column)
    return column


def _write_work(made: Modeled, work: Terms) -> None:
    """Have parcels wait for their turn, and bound how many a location gets."""
    program = made.program
    for place, terms in work.items():
        days = [
            program.column(day * LATE, upper=most)
            for day, most in enumerate(made.problem.slots[place])  # type: ignore[index]
        ]
        made.open += days
        row = program.row({**terms, **dict.fromkeys(days, -1.0)}, least=0, most=0)
        made.work[place] = row  # type: ignore[index]


def improving(
    made: Modeled, duals: Sequence[float]
) -> Iterator[tuple[int, Sequence[tuple[float, LocationId]]]]:
    """Yield the sources that are not kept and would make the relaxation cheaper, by group.

    With each stands its reduced cost, the most negative first: what one parcel of it saves at most.
    """
    for at, group in enumerate(made.groups):
        # What serving it is worth; whoever costs more than that is of no use, nor are the dearer.
        worth = sum(
            line.quantity * max(0.0, duals[made.served[at, number]])
            for number, line in enumerate(group.lines)
        )
        able = takewhile(lambda each, worth=worth: each[1] < worth, group.sources.items())  # type: ignore[misc]
        found = sorted(
            (reduced, place)
            for place, price in able
            if place not in made.kept[at]
            and (reduced := _reduced(made, at, place, price=price, duals=duals)) < 0
        )
        if found:
            yield at, found


def _reduced(
    made: Modeled, at: int, place: LocationId, *, price: int, duals: Sequence[float]
) -> float:
    def dual(row: int | None) -> float:
        return 0.0 if row is None else duals[row]

    reduced = price - dual(made.work.get(place))
    for number, line in enumerate(made.groups[at].lines):
        most = 1 if made.groups[at].is_single else given_most(made.problem, line, place)
        worth = duals[made.served[at, number]] + dual(made.stock.get((line.sku, place)))
        reduced -= most * (worth if made.groups[at].is_single else max(0.0, worth))
    return reduced
