"""What spans several transactions: payments asked for and settled, captures, notices, and the jobs.

Everyone here may die between any two steps; whoever takes their place knows what was committed.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

from sellier.domain.carriers.rules.tracking import TrackingEvent, progress, where
from sellier.domain.carriers.states import TrackingState
from sellier.domain.orders.jobs import PATIENCE
from sellier.domain.orders.states import Cause, Work, WorkEvent
from sellier.domain.payments.errors import MoreThanCaptured, ProviderError, ProviderRefused
from sellier.domain.payments.rules import ProviderPayment, can_void, is_about, is_news
from sellier.domain.payments.states import UNDECIDED, OperationKind, OperationState, PaymentState
from sellier.kernel.errors import Refusal
from tests.simulation.loop import Loop, Process, Steps
from tests.simulation.orders import UNIT, Orders
from tests.simulation.outside import Carrier, Line, Provider
from tests.simulation.payments import Payments
from tests.simulation.stock import Stock, available
from tests.simulation.store import Row, Store, Transaction
from tests.simulation.work import Works

Result = TypeVar("Result")

# This event runs that job, as in `sellier.subscriptions`.
REACTIONS: Final = {
    "payment.void_due": "void",
    "payment.operation_due": "operate",
    "order.units_unsourced": "source",
    "parcel.moved": "take_tracking",
}
AGAIN_SECONDS: Final = 60.0


class Sagas:
    """The processes of the shop, over its verbs."""

    def __init__(self, store: Store, orders: Orders, line: Line, carrier: Carrier) -> None:
        self.loop: Loop = store.loop
        self.store, self.orders, self.line, self.carrier = store, orders, line, carrier
        self.works: Works = orders.works
        self.stock: Stock = orders.stock
        self.payments: Payments = orders.payments
        self.provider = Provider(line)
        self.provider.heard = self.hear
        carrier.heard = self.hear_of_parcel
        self.carried: set[Any] = set()

    def transact(self, body: Callable[[Transaction], Steps[Result]]) -> Steps[Result]:
        """Do something in one transaction: all of it or nothing."""
        tx = Transaction(self.store)
        try:
            result = yield from body(tx)
            yield from tx.commit()
        except BaseException:
            tx.abort()
            raise
        return result

    def pay(self, payment: Any, token: str) -> Steps[None]:
        row = yield from self.transact(lambda tx: _seen(tx, "payment", payment))
        if row["state"] is not PaymentState.CREATED:
            return
        amount = row["amount"]
        told = yield from self.line.ask(lambda: self.provider.create(payment, amount, token))
        yield from self.transact(lambda tx: self.orders.take_in(tx, payment, told))

    def settle(self, payment: Any, *, notice: ProviderPayment | None = None) -> Steps[None]:
        """Find out from the provider how a payment ended and act on it, once."""
        row = yield from self.transact(lambda tx: _seen(tx, "payment", payment))
        if notice is not None and not is_news(row["state"], notice.state):
            return
        told = yield from self.line.ask(lambda: self.provider.find(payment))

        def act(tx: Transaction) -> Steps[None]:
            if notice is not None:
                key = (notice.id, notice.state, notice.captured, notice.refunded)
                if not (yield from tx.add_once("notice", {}, key=key)):
                    return
            if told is None:
                yield from self.payments.postpone(tx, payment)
            else:
                yield from self.orders.take_in(tx, payment, told)

        yield from self.transact(act)

    def hear(self, told: ProviderPayment) -> Steps[None]:
        """Take in a notice; one that fails is sent again by nobody: recovery finds out."""
        try:
            yield from self.settle(int(told.key), notice=told)
        except ProviderError:
            return

    def hear_of_parcel(self, parcel: Any, told: Iterable[TrackingEvent]) -> Steps[None]:
        """Put what a carrier tells in order, whatever order it came in."""

        def act(tx: Transaction) -> Steps[None]:
            row = yield from tx.lock("parcel", parcel)
            if row is None:
                return
            events = tuple(progress(row["events"], told))
            after = where(events)
            tx.change("parcel", parcel, events=events, state=after)
            if after != row["state"]:
                self.payments.publish(tx, "parcel.moved", parcel)

        yield from self.transact(act)

    # The jobs of events.

    def void(self, payment: Any) -> Steps[None]:
        found = yield from self.line.ask(lambda: self.provider.find(payment))
        if found is not None and is_about(found, payment_id=payment) and can_void(found.state):
            yield from self.line.ask(lambda: self.provider.void(payment))

    def operate(self, operation: Any) -> Steps[None]:
        """Ask for a capture or refund, and record the answer, once."""
        asked = yield from self.transact(lambda tx: self.payments.claim(tx, operation))
        if asked is None:
            return
        row, _ = asked
        ask = self.provider.capture
        if row["kind"] is OperationKind.REFUND:
            ask = self.provider.refund
        key = self.key_of(operation, row)
        try:
            told = yield from self.line.ask(lambda: ask(row["payment"], key, row["amount"]))
        except ProviderError as error:
            why = error.reason if isinstance(error, ProviderRefused) else "unavailable"
            yield from self.transact(lambda tx: self.payments.not_done(tx, operation, reason=why))
            return
        yield from self.transact(lambda tx: self.payments.done(tx, operation, told=told))

    def key_of(self, operation: Any, _row: Row) -> str:
        """Return the key that makes asking again harmless."""
        return str(operation)

    def source(self, order: Any) -> Steps[None]:
        yield from self.transact(lambda tx: self.orders.source(tx, order))

    def take_tracking(self, parcel: Any) -> Steps[None]:
        """Move work on as its parcel has moved."""
        row = self.store.rows("parcel")[parcel]
        events = {
            TrackingState.DELIVERED: WorkEvent.DELIVER,
            TrackingState.LOST: WorkEvent.LOSE,
        }
        if (event := events.get(row["state"])) is None:
            return
        if self.store.rows("fulfillment")[parcel]["state"] is Work.HANDED_OVER:
            yield from self.transact(lambda tx: self.works.step(tx, parcel, event))
            if event is WorkEvent.LOSE:
                yield from self.refund_lost(parcel)

    def refund_lost(self, parcel: Any) -> Steps[None]:
        """Give back what was paid for a parcel that was lost, as far as nobody did before."""
        row = self.store.rows("fulfillment")[parcel]
        order, amount = row["order"], UNIT * sum(row["units"].values())
        kind, told = OperationKind.REFUND, f"lost:{parcel}"
        with suppress(MoreThanCaptured):
            yield from self.transact(
                lambda tx: self.payments.due(tx, kind, order=order, amount=amount, source=told)
            )

    def dispatch(self) -> Steps[None]:
        """Turn events into jobs."""

        def act(tx: Transaction) -> Steps[None]:
            for key in list(self.store.rows("outbox"))[:50]:
                row = yield from tx.lock_free("outbox", key)
                if row is not None:
                    tx.delete("outbox", key)
                    if job := REACTIONS.get(row["name"]):
                        made = {"run": job, "about": row["about"], "by": None}
                        tx.add("job", made | {"at": self.loop.now})

        if self.store.rows("outbox"):
            yield from self.transact(act)

    def work(self) -> Steps[None]:
        """Run what is due; a job that fails, or whose worker died, is run again."""
        key = yield from self.transact(self._next_job)
        if key is None:
            return
        row = self.store.rows("job")[key]
        is_done = True
        try:
            yield from getattr(self, row["run"])(row["about"])
        except (Refusal, ProviderError):
            is_done = False

        def end(tx: Transaction) -> Steps[None]:
            yield from tx.lock("job", key)
            if is_done:
                tx.delete("job", key)
            else:
                tx.change("job", key, by=None)

        yield from self.transact(end)

    def _next_job(self, tx: Transaction) -> Steps[Any]:
        for key, row in list(self.store.rows("job").items()):
            worker: Process | None = row["by"]
            if worker is None or worker.is_over:
                found = yield from tx.lock_free("job", key)
                if found is not None and found["by"] is worker:
                    tx.change("job", key, by=self.loop.current)
                    return key
        return None

    # The jobs of time.

    def settle_due(self) -> Steps[None]:
        """Ask about every payment that is due; let go of those not decided in time."""
        now = self.loop.now
        due = [
            (key, row["deadline_at"])
            for key, row in self.store.rows("payment").items()
            if row["state"] in UNDECIDED and row["check_at"] <= now
        ]
        for payment, ends in due:
            deadline = ends
            try:
                yield from self.settle(payment)
            except ProviderError:
                deadline += PATIENCE
                yield from self.transact(partial(self.payments.postpone, payment=payment))
            if now >= deadline:
                yield from self.transact(partial(self.orders.give_up, payment=payment))

    def expire(self) -> Steps[None]:
        yield from self.transact(self.stock.expire)

    def source_waiting(self) -> Steps[None]:
        """Find locations for units that wait, where stock has appeared."""
        there = {key[0] for key, row in self.store.rows("position").items() if available(row) > 0}
        waiting = {
            row["order"]
            for row in self.store.rows("fulfillment").values()
            if row["state"] is Work.UNSOURCED
            and any(self.store.rows("line")[line]["sku"] in there for line in row["units"])
        }
        for order in sorted(waiting):
            yield from self.source(order)

    def keep_time(self) -> Steps[None]:
        """Withdraw the offers that nobody took, put back what nobody collected."""
        now = self.loop.now
        works = self.store.rows("fulfillment")
        late = [
            key
            for key, row in works.items()
            if row["state"] is Work.OFFERED and row["accept_by"] <= now
        ]
        if late:
            yield from self.transact(lambda tx: self._time_out(tx, late))
        ready = [
            (key, row["order"])
            for key, row in works.items()
            if row["state"] is Work.READY and row["collect_by"] <= now
        ]
        for key, order in ready:
            yield from self.transact(partial(self.works.expire_pickup, order=order, key=key))

    def _time_out(self, tx: Transaction, late: Sequence[Any]) -> Steps[None]:
        for key in sorted(late):
            row = yield from tx.lock_free("fulfillment", key)
            if row is not None and row["state"] is Work.OFFERED:
                yield from self.works.withdraw(tx, [key], cause=Cause.TIMED_OUT)

    def operate_due(self) -> Steps[None]:
        """Ask again for what nobody knows the outcome of."""
        for key, row in list(self.store.rows("operation").items()):
            if row["state"] is OperationState.DUE and row["next_try_at"] <= self.loop.now:
                yield from self.operate(key)

    def ask_carrier(self) -> Steps[None]:
        """Send parcels off, and ask about those that nothing was heard of."""
        for key, row in list(self.store.rows("parcel").items()):
            if key not in self.carried:
                self.carried.add(key)
                self.loop.start("carrier", partial(self.carrier.carry, key), is_mortal=False)
            told = self.carrier.find(key)
            if len(told) > len(row["events"]):
                yield from self.hear_of_parcel(key, told)


def _seen(tx: Transaction, table: str, key: Any) -> Steps[Row]:
    yield from tx.look()
    row = tx.get(table, key)
    assert row is not None
    return row
