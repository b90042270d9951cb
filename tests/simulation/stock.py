"""The verbs of stock, statement by statement as `sellier.domain.stock` sends them.

What is decided is decided by the product's own rules; only the store is ours.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sellier.domain.stock.errors import NotAllocated, NotThere, OutOfStock
from sellier.domain.stock.rules import Move, Position, check, moved
from sellier.domain.stock.rules.counts import settled
from sellier.domain.stock.service import Units
from sellier.domain.stock.service.reserve import in_turn
from sellier.domain.stock.states import Cause, Condition, ReservationState
from sellier.kernel.ids import Sku
from tests.simulation.loop import Steps
from tests.simulation.store import Row, Transaction

ASIDE = ("display", "damaged", "quality_hold")
Kept = tuple[Sku, Any, int]


def available(row: Row) -> int:
    """Compute what the database computes."""
    free = row["on_hand"] - sum(row[name] for name in ASIDE) - row["reserved"] - row["short"]
    return int(free if row["lent"] is None else min(free, row["lent"]))


def position_of(row: Row) -> Position:
    aside = {Condition(name): row[name] for name in ASIDE}
    units = {Condition.SELLABLE: row["on_hand"] - sum(aside.values()), **aside}
    return Position(units=units, reserved=row["reserved"], lent=row["lent"], short=row["short"])


def values_of(after: Position) -> Row:
    aside = {name: after.units[Condition(name)] for name in ASIDE}
    return {"on_hand": after.on_hand, "lent": after.lent, "short": after.short, **aside}


class Stock:
    """Reservations, allocations and movements."""

    def take(self, tx: Transaction, units: Units) -> Steps[Row | None]:
        """Check and take in one statement."""
        wanted = units.quantity
        return (
            yield from tx.update(
                "position",
                (units.sku, units.location_id),
                lambda row: available(row) >= wanted + units.buffer,
                lambda row: _kept(row, wanted),
            )
        )

    def reserve(
        self, tx: Transaction, *, order: Any, units: Sequence[Units], lasts: timedelta
    ) -> Steps[None]:
        def record(one: Units) -> Steps[None]:
            yield from ()
            row = {"order": order, "line": one.line_id, "sku": one.sku, "at": one.location_id}
            row |= {"quantity": one.quantity, "state": ReservationState.OPEN}
            tx.add("reservation", row | {"ends": tx.began + lasts})

        yield from self._all_or_none(tx, units, record=record)
        self.announce(tx, (one.sku for one in units))

    def commit(self, tx: Transaction, *, order: Any, units: Sequence[Units]) -> Steps[None]:
        def record(one: Units) -> Steps[None]:
            key = (one.line_id, one.location_id)
            had = yield from tx.lock("allocation", key)  # as ON CONFLICT does
            row = {"order": order, "line": one.line_id, "sku": one.sku, "at": one.location_id}
            row["quantity"] = one.quantity + (had["quantity"] if had else 0)
            tx.add("allocation", row, key=key)

        # Allocations before positions, as whoever gives units up has them.
        keys = sorted({(one.line_id, one.location_id) for one in units})
        yield from tx.lock_all("allocation", [key for key in keys if tx.get("allocation", key)])
        yield from self._all_or_none(tx, units, record=record)
        self.announce(tx, (one.sku for one in units))

    def _all_or_none(
        self, tx: Transaction, units: Sequence[Units], *, record: Callable[[Units], Steps[None]]
    ) -> Steps[None]:
        saved = tx.save()
        missed = None
        for one in sorted(units, key=in_turn):
            if (yield from self.take(tx, one)) is None:
                missed = missed or one
            else:
                yield from record(one)
        if missed is not None:
            tx.undo(saved)
            raise OutOfStock(sku=missed.sku, quantity=missed.quantity)

    def allocate(self, tx: Transaction, *, order: Any) -> Steps[Sequence[tuple[Any, Any, int]]]:
        """Turn an order's open reservations into allocations."""
        taken = []
        for key, _ in tx.of("reservation", order):
            kept = yield from tx.update("reservation", key, _is_open, _now(state="committed"))
            if kept is not None:
                row = {name: kept[name] for name in ("order", "line", "sku", "at", "quantity")}
                tx.add("allocation", row, key=(kept["line"], kept["at"]))
                taken.append((kept["line"], kept["at"], kept["quantity"]))
        return taken

    def release(self, tx: Transaction, *, order: Any) -> Steps[None]:
        """Give back whatever is kept for an order."""
        back: list[Kept] = []
        for key, _ in tx.of("reservation", order):
            kept = yield from tx.update("reservation", key, _is_open, _now(state="released"))
            if kept is not None:
                back.append((kept["sku"], kept["at"], kept["quantity"]))
        for key, _ in tx.of("allocation", order):
            row = yield from tx.lock("allocation", key)
            if row is not None:
                tx.delete("allocation", key)
                back.append((row["sku"], row["at"], row["quantity"]))
        yield from self.give_back(tx, back)

    def expire(self, tx: Transaction, *, skus: Sequence[Sku] = ()) -> Steps[int]:
        """End the reservations whose time has passed."""
        yield from tx.look()
        due = self.ended(tx, skus)
        tx.swept = {key for key, _ in due}
        if not due:
            return 0
        wanted = {(row["sku"], row["at"]) for _, row in due}
        if skus:
            wanted = {key for key in tx.store.rows("position") if key[0] in skus}
        yield from tx.lock_all("position", self.turns(wanted))
        back: list[Kept] = []
        for key, row in due:
            kept = yield from tx.lock_free("reservation", key)
            if kept is not None and _is_open(kept):
                tx.change("reservation", key, state=ReservationState.EXPIRED)
                back.append((row["sku"], row["at"], row["quantity"]))
        yield from self.give_back(tx, back)
        return len(due)

    def ended(self, tx: Transaction, skus: Sequence[Sku] = ()) -> list[tuple[Any, Row]]:
        """List open reservations whose time has passed."""
        return [
            (key, row)
            for key, row in tx.store.rows("reservation").items()
            if _is_open(row)
            and row["ends"] <= tx.began
            and (not skus or row["sku"] in skus)
            and _is_open(tx.get("reservation", key) or row)
        ]

    def turns(self, keys: Iterable[tuple[Sku, Any]]) -> Sequence[tuple[Sku, Any]]:
        """Return positions in the order in which everyone locks them."""
        return sorted(keys)

    def give_back(self, tx: Transaction, units: Iterable[Kept]) -> Steps[None]:
        units = list(units)
        yield from self._less(tx, units, lends=1)
        if units:
            self.announce(tx, (sku for sku, _, _ in units))

    def _less(self, tx: Transaction, units: Iterable[Kept], *, lends: int) -> Steps[None]:
        for sku, place, quantity in sorted(units):
            less = partial(_less, quantity=quantity, lends=lends)
            yield from tx.update("position", (sku, place), lambda _row: True, less)

    def give_up(self, tx: Transaction, units: Sequence[Units]) -> Steps[None]:
        """Take units back from the lines they are allocated to."""
        yield from self.end(tx, units)
        yield from self.give_back(tx, [(u.sku, u.location_id, u.quantity) for u in units])

    def ship(self, tx: Transaction, units: Sequence[Units], *, source: str) -> Steps[None]:
        """Let allocated units leave the house."""
        yield from self.end(tx, units)
        kept = [(one.sku, one.location_id, one.quantity) for one in units]
        yield from self._less(tx, kept, lends=0)
        gone: dict[tuple[Sku, Any], int] = {}
        for sku, place, quantity in kept:
            gone[sku, place] = gone.get((sku, place), 0) + quantity
        moves = [Move(sku=sku, location_id=at, quantity=-n) for (sku, at), n in gone.items()]
        written = yield from self.move(tx, moves, cause=Cause.SALE, source=source)
        assert written, "whoever ships does it once: the state of their work says so"

    def end(self, tx: Transaction, units: Sequence[Units]) -> Steps[None]:
        for one in sorted(units, key=in_turn):
            key = (one.line_id, one.location_id)
            row = yield from tx.lock("allocation", key)
            if row is None or row["quantity"] < one.quantity:
                raise NotAllocated(sku=one.sku, quantity=one.quantity)
            if row["quantity"] == one.quantity:
                tx.delete("allocation", key)
            else:
                tx.change("allocation", key, quantity=row["quantity"] - one.quantity)

    def move(
        self, tx: Transaction, moves: Sequence[Move], *, cause: Cause, source: str
    ) -> Steps[bool]:
        """Write movements that have one cause, all or none; once for each source."""
        check(moves, cause)
        keys = sorted({(one.sku, one.location_id) for one in moves})
        saved = tx.save()
        yield from tx.lock_all("position", keys)
        if tx.get("source", source) is not None:
            return False
        found = {key: _position(tx, key) for key in keys}
        try:
            for one in moves:
                found[one.sku, one.location_id] = moved(
                    found[one.sku, one.location_id], one, cause=cause
                )
        except NotThere:
            tx.undo(saved)
            raise
        tx.add("source", {}, key=source)
        for one in moves:
            row = {"sku": one.sku, "at": one.location_id, "quantity": one.quantity}
            tx.add("movement", row | {"condition": one.condition, "cause": cause, "source": source})
        for key, after in found.items():
            tx.change("position", key, **values_of(after))
        self.announce(tx, (sku for sku, _ in keys))
        return True

    def lose_all(self, tx: Transaction, sku: Sku, place: Any, *, source: str) -> Steps[None]:
        """Count every sellable unit as gone that is not kept for somebody."""
        row = yield from tx.lock("position", (sku, place))
        assert row is not None
        free = row["on_hand"] - sum(row[name] for name in ASIDE) - row["reserved"]
        if free:
            gone = [Move(sku=sku, location_id=place, quantity=-free)]
            yield from self.move(tx, gone, cause=Cause.COUNT, source=source)

    def settle(
        self, tx: Transaction, place: Any, variances: Mapping[Sku, int], *, source: str
    ) -> Steps[None]:
        """Bring positions to what a count found."""
        keys = sorted((sku, place) for sku in variances)
        yield from tx.lock_all("position", keys)
        for sku, _ in keys:
            before = _position(tx, (sku, place))
            after = settled(before, variance=variances[sku])
            if gone := after.units[Condition.SELLABLE] - before.units[Condition.SELLABLE]:
                row = {"sku": sku, "at": place, "quantity": gone, "source": source}
                row |= {"condition": Condition.SELLABLE, "cause": Cause.COUNT}
                tx.add("movement", row)
            tx.change("position", (sku, place), **values_of(after))
        self.announce(tx, variances)

    def announce(self, tx: Transaction, skus: Iterable[Sku]) -> None:
        tx.add("outbox", {"name": "stock.positions_changed", "about": sorted(set(skus))})


def _position(tx: Transaction, key: tuple[Sku, Any]) -> Position:
    row = tx.get("position", key)
    assert row is not None
    return position_of(row)


def _kept(row: Row, quantity: int) -> Row:
    lent = None if row["lent"] is None else row["lent"] - quantity
    return {"reserved": row["reserved"] + quantity, "lent": lent}


def _less(row: Row, *, quantity: int, lends: int) -> Row:
    lent = None if row["lent"] is None else row["lent"] + lends * quantity
    return {"reserved": row["reserved"] - quantity, "lent": lent}


def _is_open(row: Row) -> bool:
    return bool(row["state"] == ReservationState.OPEN)


def _now(**values: Any) -> Callable[[Row], Row]:
    return lambda _row: values
