"""The verbs of payments, statement by statement, with the product's own rules."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sellier.domain.payments import rules
from sellier.domain.payments.errors import CaptureUnderWay, MoreThanCaptured, NotAuthorized
from sellier.domain.payments.rules import Balance, ProviderPayment, ProviderState
from sellier.domain.payments.service import PAYMENT_LASTS
from sellier.domain.payments.states import (
    UNDECIDED,
    OperationEvent,
    OperationKind,
    OperationState,
    PaymentEvent,
    PaymentState,
    next_operation_state,
    next_state,
)
from sellier.kernel.money import Money
from tests.simulation.loop import Steps
from tests.simulation.store import Row, Transaction

FIRST_CHECK: Final = timedelta(seconds=5)
COUNTERS: Final[Mapping[OperationKind, tuple[str, str]]] = {
    OperationKind.CAPTURE: ("capture_due", "captured"),
    OperationKind.REFUND: ("refund_due", "refunded"),
}
CURRENCY: Final = "EUR"


def money(minor: int) -> Money:
    return Money(minor, CURRENCY)


def balance(row: Row) -> Balance:
    names = ("amount", "capture_due", "captured", "refund_due", "refunded")
    return Balance(**{name: money(row[name]) for name in names})


class Payments:
    """Intents, what the provider told of them, captures and refunds."""

    def open(self, tx: Transaction, *, order: Any, amount: int) -> Any:
        now = tx.loop.now
        row: Row = {"order": order, "amount": amount, "state": PaymentState.CREATED}
        row |= dict.fromkeys(("capture_due", "captured", "refund_due", "refunded"), 0)
        row |= {"created_at": now, "check_at": now + FIRST_CHECK, "provider_id": None}
        return tx.add("payment", row | {"deadline_at": now + PAYMENT_LASTS})

    def record(
        self, tx: Transaction, payment: Any, told: ProviderPayment
    ) -> Steps[tuple[PaymentEvent | None, Row]]:
        """Take in what the provider told; the payment stays locked to the end."""
        before = yield from tx.lock("payment", payment)
        assert before is not None
        check_at = rules.next_check(created_at=before["created_at"], now=tx.loop.now)
        tx.change("payment", payment, check_at=check_at)
        event = None
        if not rules.is_about(told, payment_id=payment):
            pass
        elif rules.is_left_over(before["state"], told.state):
            self.publish(tx, "payment.void_due", payment)
        elif told.amount.minor != before["amount"]:
            pass
        elif not (told.state is ProviderState.VOIDED and balance(before).is_taken):
            event = rules.event_for(before["state"], told.state)
            tx.change("payment", payment, provider_id=before["provider_id"] or told.id)
            if event is not None:
                self._turn(tx, payment, event)
        row = tx.get("payment", payment)
        assert row is not None
        return event, row

    def postpone(self, tx: Transaction, payment: Any) -> Steps[None]:
        row = yield from tx.lock("payment", payment)
        assert row is not None
        check_at = rules.next_check(created_at=row["created_at"], now=tx.loop.now)
        tx.change("payment", payment, check_at=check_at)

    def abandon(self, tx: Transaction, payment: Any) -> Steps[Any]:
        """Give an undecided payment up; return its order."""
        row = yield from tx.lock("payment", payment)
        assert row is not None
        if row["state"] not in UNDECIDED:
            return None
        yield from self.void(tx, payment)
        return row["order"]

    def void(self, tx: Transaction, payment: Any) -> Steps[None]:
        row = yield from tx.lock("payment", payment)
        assert row is not None
        if balance(row).is_taken:
            raise CaptureUnderWay("Money of this payment is taken.")
        self._turn(tx, payment, PaymentEvent.VOID)
        self.publish(tx, "payment.void_due", payment)

    def _turn(self, tx: Transaction, payment: Any, event: PaymentEvent) -> None:
        row = tx.get("payment", payment)
        assert row is not None
        after = next_state(row["state"], event)
        tx.change("payment", payment, state=after)
        said = {"kind": "payment", "of": payment, "before": row["state"], "after": after}
        tx.add("transition", said)

    def due(
        self, tx: Transaction, kind: OperationKind, *, order: Any, amount: int, source: str
    ) -> Steps[None]:
        """Write a capture or refund down, once for each source."""
        (payment, _), *_ = tx.of("payment", order)
        row = yield from tx.lock("payment", payment)
        assert row is not None
        if row["state"] is not PaymentState.AUTHORIZED:
            raise NotAuthorized("No money of this order is authorized.")
        if any(one["source"] == source for _, one in tx.of("operation", payment)):
            return
        if not (yield from self.take(tx, payment, kind, amount)):
            raise MoreThanCaptured("There is not so much left.", left=0)
        made: Row = {"payment": payment, "kind": kind, "amount": amount, "source": source}
        made |= {"state": OperationState.DUE, "tries": 0, "next_try_at": tx.loop.now}
        key = tx.add("operation", made | {"told": None})
        self.publish(tx, "payment.operation_due", key)

    def take(
        self, tx: Transaction, payment: Any, kind: OperationKind, amount: int
    ) -> Steps[Row | None]:
        """Count an amount as due in one statement, where the balance allows it."""
        name, _ = COUNTERS[kind]
        return (
            yield from tx.update(
                "payment",
                payment,
                lambda row: balance(row).left(kind).minor >= amount,
                lambda row: {name: row[name] + amount},
            )
        )

    def claim(self, tx: Transaction, operation: Any) -> Steps[tuple[Row, Row] | None]:
        """Take an operation that is due for as long as the provider may take."""
        row = yield from tx.lock_free("operation", operation)
        if row is None or row["state"] is not OperationState.DUE:
            return None
        if row["next_try_at"] > tx.loop.now or not self.can_be_asked(tx, operation):
            return None
        again = rules.next_try(tries=row["tries"], now=tx.loop.now)
        tx.change("operation", operation, tries=row["tries"] + 1, next_try_at=again)
        payment = tx.get("payment", row["payment"])
        assert payment is not None
        return row, payment

    def can_be_asked(self, tx: Transaction, operation: Any) -> bool:
        """Tell whether the money that a refund gives back was taken."""
        row = tx.get("operation", operation)
        payment = tx.get("payment", row["payment"]) if row else None
        assert row is not None
        assert payment is not None
        if row["kind"] is OperationKind.CAPTURE:
            return True
        owed = sum(
            one["amount"]
            for key, one in tx.of("operation", row["payment"])
            if one["kind"] is OperationKind.REFUND
            and one["state"] is OperationState.DUE
            and key <= operation
        )
        return bool(payment["refunded"] + owed <= payment["captured"])

    def done(self, tx: Transaction, operation: Any, *, told: ProviderPayment) -> Steps[None]:
        """Record that the provider did it, unless that is known already."""
        row = tx.get("operation", operation)
        payment = yield from tx.lock("payment", row["payment"] if row else None)
        row = yield from tx.lock("operation", operation)
        assert row is not None
        assert payment is not None
        is_so = rules.confirms(
            told,
            payment_id=row["payment"],
            kind=row["kind"],
            asked=money(row["amount"]),
            total=money(payment["amount"]),
        )
        if not is_so or row["state"] is not OperationState.DUE:
            return
        due, done = COUNTERS[row["kind"]]
        self._end(tx, operation, OperationEvent.CONFIRM, told=told.operation)
        left, more = payment[due] - row["amount"], payment[done] + row["amount"]
        tx.change("payment", row["payment"], **{due: left, done: more})
        self.publish(tx, f"payment.{done}", row["payment"])

    def not_done(self, tx: Transaction, operation: Any, *, reason: str) -> Steps[None]:
        row = yield from tx.lock("operation", operation)
        assert row is not None
        if row["state"] is not OperationState.DUE:
            return
        if rules.is_hopeless(tries=row["tries"], reason=reason):
            self._end(tx, operation, OperationEvent.GIVE_UP, told=None)

    def _end(self, tx: Transaction, key: Any, event: OperationEvent, *, told: str | None) -> None:
        row = tx.get("operation", key)
        assert row is not None
        after = next_operation_state(row["state"], event)
        tx.change("operation", key, state=after, told=told)
        said = {"kind": "operation", "of": key, "before": row["state"], "after": after}
        tx.add("transition", said)

    def publish(self, tx: Transaction, name: str, about: Any) -> None:
        tx.add("outbox", {"name": name, "about": about})
