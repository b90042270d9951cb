"""Orders: placed, paid for, sourced and let go, as `sellier.domain.orders` does it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sellier.domain.orders.rules import openings
from sellier.domain.orders.service.place import RESERVATION_LASTS
from sellier.domain.orders.states import Cause, LineEvent, LineState, Work, WorkEvent
from sellier.domain.payments.rules import ProviderPayment
from sellier.domain.payments.states import PaymentEvent
from sellier.domain.promising.rules import (
    DEFAULT,
    Destination,
    Need,
    Question,
    Source,
    Take,
    decide,
)
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Units
from sellier.kernel.ids import Sku
from tests.simulation.loop import Steps, Violation
from tests.simulation.payments import Payments
from tests.simulation.stock import Stock, available
from tests.simulation.store import Row, Transaction
from tests.simulation.work import Works

TRIES: Final = 50
SHIPPING: Final = 9_00
UNIT: Final = 100_00
NOTHING: Final[Mapping[tuple[Sku, Any], int]] = {}


def destination(row: Row) -> Destination:
    return Destination(way=row["way"], country="FR", location_id=row["at"])


class Orders:
    """Sagas and jobs on whole orders."""

    def __init__(self, stock: Stock, payments: Payments, works: Works) -> None:
        self.stock, self.payments, self.works = stock, payments, works

    def place(self, tx: Transaction, *, cart: Any, wanted: Sequence[Row]) -> Steps[Any]:
        """Write the order, its intent and its reservations, all or nothing; once for a cart."""
        order = tx.store.new_id()
        total = SHIPPING + sum(UNIT * one["quantity"] for one in wanted)
        if not (yield from tx.add_once("cart", {"order": order}, key=cart)):
            known = tx.get("cart", cart)
            assert known is not None
            return known["order"]
        tx.add("order", {"total": total}, key=order)
        needs = []
        for one in wanted:
            row = {"order": order, "state": LineState.PENDING, "canceled": 0, **one}
            key = tx.add("line", row)
            needs.append(
                Need(line_id=key, sku=one["sku"], quantity=one["quantity"], to=destination(row))
            )
        self.payments.open(tx, order=order, amount=total)
        self.payments.publish(tx, "order.placed", order)
        yield from self.hold(tx, order=order, needs=needs, lasts=RESERVATION_LASTS)
        return order

    def hold(
        self, tx: Transaction, *, order: Any, needs: Sequence[Need], lasts: timedelta
    ) -> Steps[None]:
        """Choose the locations, then take the units; others may be quicker, so try again."""
        for _ in range(TRIES):
            takes = yield from self._choose(tx, needs)
            try:
                yield from self.stock.reserve(tx, order=order, units=_units(takes), lasts=lasts)
            except OutOfStock:
                continue
            return
        raise Violation("a buyer tried fifty times: others took units, and nobody sold them")

    def _choose(self, tx: Transaction, needs: Sequence[Need]) -> Steps[Sequence[Take]]:
        skus = list(dict.fromkeys(need.sku for need in needs))
        for is_swept in (False, True):
            yield from tx.look()
            decision = decide(Question(sources=self.sources(tx, skus), needs=needs), DEFAULT)
            if decision.short is None:
                return decision.takes
            short, was_free = decision.short, self._would_do(tx, needs)
            if not is_swept:
                yield from self.sweep(tx, skus)
        if was_free:
            raise Violation(f"I4: a buyer of {skus} was turned away, and units were free")
        raise OutOfStock(sku=short.sku, quantity=short.quantity)

    def sweep(self, tx: Transaction, skus: Sequence[Sku]) -> Steps[int]:
        """Free what has ended, before saying no."""
        return (yield from self.stock.expire(tx, skus=skus))

    def _would_do(self, tx: Transaction, needs: Sequence[Need]) -> bool:
        """I4: tell whether what is wanted is free at this moment, or kept for nobody any more.

        What somebody was paying for or letting go when we wanted to free it is theirs to finish.
        """
        skus = list(dict.fromkeys(need.sku for need in needs))
        back: dict[tuple[Sku, Any], int] = {}
        for key, row in self.stock.ended(tx, skus):
            address = ("reservation", key)
            if tx.swept is not None and key not in tx.swept:
                continue  # somebody slow wrote it down since, when its time was over already
            if address not in tx.skipped and tx.store.locks.get(address) in (None, tx):
                at = (row["sku"], row["at"])
                back[at] = back.get(at, 0) + row["quantity"]
        question = Question(sources=self.sources(tx, skus, more=back), needs=needs)
        return decide(question, DEFAULT).short is None

    def sources(
        self, tx: Transaction, skus: Sequence[Sku], *, more: Mapping[tuple[Sku, Any], int] = NOTHING
    ) -> Sequence[Source]:
        """Return the locations that have any of these SKUs, as the statement sees them."""
        found = []
        for place, about in tx.store.rows("location").items():
            units = {}
            for sku in skus:
                row = tx.get("position", (sku, place))
                free = available(row) if row else 0
                free += more.get((sku, place), 0)
                if free > 0:
                    units[sku] = free
            if units:
                found.append(
                    Source(
                        location_id=place,
                        code=about["code"],
                        is_warehouse=about["is_warehouse"],
                        country="FR",
                        available=units,
                        ways=about["ways"],
                    )
                )
        return found

    def take_in(self, tx: Transaction, payment: Any, told: ProviderPayment) -> Steps[None]:
        """Act on what the provider told of a payment, once."""
        event, row = yield from self.payments.record(tx, payment, told)
        if event is PaymentEvent.AUTHORIZE:
            if not (yield from self._allocate(tx, row["order"])):
                yield from self.payments.void(tx, payment)
                yield from self.cancel(tx, row["order"])
        elif event in (PaymentEvent.REFUSE, PaymentEvent.VOID):
            yield from self.cancel(tx, row["order"])

    def _allocate(self, tx: Transaction, order: Any) -> Steps[bool]:
        lines = yield from self.works.lines(tx, order)
        taken = yield from self.stock.allocate(tx, order=order)
        if sum(units for _, _, units in taken) != sum(row["quantity"] for _, row in lines):
            try:
                taken = yield from self._take_again(tx, order, lines)
            except OutOfStock:
                return False
        self.works.advance_lines(tx, lines, LineEvent.CONFIRM)
        ways = {key: row["way"] for key, row in lines}
        self.works.open(tx, order, openings(taken, ways=ways))
        self.payments.publish(tx, "order.paid", order)
        return True

    def _take_again(
        self, tx: Transaction, order: Any, lines: Sequence[tuple[Any, Row]]
    ) -> Steps[Sequence[tuple[Any, Any, int]]]:
        skus = {row["sku"] for _, row in lines}
        keys = [key for key in tx.store.rows("position") if key[0] in skus]
        yield from tx.lock_all("position", self.stock.turns(keys))
        yield from self.stock.release(tx, order=order)
        needs = [_need(key, row, row["quantity"]) for key, row in lines]
        yield from self.hold(tx, order=order, needs=needs, lasts=RESERVATION_LASTS)
        return (yield from self.stock.allocate(tx, order=order))

    def give_up(self, tx: Transaction, payment: Any) -> Steps[None]:
        """Cancel an order whose payment is not decided, and have the provider told."""
        order = yield from self.payments.abandon(tx, payment)
        if order is not None:
            yield from self.cancel(tx, order)

    def cancel(self, tx: Transaction, order: Any) -> Steps[None]:
        """Let go of an order that will not be paid for."""
        lines = yield from self.works.lines(tx, order)
        pending = [(key, row) for key, row in lines if row["state"] is LineState.PENDING]
        if pending:
            self.works.advance_lines(tx, pending, LineEvent.LAPSE)
            self.payments.publish(tx, "order.canceled", order)
            yield from self.stock.release(tx, order=order)
        elif any(row["state"] is LineState.CONFIRMED for _, row in lines):
            yield from self.works.cancel_unpaid(tx, order)

    def source(self, tx: Transaction, order: Any) -> Steps[None]:
        """Find locations for the units of an order that wait."""
        yield from tx.look()
        ids = [key for key, row in tx.of("fulfillment", order) if row["state"] is Work.UNSOURCED]
        works = yield from self.works.locked(tx, ids)
        works = [work for work in works if work["state"] is Work.UNSOURCED]
        units: dict[Any, int] = {}
        for line, quantity in (part for work in works for part in work["units"].items()):
            units[line] = units.get(line, 0) + quantity
        if not units:
            return
        takes = yield from self._resource(tx, order, units)
        left: dict[Any, int] = {}
        for take in takes:
            left[take.line_id] = left.get(take.line_id, 0) + take.quantity
        for work in works:
            found = {
                line: min(n, left[line]) for line, n in work["units"].items() if left.get(line)
            }
            for line, n in found.items():
                left[line] -= n
            if found:
                self.works.take_out(
                    tx, work, units=found, event=WorkEvent.WITHDRAW, cause=Cause.SOURCED
                )
        ways = {key: row["way"] for key, row in tx.of("line", order)}
        taken = [(take.line_id, take.location_id, take.quantity) for take in takes]
        self.works.open(tx, order, openings(taken, ways=ways))

    def _resource(
        self, tx: Transaction, order: Any, units: Mapping[Any, int]
    ) -> Steps[Sequence[Take]]:
        lines = dict(tx.of("line", order))
        needs = [_need(line, lines[line], quantity) for line, quantity in units.items()]
        skus = list(dict.fromkeys(need.sku for need in needs))
        for _ in range(TRIES):
            yield from tx.look()
            question = Question(
                sources=self.sources(tx, skus),
                needs=needs,
                excluded=self.works.passed_over(tx, order),
                is_partial=True,
            )
            takes = decide(question, DEFAULT).takes
            if not takes:
                return ()
            try:
                yield from self.stock.commit(tx, order=order, units=_units(takes))
            except OutOfStock:
                continue
            return takes
        raise Violation("units were sourced fifty times in vain")


def _need(line: Any, row: Row, quantity: int) -> Need:
    return Need(line_id=line, sku=row["sku"], quantity=quantity, to=destination(row))


def _units(takes: Sequence[Take]) -> Sequence[Units]:
    return [
        Units(line_id=one.line_id, sku=one.sku, location_id=one.location_id, quantity=one.quantity)
        for one in takes
    ]
