"""Which units may come back, and what is owed for them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sellier.domain.returns.errors import (
    NothingToReturn,
    NotSoldHere,
    OtherStyle,
    ReturnUnitsAbsurd,
    WantedGone,
)
from sellier.domain.returns.states import Disposition, Look, Reason, ReturnWay
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    ReturnLineId,
    Sku,
    StyleColorId,
)
from sellier.kernel.money import Money

# Twice what European law asks for, and what luxury houses give: a gift has time to be opened.
WINDOW: Final = timedelta(days=30)
# Announced and not come: its units may be announced again. Longer than any parcel takes.
LAPSES_AFTER: Final = timedelta(days=30)
# An exchange keeps a piece from everybody else, so it waits less long; what a carrier has by then
# is given this much more.
EXCHANGE_LAPSES_AFTER: Final = timedelta(days=14)
CARRIED_WITHIN: Final = timedelta(days=14)
# Carriers find some of what they lose: so long is waited before it is written off.
FOUND_WITHIN: Final = timedelta(days=3)
UNITS_MAX: Final = 1_000  # in one return
WORDS_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Units of a line that a fulfillment brought to the customer and that have not come back."""

    line_id: OrderLineId
    fulfillment_id: FulfillmentId
    sku: Sku
    left: int
    unit: Money
    since: datetime  # when the customer had them

    def is_in_time(self, now: datetime, *, window: timedelta = WINDOW) -> bool:
        """Tell whether units of it may still be returned by right."""
        return now < self.since + window


def returnable(parts: Iterable[Delivered], *, now: datetime) -> Mapping[OrderLineId, int]:
    """Count the units of each line that may still be returned by right."""
    units: dict[OrderLineId, int] = {}
    for part in parts:
        if part.left and part.is_in_time(now):
            units[part.line_id] = units.get(part.line_id, 0) + part.left
    return units


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A piece that the customer takes instead of their money.

    It goes the way the first one went, if that can be, unless it is handed over at once in the
    boutique where they stand.
    """

    sku: Sku
    carried_at: LocationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Units of a line that somebody gives back, why, and what they want instead of the money."""

    line_id: OrderLineId
    quantity: int
    reason: Reason
    words: str | None = None
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A piece that could replace one of an order."""

    sku: Sku
    style_color_id: StyleColorId
    title: str
    color: str | None
    size: str | None
    is_same_price: bool  # sold where the order was placed, for what the first one costs there
    sendable: int  # units that can be sent
    collected_at: LocationId | None  # the boutique where the first one was collected
    collectable: int  # units that are there
    at: Mapping[LocationId, int]  # units that can be carried out of boutiques

    @property
    def available(self) -> int:
        """Return how many units the customer could get, in one way."""
        return max(self.sendable, self.collectable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Units of an order that come back together.

    Without a `window` the house takes back later than it has to, and keeps what delivery cost.
    """

    order_id: OrderId
    wishes: Sequence[Wish]
    way: ReturnWay
    expected_at: LocationId | None = None
    window: timedelta | None = WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Units of a wish, out of one fulfillment."""

    wish: Wish
    part: Delivered
    quantity: int
    replacement_id: OrderLineId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an inspection found of some units, and what is done with them."""

    quantity: int
    look: Look
    disposition: Disposition
    note: str | None = None


def portions(wishes: Sequence[Wish], parts: Iterable[Delivered]) -> Sequence[Portion]:
    """Share wished units out among what was delivered, what came last first.

    Raises `ReturnUnitsAbsurd`, and `NothingToReturn` when fewer may come back.
    """
    _check(wishes)
    ranked = sorted(parts, key=lambda part: part.since, reverse=True)
    found = []
    for wish in wishes:
        left = wish.quantity
        for part in ranked:
            if part.line_id == wish.line_id and (units := min(left, part.left)):
                found.append(Portion(wish=wish, part=part, quantity=units))
                left -= units
        if left:
            raise NothingToReturn(
                f"{wish.quantity - left} of these units can be returned: they have to have "
                "arrived, lately enough, and not to be on their way back.",
                line_id=wish.line_id,
                left=wish.quantity - left,
            )
    return found


def chosen_for(wish: Wish, choices: Iterable[Choice]) -> Choice | None:
    """Return the piece that somebody wants instead; None where they want their money.

    Raises `OtherStyle`, `NotSoldHere`, and `WantedGone` when there are too few.
    """
    if wish.wanted is None:
        return None
    sku, place = wish.wanted.sku, wish.wanted.carried_at
    choice = next((one for one in choices if one.sku == sku), None)
    if choice is None:
        raise OtherStyle(
            "Choose another size or color of the same piece. "
            "For any other piece, return this one and place a new order.",
            sku=sku,
        )
    if not choice.is_same_price:
        raise NotSoldHere(
            "This piece is not sold there, or not at the same price. "
            "Choose another one, or have the money back.",
            sku=sku,
        )
    if (choice.available if place is None else choice.at.get(place, 0)) < wish.quantity:
        raise gone(sku)
    return choice


def gone(sku: Sku) -> WantedGone:
    """Return the refusal of a piece of which there is not enough."""
    return WantedGone(
        "There is not enough left of this piece. Choose another one, or have the money back.",
        sku=sku,
    )


def _check(wishes: Sequence[Wish]) -> None:
    if not wishes:
        raise ReturnUnitsAbsurd("Choose at least one piece to return.")
    if len({wish.line_id for wish in wishes}) < len(wishes):
        raise ReturnUnitsAbsurd("Name each line once.")
    if any(not 0 < wish.quantity <= UNITS_MAX for wish in wishes):
        raise ReturnUnitsAbsurd(f"Return 1 to {UNITS_MAX} units of a line.")
    if any(wish.words and len(wish.words) > WORDS_LONGEST for wish in wishes):
        raise ReturnUnitsAbsurd(f"Say it in {WORDS_LONGEST} characters.")


def check_received(
    received: Mapping[ReturnLineId, int], *, announced: Mapping[ReturnLineId, int]
) -> None:
    """Refuse a reception of what was not announced, or of nothing. Raises `ReturnUnitsAbsurd`."""
    if set(received) != set(announced):
        raise ReturnUnitsAbsurd("Say of each line how many units came.")
    if any(not 0 <= units <= announced[line_id] for line_id, units in received.items()):
        raise ReturnUnitsAbsurd(
            "More units came than were announced, or fewer than none. Announce the others first."
        )
    if not any(received.values()):
        raise ReturnUnitsAbsurd("Nothing came. Leave the return open, or cancel it.")


def check_findings(
    findings: Mapping[ReturnLineId, Sequence[Finding]], *, received: Mapping[ReturnLineId, int]
) -> None:
    """Refuse an inspection that does not tell of every unit once. Raises `ReturnUnitsAbsurd`."""
    told = {
        line_id: sum(one.quantity for one in found) for line_id, found in findings.items() if found
    }
    if any(one.quantity <= 0 for found in findings.values() for one in found):
        raise ReturnUnitsAbsurd("Tell of at least one unit at a time.")
    if told != {line_id: units for line_id, units in received.items() if units}:
        raise ReturnUnitsAbsurd("Tell of every unit that came, once, what it is like.")
    sound = {Look.AS_NEW, Look.WORN}
    for one in (one for found in findings.values() for one in found):
        if one.disposition is Disposition.RESTOCK and one.look not in sound:
            raise ReturnUnitsAbsurd("Only a piece that is whole can be sold again.")
        if one.look is Look.OTHER_PIECE and one.disposition is not Disposition.REFUSE:
            raise ReturnUnitsAbsurd("A piece that we did not send goes back to the customer.")


def accepted(findings: Iterable[Finding]) -> int:
    """Count the units that were taken back."""
    return sum(one.quantity for one in findings if one.disposition is not Disposition.REFUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is given back: for the units, and for having brought them."""

    units: Money
    delivery: Money

    @property
    def total(self) -> Money:
        return self.units + self.delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """An order as far as its returns are concerned, the one to be settled apart."""

    bought: int  # units, without those canceled
    back: int  # units taken back by returns that were announced in time, and settled
    shipping: Money
    delivery_given_back: Money


def settlement(units: Iterable[tuple[int, Money]], *, is_in_time: bool, ledger: Ledger) -> Settled:
    """Say what is owed: each unit at the price paid for it, delivery once all is back in time."""
    told = list(units)
    nothing = ledger.shipping - ledger.shipping
    back = ledger.back + sum(quantity for quantity, _ in told)
    is_all = is_in_time and back >= ledger.bought
    return Settled(
        units=sum((unit * quantity for quantity, unit in told), start=nothing),
        delivery=ledger.shipping - ledger.delivery_given_back if is_all else nothing,
    )
