"""What stock may do: pure decisions, and the frozen values they use."""

from sellier.domain.stock.rules.moves import (
    EVENT_SKUS,
    MOVES_MAX,
    UNITS_MAX,
    Move,
    Position,
    check,
    check_loan,
    inspection,
    moved,
)

__all__ = [
    "EVENT_SKUS",
    "MOVES_MAX",
    "UNITS_MAX",
    "Move",
    "Position",
    "check",
    "check_loan",
    "inspection",
    "moved",
]
