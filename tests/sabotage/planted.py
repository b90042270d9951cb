"""Faults that somebody may make one day, planted into the simulated shop on purpose.

Each is a verb that does it wrong; `CAUGHT_BY` says which invariant has to notice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sellier.domain.orders.states import LineEvent, WorkEvent
from sellier.domain.payments.rules import ProviderPayment
from sellier.domain.payments.states import OperationKind, PaymentEvent
from sellier.domain.stock.rules import Move
from sellier.domain.stock.service import Units
from sellier.domain.stock.states import Cause, ReservationState
from sellier.kernel.ids import Sku
from tests.simulation.loop import Steps
from tests.simulation.orders import Orders
from tests.simulation.payments import Payments
from tests.simulation.sagas import REACTIONS, Sagas
from tests.simulation.stock import Stock, available
from tests.simulation.store import Row, Transaction
from tests.simulation.work import Works
from tests.simulation.world import Parts


class TakesWithoutCondition(Stock):
    def take(self, tx: Transaction, units: Units) -> Steps[Row | None]:
        key = (units.sku, units.location_id)
        more = units.quantity
        return (
            yield from tx.update(
                "position", key, lambda _row: True, lambda row: {"reserved": row["reserved"] + more}
            )
        )


class ReadsThenWrites(Stock):
    def take(self, tx: Transaction, units: Units) -> Steps[Row | None]:
        yield from tx.look()
        row = tx.get("position", (units.sku, units.location_id))
        if row is None or available(row) < units.quantity:
            return None
        reserved = row["reserved"] + units.quantity
        yield from tx.write("position", (units.sku, units.location_id), reserved=reserved)
        return row


class ChecksThenTakes(TakesWithoutCondition):
    def take(self, tx: Transaction, units: Units) -> Steps[Row | None]:
        yield from tx.look()
        row = tx.get("position", (units.sku, units.location_id))
        if row is None or available(row) < units.quantity:
            return None
        return (yield from super().take(tx, units))


class LocksInAnyOrder(Stock):
    def turns(self, keys: Any) -> Sequence[tuple[Sku, Any]]:
        return sorted(keys, reverse=True)


class EndsWhatIsPaid(Stock):
    """A reservation that became an allocation is ended all the same."""

    def ended(self, tx: Transaction, skus: Sequence[Sku] = ()) -> list[tuple[Any, Row]]:
        found = [
            (key, row)
            for key, row in tx.store.rows("reservation").items()
            if row["state"] in (ReservationState.OPEN, ReservationState.COMMITTED)
            and row["ends"] <= tx.began
            and (not skus or row["sku"] in skus)
        ]
        for key, row in found:
            tx.store.rows("reservation")[key]["state"] = row["state"] = ReservationState.OPEN
        return found


class GivesNothingBack(Stock):
    def give_up(self, tx: Transaction, units: Sequence[Units]) -> Steps[None]:
        yield from self.end(tx, units)


class ShipsWithoutMovement(Stock):
    def move(
        self, tx: Transaction, moves: Sequence[Move], *, cause: Cause, source: str
    ) -> Steps[bool]:
        if cause is Cause.SALE:
            yield from tx.look()
            return True
        return (yield from super().move(tx, moves, cause=cause, source=source))


class CommitsWithoutCheck(Stock):
    """Units move to another location, and nobody looks whether it has them."""

    def commit(self, tx: Transaction, *, order: Any, units: Sequence[Units]) -> Steps[None]:
        yield from TakesWithoutCondition().commit(tx, order=order, units=units)


class LocksPaymentsLast(Works):
    """Work comes to its payment last, and whoever acts on the provider's news comes from it."""

    def money(self, _tx: Transaction, _order: Any) -> Steps[None]:
        yield from ()


class DependsOnTheSweeper(Orders):
    def sweep(self, tx: Transaction, skus: Sequence[Sku]) -> Steps[int]:
        yield from tx.look()
        return len(skus)


class KeepsMoneyOfLatePayments(Orders):
    def take_in(self, tx: Transaction, payment: Any, told: ProviderPayment) -> Steps[None]:
        event, row = yield from self.payments.record(tx, payment, told)
        if event is PaymentEvent.AUTHORIZE:
            if not (yield from self._allocate(tx, row["order"])):
                yield from self.cancel(tx, row["order"])
        elif event is not None and event is not PaymentEvent.ASK:
            yield from self.cancel(tx, row["order"])


class ReadsBeforeItLocks(Works):
    """The state that is compared was read before the row was locked."""

    def locked(self, tx: Transaction, ids: Any) -> Steps[list[Row]]:
        ids = sorted(set(ids))
        yield from tx.look()
        seen = [{**(tx.get("fulfillment", key) or {}), "id": key} for key in ids]
        yield from tx.lock_all("fulfillment", ids)
        return seen

    def advance(self, tx: Transaction, work: Row, event: WorkEvent, **changes: Any) -> None:
        super().advance(tx, work, event, **changes)
        row = tx.get("fulfillment", work["id"]) or {}
        if row["state"] is work["state"]:
            tx.change("fulfillment", work["id"], state=event)


class SkipsTheHistory(Works):
    def advance_lines(self, tx: Transaction, lines: Any, event: LineEvent) -> None:
        history = [key for key in tx.writes if key[0] == "transition"]
        super().advance_lines(tx, lines, event)
        for key in [key for key in tx.writes if key[0] == "transition" and key not in history]:
            del tx.writes[key]


class TellsNobody(Payments):
    def publish(self, tx: Transaction, name: str, about: Any) -> None:
        if name == "fulfillment.advanced":
            return
        super().publish(tx, name, about)


class ForgetsToVoid(Payments):
    def publish(self, tx: Transaction, name: str, about: Any) -> None:
        if name != "payment.void_due":
            super().publish(tx, name, about)


class RefundsWhatIsAuthorized(Payments):
    def take(
        self, tx: Transaction, payment: Any, kind: OperationKind, amount: int
    ) -> Steps[Row | None]:
        if kind is OperationKind.CAPTURE:
            return (yield from super().take(tx, payment, kind, amount))
        return (
            yield from tx.update(
                "payment",
                payment,
                lambda row: row["refund_due"] + row["refunded"] + amount <= row["amount"],
                lambda row: {"refund_due": row["refund_due"] + amount},
            )
        )

    def can_be_asked(self, _tx: Transaction, _operation: Any) -> bool:
        return True


class CountsTwice(Payments):
    """What the provider answered is counted without a look whether it was before."""

    def done(self, tx: Transaction, operation: Any, *, told: ProviderPayment) -> Steps[None]:
        yield from super().done(tx, operation, told=told)
        row = tx.get("operation", operation) or {}
        payment = tx.get("payment", row["payment"]) or {}
        if row["tries"] > 1:
            tx.change("payment", row["payment"], captured=payment["captured"] + row["amount"])


class AsksUnderANewKey(Sagas):
    def key_of(self, operation: Any, row: Row) -> str:
        return f"{operation}-{row['tries']}"


class LosesEvents(Sagas):
    """Events are marked as told before their jobs are written down."""

    def dispatch(self) -> Steps[None]:
        rows: list[Row] = []

        def mark(tx: Transaction) -> Steps[None]:
            for key in list(self.store.rows("outbox")):
                if (row := (yield from tx.lock_free("outbox", key))) is not None:
                    tx.delete("outbox", key)
                    rows.append(row)

        def tell(tx: Transaction) -> Steps[None]:
            yield from tx.look()
            for row in rows:
                if run := REACTIONS.get(row["name"]):
                    job = {"run": run, "about": row["about"], "by": None, "at": self.loop.now}
                    tx.add("job", job)

        yield from self.transact(mark)
        yield from self.transact(tell)


class LeavesTheJobsOfTheDead(Sagas):
    def _next_job(self, tx: Transaction) -> Steps[Any]:
        for key, row in list(self.store.rows("job").items()):
            if row["by"] is None:
                found = yield from tx.lock_free("job", key)
                if found is not None and found["by"] is None:
                    tx.change("job", key, by=self.loop.current)
                    return key
        return None


class TakesCaptureForDone(Sagas):
    """A capture whose answer was lost counts as one that was refused for good."""

    def operate(self, operation: Any) -> Steps[None]:
        asked = yield from self.transact(lambda tx: self.payments.claim(tx, operation))
        if asked is not None:
            row, payment = asked
            told = self.provider.find(row["payment"])
            assert told is not None, payment
            answer = self.provider.capture
            if row["kind"] is OperationKind.CAPTURE and not self.loop.one_in(3):
                told = answer(row["payment"], str(operation), row["amount"])
            wrong = ProviderPayment(
                **{name: getattr(told, name) for name in told.__dataclass_fields__}
                | {"operation": f"x{operation}", "captured": told.amount, "refunded": told.amount}
            )
            yield from self.transact(lambda tx: self.payments.done(tx, operation, told=wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A fault, and the invariants of which one has to notice it."""

    parts: Parts
    caught_by: tuple[str, ...]


PLANTED: Final[Mapping[str, Planted]] = {
    "units are taken without a condition": Planted(
        parts=Parts(stock=TakesWithoutCondition), caught_by=("I2",)
    ),
    "the counter is read, then written": Planted(
        parts=Parts(stock=ReadsThenWrites), caught_by=("I2",)
    ),
    "the counter is checked, then raised": Planted(
        parts=Parts(stock=ChecksThenTakes), caught_by=("I2", "a buyer tried")
    ),
    "positions are locked in another order": Planted(
        parts=Parts(stock=LocksInAnyOrder), caught_by=("a deadlock",)
    ),
    "payments are locked after their orders": Planted(
        parts=Parts(works=LocksPaymentsLast), caught_by=("a deadlock",)
    ),
    "reservations end after they were paid": Planted(
        parts=Parts(stock=EndsWhatIsPaid), caught_by=("I2", "I16")
    ),
    "units given up stay reserved": Planted(parts=Parts(stock=GivesNothingBack), caught_by=("I2",)),
    "units leave without a movement": Planted(
        parts=Parts(stock=ShipsWithoutMovement), caught_by=("I3", "I1")
    ),
    "the destination is not checked when units move": Planted(
        parts=Parts(stock=CommitsWithoutCheck), caught_by=("I2",)
    ),
    "availability depends on the sweeper": Planted(
        parts=Parts(orders=DependsOnTheSweeper), caught_by=("I4",)
    ),
    "money of a late payment is kept": Planted(
        parts=Parts(orders=KeepsMoneyOfLatePayments), caught_by=("I6",)
    ),
    "work is read before it is locked": Planted(
        parts=Parts(works=ReadsBeforeItLocks), caught_by=("I9", "I3", "I2")
    ),
    "a transition is not written down": Planted(
        parts=Parts(works=SkipsTheHistory), caught_by=("I9",)
    ),
    "a step is told to nobody": Planted(parts=Parts(payments=TellsNobody), caught_by=("I10",)),
    "the provider is not told to let go": Planted(
        parts=Parts(payments=ForgetsToVoid), caught_by=("I6",)
    ),
    "refunds are counted against what is authorized": Planted(
        parts=Parts(payments=RefundsWhatIsAuthorized), caught_by=("I7", "I6")
    ),
    "an answer counts twice": Planted(parts=Parts(payments=CountsTwice), caught_by=("I7",)),
    "money is asked for under a new key": Planted(
        parts=Parts(sagas=AsksUnderANewKey), caught_by=("I6", "I7")
    ),
    "events are marked before they are told": Planted(
        parts=Parts(sagas=LosesEvents), caught_by=("I6", "I17")
    ),
    "the jobs of dead workers are left": Planted(
        parts=Parts(sagas=LeavesTheJobsOfTheDead), caught_by=("I17",)
    ),
    "any answer about money is believed": Planted(
        parts=Parts(sagas=TakesCaptureForDone), caught_by=("I6", "I7")
    ),
}
