"""Pure decisions about prices."""

from typing import Final

# A feed in the wrong unit or currency moves most prices by much; a season's sale does not.
JUMP: Final = 3
JUMPS_TOLERATED_PERCENT: Final = 20


def is_suspicious(*, jumps: int, existing: int) -> bool:
    """Tell whether so many prices jumped that a person should look before they apply.

    A jump is a change to more than three times the price or less than a third of it.
    """
    return jumps * 100 > existing * JUMPS_TOLERATED_PERCENT
