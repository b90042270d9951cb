"""What a movement of units may do. Pure: positions in, positions or a refusal out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sellier.domain.stock.errors import LoanAbsurd, MovementAbsurd, NotThere
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import LocationId, Sku

UNITS_MAX: Final = 10_000_000  # of one SKU at one location
MOVES_MAX: Final = 500
LOANS_MAX: Final = 5_000  # SKUs lent at once
EVENT_SKUS: Final = 500  # in one event

_BOTH_WAYS: Final = frozenset({Cause.COUNT, Cause.ADJUSTMENT, Cause.INSPECTION})
_COMES: Final = _BOTH_WAYS | {Cause.RECEIPT, Cause.RETURN, Cause.TRANSFER_IN}
_GOES: Final = _BOTH_WAYS | {Cause.SALE, Cause.TRANSFER_OUT}

_SEEN: Final = frozenset({Cause.COUNT, Cause.SALE})  # somebody had the units in hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Units of one SKU that come (more than 0) or go (less) at one location, in one condition."""

    sku: Sku
    location_id: LocationId
    quantity: int
    condition: Condition = Condition.SELLABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The units of one SKU at one location, by condition, and how many of them are promised."""

    units: Mapping[Condition, int]
    reserved: int
    lent: int | None = None  # of the sellable ones, while the location may be cut off
    short: int = 0  # on the books as sellable, promised, and not there

    @property
    def on_hand(self) -> int:
        return sum(self.units.values())


def inspection(
    *, sku: Sku, location_id: LocationId, quantity: int, before: Condition, after: Condition
) -> tuple[Move, Move]:
    """Return the movements that put units into another condition, where they are."""
    leave = Move(sku=sku, location_id=location_id, quantity=-quantity, condition=before)
    return leave, Move(sku=sku, location_id=location_id, quantity=quantity, condition=after)


def check(moves: Sequence[Move], cause: Cause) -> None:
    """Refuse movements that make no sense together. Raises `MovementAbsurd`."""
    if not 1 <= len(moves) <= MOVES_MAX:
        raise MovementAbsurd(f"Write 1 to {MOVES_MAX} movements at once.", quantity=len(moves))
    for one in moves:
        _check_one(one, cause)
    if len({(one.sku, one.location_id, one.condition) for one in moves}) < len(moves):
        raise MovementAbsurd("Add up the units of one SKU, place and condition first.")
    if cause is Cause.INSPECTION:
        _check_stays(moves)


def _check_one(move: Move, cause: Cause) -> None:
    told = {"sku": move.sku, "quantity": move.quantity}
    if not 0 < abs(move.quantity) <= UNITS_MAX:
        raise MovementAbsurd(f"Move 1 to {UNITS_MAX} units.", **told)
    if cause not in (_COMES if move.quantity > 0 else _GOES):
        raise MovementAbsurd(f"A {cause} moves units the other way.", **told)


def _check_stays(moves: Sequence[Move]) -> None:
    left: dict[tuple[Sku, LocationId], int] = defaultdict(int)
    for one in moves:
        left[one.sku, one.location_id] += one.quantity
    if any(left.values()):
        raise MovementAbsurd("An inspection changes the condition of units, not their number.")


def moved(before: Position, move: Move, *, cause: Cause) -> Position:
    """Return a position after a movement.

    Raises `NotThere` when fewer units are in that condition, or when sellable ones that would go
    are promised to orders, lent, or known to be missing. A count tells what is there, and what is
    sold was there: neither is told that units are missing, and a count ends what is lent of them.
    """
    left = before.units[move.condition] + move.quantity
    is_sellable = move.condition is Condition.SELLABLE
    promised = before.reserved if is_sellable else 0
    lent = before.lent or 0 if is_sellable and cause is not Cause.COUNT else 0
    short = before.short if is_sellable and cause not in _SEEN else 0
    if left < promised + lent + (short if move.quantity < 0 else 0):
        raise NotThere(
            sku=move.sku,
            quantity=-move.quantity,
            condition=move.condition,
            free=max(0, before.units[move.condition] - promised - lent - short),
            promised=promised,
            lent=lent,
        )
    after = replace(before, units={**before.units, move.condition: left})
    if is_sellable:
        still = None if before.lent is None else min(before.lent, left - promised)
        after = replace(after, lent=still, short=min(before.short, left))
    if after.on_hand > UNITS_MAX:
        raise MovementAbsurd(
            f"No place holds more than {UNITS_MAX} units.", sku=move.sku, quantity=move.quantity
        )
    return after


def check_loan(units: Mapping[Sku, int], *, free: Mapping[Sku, int]) -> None:
    """Refuse a loan of what is not there. Raises `LoanAbsurd` and `NotThere`."""
    if not 1 <= len(units) <= LOANS_MAX:
        raise LoanAbsurd(f"Lend units of 1 to {LOANS_MAX} SKUs at once.", skus=len(units))
    for sku, quantity in sorted(units.items()):
        if not 0 <= quantity <= UNITS_MAX:
            raise LoanAbsurd(f"Lend 0 to {UNITS_MAX} units.", sku=sku, quantity=quantity)
        if quantity > (here := free.get(sku, 0)):
            raise NotThere(
                sku=sku, quantity=quantity, condition=Condition.SELLABLE, free=here, promised=0
            )
