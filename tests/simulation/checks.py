"""What must always be true, looked at after every commit where it changed, and whole at the end.

A commit is checked for what it changed: where the sums held before and it changed both sides alike,
they hold. `whole` adds everything up anew, so that this reasoning is checked too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from sellier.domain.orders.states import COUNTS, KEEPS, WORK, LineState, Work
from sellier.domain.orders.states import TRANSITIONS as LINE
from sellier.domain.payments.rules import Standing, difference
from sellier.domain.payments.states import (
    OPERATION_TRANSITIONS,
    OperationKind,
    OperationState,
    PaymentState,
)
from sellier.domain.payments.states import TRANSITIONS as PAYMENT
from sellier.domain.stock.states import Condition, ReservationState
from tests.simulation.loop import BEGINNING, Violation
from tests.simulation.outside import Provider
from tests.simulation.payments import balance
from tests.simulation.stock import ASIDE
from tests.simulation.store import Changes, Row, Store

GONE: Final = frozenset({Work.HANDED_OVER, Work.DELIVERED, Work.COLLECTED, Work.LOST})
ALLOWED: Final[Mapping[str, AbstractSet[Any]]] = {
    "line": {(before, after) for (before, _), after in LINE.items()},
    "payment": {(before, after) for (before, _), after in PAYMENT.items()},
    "operation": {(before, after) for (before, _), after in OPERATION_TRANSITIONS.items()},
    "fulfillment": {(before, after) for (before, _), after in WORK.items()}
    | {(None, Work.OFFERED), (None, Work.UNSOURCED)},
}
PAID: Final = (LineState.CONFIRMED, LineState.CANCELED)
# Nobody waits to hear of these.
UNTOLD: Final = frozenset({PaymentState.REQUIRES_ACTION, OperationState.FAILED})


def must(holds: bool, what: str) -> None:  # noqa: FBT001  it reads as a sentence
    if not holds:
        raise Violation(what)


class Checks:
    """Listens to every commit of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.heard = self.hear
        self.done = 0

    def hear(self, changes: Changes) -> None:
        self.done += 1
        self._positions(changes)
        self._histories(changes)
        orders: set[Any] = set()
        for (table, key), (before, after) in changes.items():
            row = after or before
            if row is None:
                continue
            if table == "order":
                orders.add(key)
            elif "order" in row and table != "cart":
                orders.add(row["order"])
            elif table == "operation":
                orders.add(self.store.rows("payment")[row["payment"]]["order"])
        for order in orders:
            self.order(order)

    def _positions(self, changes: Changes) -> None:
        """I1 and I2: the counters change as what they count does."""
        units: Counter[Any] = Counter()
        kept: Counter[Any] = Counter()
        touched = set()
        for (table, key), (before, after) in changes.items():
            if table == "position" and before is not None and after is not None:
                touched.add(key)
                units.subtract(_by_condition(key, before, after))
                kept[key] -= after["reserved"] - before["reserved"]
            elif table == "movement" and after is not None:
                at = (after["sku"], after["at"])
                units[at, after["condition"]] += after["quantity"]
            elif table in ("reservation", "allocation"):
                for row, sign in ((before, -1), (after, 1)):
                    if row is not None and _is_kept(table, row):
                        kept[row["sku"], row["at"]] += sign * row["quantity"]
        must(not any(units.values()), f"I1: units and movements differ by {units}")
        must(not any(kept.values()), f"I2: reserved and kept differ by {kept}")
        for key in touched:
            row = self.store.rows("position")[key]
            must(0 <= row["reserved"] <= row["on_hand"], f"I2: {key} has {row}")

    def _histories(self, changes: Changes) -> None:
        """I9: each state was reached by transitions of its table, written in the same commit.

        I10: so was an event for each of them.
        """
        reached: dict[tuple[str, Any], Any] = {}
        events = 0
        for (table, _), (_, after) in changes.items():
            if table == "outbox":
                events += 1
            if table == "transition" and after is not None:
                pair = (after["before"], after["after"])
                must(pair in ALLOWED[after["kind"]], f"I9: {after['kind']} went {pair}")
                at = (after["kind"], after["of"])
                must(reached.get(at, after["before"]) == after["before"], f"I9: {at} jumped")
                reached[at] = after["after"]
        must(
            bool(events) or UNTOLD.issuperset(reached.values()),
            f"I10: nobody was told of {reached}",
        )
        for (table, key), (before, after) in changes.items():
            if table in ALLOWED and after is not None:
                was = before["state"] if before else None
                if was != after["state"] and not (was is None and table != "fulfillment"):
                    must(
                        reached.get((table, key)) == after["state"],
                        f"I9: {table} {key} is {after['state']}, its history says otherwise",
                    )

    def order(self, order: Any) -> None:
        """I3, I5, I6, I7, I8 and I16, of one order."""
        lines = dict(self.store.of("line", order))
        payments = list(self.store.of("payment", order))
        must(len(payments) == 1, f"I5: order {order} has {len(payments)} intents")
        self._units(order, lines)
        ((payment_id, payment),) = payments
        total = self.store.rows("order")[order]["total"]
        must(payment["amount"] == total, f"I8: order {order} asks for another amount")
        states = {row["state"] for row in lines.values()}
        is_held = payment["state"] is PaymentState.AUTHORIZED
        unpaid = {LineState.PENDING, LineState.LAPSED}
        must(not (is_held and states & unpaid), f"I6: money is kept for order {order}, {states}")
        for _, row in self.store.of("reservation", order):
            if row["state"] is ReservationState.OPEN:
                state = lines[row["line"]]["state"]
                must(state is LineState.PENDING, f"I16: units are reserved for a {state} line")
        self._money(payment_id, payment)

    def _units(self, order: Any, lines: dict[Any, Row]) -> None:
        counted: Counter[Any] = Counter()
        kept: Counter[Any] = Counter()
        for _, work in self.store.of("fulfillment", order):
            for line, n in work["units"].items():
                counted[line] += n if work["state"] in COUNTS else 0
                kept[line, work["at"]] += n if work["state"] in KEEPS else 0
        for _, row in self.store.of("allocation", order):
            kept[row["line"], row["at"]] -= row["quantity"]
        must(not any(kept.values()), f"I3: allocated and prepared differ by {kept}")
        for key, row in lines.items():
            units = row["quantity"] - row["canceled"] if row["state"] in PAID else 0
            must(counted[key] == units, f"I3: line {key} has {counted[key]} units for {units}")
            is_over = row["canceled"] == row["quantity"]
            must((row["state"] is LineState.CANCELED) == is_over, f"I3: line {key} is {row}")

    def _money(self, key: Any, payment: Row) -> None:
        sums: Counter[str] = Counter()
        answers = []
        for _, row in self.store.of("operation", key):
            is_capture = row["kind"] is OperationKind.CAPTURE
            if row["state"] is OperationState.DONE:
                sums["captured" if is_capture else "refunded"] += row["amount"]
                answers.append(row["told"])
            elif row["state"] is not OperationState.DROPPED:
                sums["capture_due" if is_capture else "refund_due"] += row["amount"]
        for name in ("capture_due", "captured", "refund_due", "refunded"):
            must(payment[name] == sums[name], f"I7: {name} of payment {key}: {payment}, {sums}")
        taken = payment["capture_due"] + payment["captured"]
        must(taken <= payment["amount"], f"I7: more is taken than authorized: {payment}")
        back = payment["refund_due"] + payment["refunded"]
        must(back <= taken, f"I7: more is asked back than was asked for: {payment}")
        must(payment["refunded"] <= payment["captured"], f"I7: more given back: {payment}")
        must(len(answers) == len(set(answers)), f"I7: an operation counts twice: {answers}")

    def whole(self) -> None:
        """Add up everything anew."""
        units: Counter[Any] = Counter()
        kept: Counter[Any] = Counter()
        for key, row in self.store.rows("position").items():
            units.update(_by_condition(key, None, row))
            kept[key] += row["reserved"]
        for row in self.store.rows("movement").values():
            units[(row["sku"], row["at"]), row["condition"]] -= row["quantity"]
        for table in ("reservation", "allocation"):
            for row in self.store.rows(table).values():
                if _is_kept(table, row):
                    kept[row["sku"], row["at"]] -= row["quantity"]
        must(not any(units.values()), f"I1: units on hand are not the sum of movements: {units}")
        must(not any(kept.values()), f"I2: reserved is not the sum of what is kept: {kept}")
        for order in self.store.rows("order"):
            self.order(order)
        self._sold()
        self._sources()

    def _sold(self) -> None:
        """I3: what left for an order is a sale in the ledger, unit by unit."""
        sold: Counter[Any] = Counter()
        for row in self.store.rows("movement").values():
            if row["source"].startswith("fulfillment:") and row["cause"] == "sale":
                sold[row["source"], row["sku"], row["at"]] -= row["quantity"]
        for key, work in self.store.rows("fulfillment").items():
            if work["state"] in GONE:
                for line, n in work["units"].items():
                    sku = self.store.rows("line")[line]["sku"]
                    sold[f"fulfillment:{key}", sku, work["at"]] -= n
        must(not any(sold.values()), f"I3: sales and what left differ by {sold}")

    def _sources(self) -> None:
        """I1: units that left on transfers arrived, are in transit, or are written down as lost."""
        moved = sum(
            row["quantity"]
            for row in self.store.rows("movement").values()
            if row["cause"] in ("transfer_out", "transfer_in")
        )
        transit = sum(row["transit"] for row in self.store.rows("transfer").values())
        must(moved + transit == 0, f"I1: {transit} units are in transit, the ledger says {-moved}")

    def books(self, provider: Provider, keys: Iterable[Any]) -> None:
        """I6 and I7: in the end both books agree to the cent."""
        for key in keys:
            row = self.store.rows("payment")[key]
            ours = Standing(state=row["state"], balance=balance(row), moved_at=BEGINNING)
            found = difference(ours, provider.find(key))
            must(found is None, f"I6: books of payment {key} differ: {found}, {row}")


def _is_kept(table: str, row: Row) -> bool:
    return table == "allocation" or row["state"] is ReservationState.OPEN


def _by_condition(key: Any, before: Row | None, after: Row) -> dict[Any, int]:
    """Return by how many units each condition of a position changed."""
    names = ("on_hand", *ASIDE)
    more = {name: after[name] - (before[name] if before else 0) for name in names}
    aside = {(key, Condition(name)): more[name] for name in ASIDE}
    return {(key, Condition.SELLABLE): more["on_hand"] - sum(aside.values()), **aside}
