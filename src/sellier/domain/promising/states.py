"""The ways in which goods reach a customer."""

from enum import StrEnum


class Way(StrEnum):
    """How units of a line leave a location."""

    SHIP = "ship"  # sent to an address
    COLLECT = "collect"  # collected in a boutique
    CARRY = "carry"  # carried out of a boutique
