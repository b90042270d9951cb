"""What arrives somewhere, and what was expected: transfers and purchase orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sellier.domain.stock.errors import LinesAbsurd, NotOnPaper
from sellier.domain.stock.rules.moves import UNITS_MAX, Move
from sellier.domain.stock.states import Condition
from sellier.kernel.ids import LocationId, Sku

LINES_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Units of one SKU that came out of a box."""

    sound: int = 0
    damaged: int = 0

    @property
    def units(self) -> int:
        return self.sound + self.damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Arrived units: those that were on their way, and those that nobody sent."""

    expected: Arrived
    over: Arrived


def split(arrived: Arrived, *, on_the_way: int) -> Split:
    """Tell what was expected of an arrival: sound units first, for somebody waits for them."""
    sound = min(arrived.sound, on_the_way)
    damaged = min(arrived.damaged, on_the_way - sound)
    return Split(
        expected=Arrived(sound=sound, damaged=damaged),
        over=Arrived(sound=arrived.sound - sound, damaged=arrived.damaged - damaged),
    )


def moves_of(arrived: Mapping[Sku, Arrived], *, location_id: LocationId) -> Sequence[Move]:
    """Return the movements of units that come to a location, in the condition they are in."""
    conditions = (Condition.SELLABLE, Condition.DAMAGED)
    return [
        Move(sku=sku, location_id=location_id, quantity=quantity, condition=condition)
        for sku, one in sorted(arrived.items())
        for condition, quantity in zip(conditions, (one.sound, one.damaged), strict=True)
        if quantity
    ]


def check_lines(lines: Mapping[Sku, int], *, lowest: int = 1) -> None:
    """Refuse lines that nobody can pack. Raises `LinesAbsurd`."""
    if not 1 <= len(lines) <= LINES_MAX:
        raise LinesAbsurd(f"Write 1 to {LINES_MAX} lines.", lines=len(lines))
    for sku, quantity in lines.items():
        if not lowest <= quantity <= UNITS_MAX:
            raise LinesAbsurd(
                f"Write {lowest} to {UNITS_MAX} units of {sku}.", sku=sku, quantity=quantity
            )


def check_arrived(arrived: Mapping[Sku, Arrived], *, lines: Mapping[Sku, int]) -> None:
    """Refuse an arrival of nothing, of less, or of what is not on the paper.

    Raises `LinesAbsurd` and `NotOnPaper`.
    """
    for sku, one in arrived.items():
        if sku not in lines:
            raise NotOnPaper(f"{sku} is not expected here: write it as found.", sku=sku)
        if min(one.sound, one.damaged) < 0 or one.units > UNITS_MAX:
            raise LinesAbsurd(f"Write 0 to {UNITS_MAX} units of {sku}.", sku=sku)
    if not any(one.units for one in arrived.values()):
        raise LinesAbsurd("Write how many units arrived.")


def check_sent(sent: Mapping[Sku, int], *, lines: Mapping[Sku, int]) -> None:
    """Refuse to send nothing, or more than was asked for. Raises `LinesAbsurd`, `NotOnPaper`."""
    for sku, quantity in sent.items():
        if sku not in lines:
            raise NotOnPaper(f"{sku} is not on this transfer.", sku=sku)
        if not 0 <= quantity <= lines[sku]:
            raise LinesAbsurd(
                f"Send 0 to {lines[sku]} units of {sku}: so many were asked for.",
                sku=sku,
                quantity=quantity,
            )
    if not any(sent.values()):
        raise LinesAbsurd("Send at least one unit, or cancel the transfer.")


def expected_at(day: date, *, closes: time, zone: str) -> datetime:
    """Return when units that are expected on a day are there at the latest: as the place closes."""
    return datetime.combine(day, closes, tzinfo=ZoneInfo(zone))
