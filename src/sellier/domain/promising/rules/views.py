"""Which figures count as available, and from when what is short is expected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sellier.domain.promising.rules.promise import Standings
from sellier.domain.promising.states import Purpose
from sellier.kernel.ids import ChannelId, MaisonId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What counts for one purpose, in a channel and for a maison, or for all of them."""

    purpose: Purpose
    channel_id: ChannelId | None = None
    maison_id: MaisonId | None = None
    counts_inbound: bool = True
    keeps_safety: bool = True
    keeps_buffer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Units on their way, there at a moment at the latest."""

    sku: Sku
    quantity: int
    expected_at: datetime | None


def expected_at(
    wanted: Mapping[Sku, int], standings: Standings, coming: Iterable[Coming]
) -> datetime | None:
    """Return when all that is wanted will be there, or None when that is not known."""
    short = {
        sku: units - sum(one.units.get(sku, 0) for one in standings.values() if one.ships)
        for sku, units in wanted.items()
    }
    short = {sku: units for sku, units in short.items() if units > 0}
    last: datetime | None = None
    known = (one for one in coming if one.expected_at is not None)
    for one in sorted(known, key=lambda one: (one.expected_at, one.sku)):
        if short.get(one.sku, 0) > 0:
            short[one.sku] -= one.quantity
            last = one.expected_at
    return last if all(units <= 0 for units in short.values()) else None
