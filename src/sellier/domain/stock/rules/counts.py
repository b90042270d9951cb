"""What a count found, and what it means for a position. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sellier.domain.stock.errors import CountUnfinished, LinesAbsurd, MovementAbsurd
from sellier.domain.stock.rules.moves import UNITS_MAX, Position
from sellier.domain.stock.states import Condition
from sellier.kernel.ids import Sku

COUNTED_MAX: Final = 1_000  # SKUs in one count


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was found of one SKU, and what the books said at that moment."""

    counted: int
    expected: int

    @property
    def variance(self) -> int:
        return self.counted - self.expected


def settled(before: Position, *, variance: int) -> Position:
    """Return a position after a count that found `variance` units more (or fewer) than its books.

    Units that are promised stay on the books though they are not there: they are `short`, are
    promised to nobody else, and leave the books once they are promised to nobody at all.
    """
    sellable = before.units[Condition.SELLABLE]
    there = max(0, sellable - before.short + variance)
    kept = max(there, before.reserved)
    after = replace(
        before,
        units={**before.units, Condition.SELLABLE: kept},
        short=kept - there,
        lent=None if before.lent is None else min(before.lent, kept - before.reserved),
    )
    if after.on_hand > UNITS_MAX:
        raise MovementAbsurd(f"No place holds more than {UNITS_MAX} units.", quantity=variance)
    return after


def beyond(tallies: Mapping[Sku, Tally], *, tolerance: int) -> frozenset[Sku]:
    """Return the SKUs whose variance somebody has to look at."""
    return frozenset(sku for sku, one in tallies.items() if abs(one.variance) > tolerance)


def check_found(found: Mapping[Sku, int]) -> None:
    """Refuse what nobody can have counted. Raises `LinesAbsurd`."""
    if not 1 <= len(found) <= COUNTED_MAX:
        raise LinesAbsurd(f"Write down 1 to {COUNTED_MAX} SKUs.", lines=len(found))
    for sku, units in found.items():
        if not 0 <= units <= UNITS_MAX:
            raise LinesAbsurd(f"Write 0 to {UNITS_MAX} units of {sku}.", sku=sku, quantity=units)


def check_finished(left: int, *, counted: int) -> None:
    """Refuse a count that is not done. Raises `CountUnfinished`."""
    if left:
        raise CountUnfinished("Count every piece of the list: write 0 for none.", left=left)
    if not counted:
        raise CountUnfinished("Count something first.", left=0)
