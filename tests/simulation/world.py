"""One history of one small shop: first with faults, then without, until all is done."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sellier.domain.orders.states import LineState, Work
from sellier.domain.payments.states import UNDECIDED, OperationState
from sellier.domain.promising.states import Way
from sellier.domain.stock.states import Cause, Condition, ReservationState
from sellier.kernel.ids import Sku
from tests.simulation.checks import Checks
from tests.simulation.loop import Loop, Steps, Violation
from tests.simulation.orders import Orders
from tests.simulation.outside import Carrier, Line, Weather
from tests.simulation.payments import Payments
from tests.simulation.people import People
from tests.simulation.sagas import Sagas
from tests.simulation.stock import ASIDE, Stock
from tests.simulation.store import Row, Store
from tests.simulation.work import Works

OPERATIONS: Final = 10_000  # with faults; then as many as it takes to finish
DAYS: Final = 40  # that finishing may take
WAITS: Final = frozenset(
    {
        *(Work.UNSOURCED, Work.OFFERED, Work.ACCEPTED, Work.PICKED, Work.PACKED),
        *(Work.READY, Work.HANDED_OVER),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a history is made of; a planted fault is a part that does it wrong."""

    stock: type[Stock] = Stock
    payments: type[Payments] = Payments
    works: type[Works] = Works
    orders: type[Orders] = Orders
    sagas: type[Sagas] = Sagas


class World:
    """A shop, its people, its processes, and the weather."""

    def __init__(self, seed: int, parts: Parts) -> None:
        self.seed = seed
        self.loop = Loop(seed)
        self.store = Store(self.loop)
        self.checks = Checks(self.store)
        stock, payments = parts.stock(), parts.payments()
        orders = parts.orders(stock, payments, parts.works(stock, payments))
        chance = self.loop.chance
        self.line = Line(self.loop, _weather(self.loop))
        carrier = Carrier(self.line, loses=chance.choice((0.0, 0.1)))
        self.sagas = parts.sagas(self.store, orders, self.line, carrier)
        skus = [Sku(f"S{n}") for n in range(chance.randint(1, 3))]
        places = self._stocked(skus)
        self.people = People(self.sagas, skus=skus, places=places)
        # Slow statements are open transactions: the slower, the more of them meet.
        self.loop.slow = chance.choice((0.01, 4.0, 20.0))
        self.loop.deadly = chance.choice((0.0, 0.002, 0.01, 0.03))
        self.pace = chance.choice((30.0, 120.0, 600.0))
        self.rush = chance.choice((2.0, 30.0, 200.0))  # seconds between customers
        self.is_over = False
        self._begin(places)

    def run(self) -> None:
        """Run the history; raises `Violation` with the seed that shows it."""
        try:
            self.loop.run(operations=OPERATIONS, until=lambda: False)
            self.calm_down()
            self.loop.run(until=lambda: self.is_over)
            self.finish()
        except Violation as error:
            raise Violation(f"seed {self.seed}, step {self.loop.operations}: {error}") from error

    def calm_down(self) -> None:
        """End all faults: from here everything has to come to an end."""
        self.checks.whole()
        self.loop.deadly, self.loop.slow = 0.0, 0.01
        self.line.weather = Weather()
        self.people.is_calm = True
        self.loop.start("examiner", self._examine)

    def finish(self) -> None:
        self.checks.whole()
        held = [
            key
            for key in self.store.rows("payment")
            if all(
                row["state"] is not OperationState.FAILED
                for _, row in self.store.of("operation", key)
            )
        ]
        self.checks.books(self.sagas.provider, held)

    def undone(self) -> Counter[str]:
        """Count what is not at its end (I16, I17)."""
        rows = self.store.rows
        found = Counter(
            {
                "jobs": len(rows("job")),
                "events": len(rows("outbox")),
                "transit": sum(row["transit"] for row in rows("transfer").values()),
            }
        )
        found["lines"] = sum(r["state"] is LineState.PENDING for r in rows("line").values())
        found["payments"] = sum(r["state"] in UNDECIDED for r in rows("payment").values())
        found["works"] = sum(r["state"] in WAITS for r in rows("fulfillment").values())
        kept = ReservationState.OPEN
        found["operations"] = sum(map(self._is_due, rows("operation").values()))
        found["reservations"] = sum(r["state"] is kept for r in rows("reservation").values())
        return +found

    def _is_due(self, row: Row) -> bool:
        """Tell whether a capture or refund is under way; one that waits for a failed one is not.

        The desk let money go there that we were about to take: a person has to look, and is told.
        """
        others = self.store.of("operation", row["payment"])
        has_failed = any(other["state"] is OperationState.FAILED for _, other in others)
        return row["state"] is OperationState.DUE and not has_failed

    def _examine(self) -> Steps[None]:
        """Slow down bit by bit, as less is left to do, and look whether anything is."""
        end = self.loop.seconds + DAYS * 86_400
        while self.loop.seconds < end:
            yield 1_800.0
            self.pace = min(self.pace * 1.5, 4 * 3_600)
            if not self.undone():
                self.is_over = True
                return
        raise Violation(f"I17: not at its end after {DAYS} days without faults: {self.undone()}")

    def _stocked(self, skus: Iterable[Sku]) -> list[Any]:
        """Open a warehouse and boutiques, with few units in each."""
        chance, both = self.loop.chance, frozenset({Way.SHIP, Way.COLLECT})
        places = []
        for number in range(chance.randint(2, 4)):
            ways = frozenset({Way.SHIP}) if number == 0 else both
            place = self.store.new_id()
            about = {"code": f"P{number}", "is_warehouse": number == 0, "ways": ways}
            self.store.apply({("location", place): about})
            places.append(place)
            for sku in skus:
                units = chance.randint(0, 8)
                row = dict.fromkeys(("on_hand", "reserved", "short", *ASIDE), 0)
                self.store.apply({("position", (sku, place)): {**row, "lent": None}})
                self._receive(sku, place, units)
        return places

    def _receive(self, sku: Sku, place: Any, units: int) -> None:
        row = self.store.rows("position")[sku, place]
        said = {"sku": sku, "at": place, "quantity": units, "source": "opening"}
        said |= {"condition": Condition.SELLABLE, "cause": Cause.RECEIPT}
        after = {**row, "on_hand": units}
        writes = {("position", (sku, place)): after, ("movement", self.store.new_id()): said}
        self.store.apply(writes)

    def _begin(self, places: Iterable[Any]) -> None:
        sagas, people = self.sagas, self.people
        for job in (sagas.settle_due, sagas.expire, sagas.source_waiting, sagas.keep_time):
            self.every(job)
        for job in (sagas.operate_due, sagas.ask_carrier, people.receive):
            self.every(job)
        self.every(sagas.dispatch, share=0.2)
        for _ in range(2):
            self.every(sagas.work, share=0.1)
        for place in places:
            for _ in range(2):
                self.every(partial(people.prepare, place), share=0.4)
        self.every(people.desk, share=0.5)
        self.every(people.handle, is_for_storms=True)
        self.every(people.void_there, is_for_storms=True, share=20)
        self.loop.start("arrivals", self._arrive, is_mortal=False)

    def every(
        self, job: Callable[[], Steps[None]], *, share: float = 1.0, is_for_storms: bool = False
    ) -> None:
        """Do something again and again; whoever dies of it is replaced."""

        def go() -> Steps[None]:
            while not (is_for_storms and self.people.is_calm):
                yield self.loop.chance.random() * 2 * self.pace * share
                yield from job()

        self.loop.start("job", go, is_reborn=True)

    def _arrive(self) -> Steps[None]:
        while not self.people.is_calm:
            yield self.loop.chance.expovariate(1 / self.rush)
            for _ in range(self.loop.chance.choice((1, 1, 2, 6))):
                self.people.come()


def _weather(loop: Loop) -> Weather:
    chance = loop.chance
    return Weather(
        loses=chance.choice((0.0, 0.02, 0.2)),
        drops=chance.choice((0.0, 0.1, 0.5)),
        repeats=chance.choice((0, 1, 4)),
        late=chance.choice((0.5, 20.0, 600.0)),
        slow=chance.choice((0.2, 5.0)),
    )
