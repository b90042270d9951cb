"""The closed words of stock: why units move, what they are good for, how they are kept."""

from enum import StrEnum


class Cause(StrEnum):
    """Why units came, went, or changed their condition."""

    RECEIPT = "receipt"
    SALE = "sale"
    RETURN = "return"
    COUNT = "count"
    ADJUSTMENT = "adjustment"
    INSPECTION = "inspection"  # they stay where they are, in another condition


class Condition(StrEnum):
    """What units on hand are good for. Only sellable ones are promised to anybody."""

    SELLABLE = "sellable"
    DISPLAY = "display"  # in the window: sold by hand, never promised
    DAMAGED = "damaged"
    QUALITY_HOLD = "quality_hold"  # kept back until somebody has looked at them


class ReservationState(StrEnum):
    OPEN = "open"
    COMMITTED = "committed"  # became an allocation
    RELEASED = "released"
    EXPIRED = "expired"
