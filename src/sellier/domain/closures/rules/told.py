"""What a plan says to people: a decision for each order."""

from collections.abc import Mapping, Sequence

from sellier.domain.promising.rules.log import Chosen, Log, Part
from sellier.domain.promising.states import Way


def log_of(
    *, country: str, wanted: Mapping[str, int], given: Mapping[str, Mapping[str, int]]
) -> Log:
    """Write the decision of one order as sourcing writes its own; `given` is by location's code."""
    had: dict[str, int] = {}
    for units in given.values():
        for sku, quantity in units.items():
            had[sku] = had.get(sku, 0) + quantity
    missing = {sku: units - had.get(sku, 0) for sku, units in wanted.items()}
    chosen: Sequence[Chosen] = [
        Chosen(code=code, units=units, km=None) for code, units in sorted(given.items())
    ]
    part = Part(
        way=Way.SHIP,
        country=country,
        at=None,
        wanted=wanted,
        rules=(),
        steps=(),
        chosen=chosen,
        missing={sku: units for sku, units in missing.items() if units > 0},
    )
    return Log(parts=[part])
