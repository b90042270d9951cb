"""Fulfillments: opened, moved on, split, ended, as `sellier.domain.orders` does it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sellier.domain.orders.errors import TooLateToCancel
from sellier.domain.orders.rules import EFFECTS, Opening, Part, canceled_from, is_passed
from sellier.domain.orders.service.fulfill import WAITS
from sellier.domain.orders.service.work import ACCEPT_WITHIN
from sellier.domain.orders.states import (
    KEEPS,
    NOT_PICKED,
    Cause,
    LineEvent,
    LineState,
    Work,
    WorkEvent,
    next_state,
    next_work,
)
from sellier.domain.payments.states import OperationKind, PaymentState
from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.service import Units
from sellier.domain.stock.states import Cause as Movement
from sellier.domain.stock.states import Condition
from sellier.kernel.ids import Sku
from tests.simulation.loop import Steps
from tests.simulation.payments import Payments
from tests.simulation.stock import Stock
from tests.simulation.store import Row, Transaction

UNIT: Final = 100_00
SHIPPING: Final = 9_00
NEVER: Final = timedelta(days=1_000)


@dataclass(slots=True)
class Works:
    """Verbs on the work of locations."""

    stock: Stock
    payments: Payments

    def lines(self, tx: Transaction, order: Any) -> Steps[list[tuple[Any, Row]]]:
        """Lock the lines of an order, before any of its fulfillments."""
        yield from tx.lock_all("line", [key for key, _ in tx.of("line", order)])
        return tx.of("line", order)

    def money(self, tx: Transaction, order: Any) -> Steps[None]:
        """Lock the payment of an order, as whoever acts on the provider's news does first."""
        yield from tx.lock_all("payment", [key for key, _ in tx.of("payment", order)])

    def advance_lines(
        self, tx: Transaction, lines: Iterable[tuple[Any, Row]], event: LineEvent
    ) -> None:
        for key, row in lines:
            after = next_state(row["state"], event)
            tx.change("line", key, state=after)
            said = {"kind": "line", "of": key, "before": row["state"], "after": after}
            tx.add("transition", said)

    def locked(self, tx: Transaction, ids: Iterable[Any]) -> Steps[list[Row]]:
        """Lock fulfillments, in the order in which everyone does."""
        ids = sorted(set(ids))
        yield from tx.lock_all("fulfillment", ids)
        return [{**(tx.get("fulfillment", key) or {}), "id": key} for key in ids]

    def open(self, tx: Transaction, order: Any, opened: Iterable[Opening]) -> None:
        for one in opened:
            state = Work.OFFERED if one.location_id is not None else Work.UNSOURCED
            row: Row = {"order": order, "at": one.location_id, "way": one.way, "state": state}
            now = tx.loop.now
            row |= {"cause": None, "units": dict(one.units), "accept_by": now + ACCEPT_WITHIN}
            key = tx.add("fulfillment", row | {"collect_by": now + NEVER, "ended_at": None})
            said = {"kind": "fulfillment", "of": key, "before": None, "after": state}
            tx.add("transition", said)

    def advance(self, tx: Transaction, work: Row, event: WorkEvent, **changes: Any) -> None:
        """Move locked work on, by compare-and-set."""
        after = next_work(work["state"], event)
        row = tx.get("fulfillment", work["id"])
        assert row is not None
        if row["state"] is work["state"]:
            tx.change("fulfillment", work["id"], state=after, ended_at=tx.loop.now, **changes)
        self._tell(tx, work["id"], work["state"], after)

    def _tell(self, tx: Transaction, key: Any, before: Work, after: Work) -> None:
        said = {"kind": "fulfillment", "of": key, "before": before, "after": after}
        tx.add("transition", said)
        self.payments.publish(tx, "fulfillment.advanced", key)

    def take_out(
        self,
        tx: Transaction,
        work: Row,
        *,
        units: Mapping[Any, int],
        event: WorkEvent,
        cause: Cause,
    ) -> None:
        """End work for some of its units; the others go on."""
        left = {line: n - units.get(line, 0) for line, n in work["units"].items()}
        if not any(left.values()):
            self.advance(tx, work, event, cause=cause)
            return
        after = next_work(work["state"], event)
        tx.change("fulfillment", work["id"], units={line: n for line, n in left.items() if n})
        row = {name: work[name] for name in ("order", "at", "way", "accept_by", "collect_by")}
        row |= {"state": after, "cause": cause, "units": dict(units), "ended_at": tx.loop.now}
        self._tell(tx, tx.add("fulfillment", row), work["state"], after)

    def accept(self, tx: Transaction, key: Any) -> Steps[None]:
        (work,) = yield from self.locked(tx, [key])
        self.advance(tx, work, WorkEvent.ACCEPT, accept_by=tx.loop.now + NEVER)

    def pick(
        self, tx: Transaction, key: Any, *, missing: Mapping[Any, int], cause: Cause
    ) -> Steps[None]:
        """Write down what was taken off the shelf, and why the rest was not."""
        (work,) = yield from self.locked(tx, [key])
        next_work(work["state"], WorkEvent.PICK)
        if missing:
            yield from self._withdraw(tx, [(work, missing)], cause=cause)
            yield from self._tell_stock(tx, work, missing, cause=cause)
            (work,) = yield from self.locked(tx, [key])
        if work["state"] is not Work.WITHDRAWN:
            self.advance(tx, work, WorkEvent.PICK)

    def step(self, tx: Transaction, key: Any, event: WorkEvent) -> Steps[None]:
        """Pack, make ready, deliver, lose: nothing but the state changes."""
        (work,) = yield from self.locked(tx, [key])
        changes = {"collect_by": tx.loop.now + WAITS} if event is WorkEvent.MAKE_READY else {}
        self.advance(tx, work, event, **changes)

    def leave(self, tx: Transaction, key: Any, event: WorkEvent) -> Steps[None]:
        """Hand work over, or have it collected: units go, and money is taken for them."""
        known = tx.get("fulfillment", key)
        assert known is not None
        yield from self.money(tx, known["order"])
        (work,) = yield from self.locked(tx, [key])
        self.advance(tx, work, event)
        told = f"fulfillment:{key}"
        yield from self.stock.ship(tx, self.units(tx, work, work["units"]), source=told)
        if event is WorkEvent.HAND_OVER:
            tx.add("parcel", {"fulfillment": key, "events": (), "state": "labeled"}, key=key)
        order, capture = work["order"], OperationKind.CAPTURE
        amount = UNIT * sum(work["units"].values())
        yield from self.payments.due(tx, capture, order=order, amount=amount, source=told)
        told = f"shipping:{order}"
        yield from self.payments.due(tx, capture, order=order, amount=SHIPPING, source=told)

    def reject(self, tx: Transaction, key: Any, *, cause: Cause) -> Steps[None]:
        """Refuse work, for a reason that says what is true of the stock."""
        ids = {key}
        skus = {sku for sku, _ in self._skus(tx, key)}
        if EFFECTS[cause].is_all:
            yield from tx.look()
            ids |= self._same(tx, key, skus)
        works = yield from self.locked(tx, ids)
        waiting = (Work.OFFERED, Work.ACCEPTED)
        mine = next(work for work in works if work["id"] == key)
        out = [
            (work, work["units"] if work is mine else self._only(tx, work, skus))
            for work in works
            if work is mine or work["state"] in waiting
        ]
        yield from self._withdraw(tx, [each for each in out if each[1]], cause=cause)
        yield from self._tell_stock(tx, mine, mine["units"], cause=cause)

    def withdraw(self, tx: Transaction, ids: Iterable[Any], *, cause: Cause) -> Steps[None]:
        """Take work away from its locations, as far as it still is there."""
        works = yield from self.locked(tx, ids)
        out = [(work, work["units"]) for work in works if work["state"] in KEEPS]
        yield from self._withdraw(tx, out, cause=cause)

    def _withdraw(
        self, tx: Transaction, out: Sequence[tuple[Row, Mapping[Any, int]]], *, cause: Cause
    ) -> Steps[None]:
        """Take units out of work; they are given up together, so in the order of positions."""
        for work, units in out:
            self.take_out(tx, work, units=units, event=WorkEvent.WITHDRAW, cause=cause)
        yield from self._give_up(tx, out)
        for work, units in out:
            self.open(tx, work["order"], [Opening(location_id=None, way=work["way"], units=units)])
            self.payments.publish(tx, "order.units_unsourced", work["order"])

    def _give_up(
        self, tx: Transaction, out: Iterable[tuple[Row, Mapping[Any, int]]]
    ) -> Steps[None]:
        kept = [each for each in out if each[0]["state"] in KEEPS]
        yield from self.stock.give_up(
            tx, [one for work, units in kept for one in self.units(tx, work, units)]
        )

    def _tell_stock(
        self, tx: Transaction, work: Row, units: Mapping[Any, int], *, cause: Cause
    ) -> Steps[None]:
        effect, place = EFFECTS[cause], work["at"]
        told = f"fulfillment:{work['id']}:{cause}"
        lost: dict[Sku, int] = {}
        for one in self.units(tx, work, units):
            lost[one.sku] = lost.get(one.sku, 0) + one.quantity
        for sku, n in sorted(lost.items()):
            if effect.is_all:
                yield from self.stock.lose_all(tx, sku, place, source=told + sku)
            elif effect.is_missing:
                gone = [Move(sku=sku, location_id=place, quantity=-n)]
                yield from self.stock.move(tx, gone, cause=Movement.COUNT, source=told + sku)
            elif effect.condition is not None:
                moves = inspection(
                    sku=sku,
                    location_id=place,
                    quantity=n,
                    before=Condition.SELLABLE,
                    after=effect.condition,
                )
                why = Movement.INSPECTION
                yield from self.stock.move(tx, moves, cause=why, source=told + sku)

    def cancel_units(self, tx: Transaction, order: Any, units: Mapping[Any, int]) -> Steps[None]:
        """Cancel units that nobody has picked yet: those that wait first."""
        yield from self.money(tx, order)
        lines = yield from self.lines(tx, order)
        works = yield from self._of(tx, order, NOT_PICKED)
        parts = [
            (
                work["state"],
                [
                    Part(line_id=k, sku=Sku(""), quantity=n, due_minor=1)
                    for k, n in work["units"].items()
                ],
            )
            for work in works
        ]
        planned = canceled_from(parts, wanted=units)
        if planned is None:
            raise TooLateToCancel("These units are being packed, or have left.")
        out = list(zip(works, planned, strict=True))
        yield from self._cancel(tx, out, WorkEvent.CANCEL, Cause.CUSTOMER)
        yield from self._count(tx, order, lines, units)

    def cancel_unpaid(self, tx: Transaction, order: Any) -> Steps[None]:
        lines = yield from self.lines(tx, order)
        works = yield from self._of(tx, order, KEEPS | {Work.UNSOURCED})
        out = [(work, work["units"]) for work in works]
        yield from self._cancel(tx, out, WorkEvent.CANCEL, Cause.UNPAID)
        units: dict[Any, int] = {}
        for line, n in (part for _, some in out for part in some.items()):
            units[line] = units.get(line, 0) + n
        if units:
            yield from self._count(tx, order, lines, units)

    def expire_pickup(self, tx: Transaction, order: Any, key: Any) -> Steps[None]:
        """Put back what nobody collected in time, and cancel it."""
        yield from self.money(tx, order)
        lines = yield from self.lines(tx, order)
        (work,) = yield from self.locked(tx, [key])
        if work["state"] is Work.READY:
            units = work["units"]
            out = [(work, units)]
            yield from self._cancel(tx, out, WorkEvent.EXPIRE, Cause.UNCOLLECTED)
            yield from self._count(tx, order, lines, units)

    def _of(self, tx: Transaction, order: Any, states: frozenset[Work]) -> Steps[list[Row]]:
        known: set[Any] = set()
        works: list[Row] = []
        while True:
            yield from tx.look()
            found = tx.of("fulfillment", order)
            ids = {key for key, row in found if row["state"] in states}
            if ids <= known:
                break
            known |= ids
            works = yield from self.locked(tx, known)
        return [work for work in works if work["state"] in states]

    def _cancel(
        self,
        tx: Transaction,
        out: Sequence[tuple[Row, Mapping[Any, int]]],
        event: WorkEvent,
        cause: Cause,
    ) -> Steps[None]:
        out = [each for each in out if each[1]]
        for work, units in out:
            self.take_out(tx, work, units=units, event=event, cause=cause)
        yield from self._give_up(tx, out)

    def _count(
        self,
        tx: Transaction,
        order: Any,
        lines: Sequence[tuple[Any, Row]],
        units: Mapping[Any, int],
    ) -> Steps[None]:
        for line, n in sorted(units.items()):
            row = tx.get("line", line)
            assert row is not None
            tx.change("line", line, canceled=row["canceled"] + n)
        over = [
            (key, row)
            for key, row in tx.of("line", order)
            if row["state"] is LineState.CONFIRMED and row["quantity"] == row["canceled"]
        ]
        self.advance_lines(tx, over, LineEvent.CANCEL)
        self.payments.publish(tx, "order.units_canceled", order)
        if len(over) + sum(row["state"] is LineState.CANCELED for _, row in lines) == len(lines):
            self.payments.publish(tx, "order.canceled", order)
            for key, payment in tx.of("payment", order):
                if payment["state"] is PaymentState.AUTHORIZED:
                    yield from self.payments.void(tx, key)

    def passed_over(self, tx: Transaction, order: Any) -> Mapping[Sku, set[Any]]:
        """Return the locations that gave up SKUs of an order and are not to be asked again yet."""
        found: dict[Sku, set[Any]] = {}
        for _, row in tx.of("fulfillment", order):
            if row["state"] is not Work.WITHDRAWN or row["at"] is None:
                continue
            if not is_passed(row["cause"], since=row["ended_at"], now=tx.loop.now):
                for line in row["units"]:
                    found.setdefault(self._line(tx, line)["sku"], set()).add(row["at"])
        return found

    def units(self, tx: Transaction, work: Row, units: Mapping[Any, int]) -> list[Units]:
        return [
            Units(line_id=k, sku=self._line(tx, k)["sku"], location_id=work["at"], quantity=n)
            for k, n in units.items()
        ]

    def _line(self, tx: Transaction, key: Any) -> Row:
        row = tx.get("line", key)
        assert row is not None
        return row

    def _skus(self, tx: Transaction, key: Any) -> list[tuple[Sku, int]]:
        work = tx.get("fulfillment", key)
        assert work is not None
        return [(self._line(tx, line)["sku"], n) for line, n in work["units"].items()]

    def _only(self, tx: Transaction, work: Row, skus: set[Sku]) -> Mapping[Any, int]:
        return {k: n for k, n in work["units"].items() if self._line(tx, k)["sku"] in skus}

    def _same(self, tx: Transaction, key: Any, skus: set[Sku]) -> set[Any]:
        mine = tx.get("fulfillment", key)
        assert mine is not None
        return {
            other
            for other, row in tx.store.rows("fulfillment").items()
            if row["at"] == mine["at"]
            and row["state"] in (Work.OFFERED, Work.ACCEPTED)
            and self._only(tx, row, skus)
        }
