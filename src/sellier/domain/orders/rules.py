"""Pure decisions about orders, and the values that describe one before it exists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sellier.domain.orders.states import TO_DO, Cause, LineState, Work
from sellier.domain.payments.states import PaymentState
from sellier.domain.promising.rules import Destination, Source, addressed
from sellier.domain.promising.states import Way
from sellier.domain.stock.states import Condition
from sellier.kernel.ids import (
    CartId,
    ChannelId,
    LocationId,
    MarketId,
    OrderLineId,
    Sku,
    StyleColorId,
)
from sellier.kernel.money import Money, total


class OrderStatus(StrEnum):
    """What an order looks like as a whole. Derived, never stored."""

    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMED = "confirmed"
    PARTLY_CANCELED = "partly_canceled"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an order goes."""

    name: str
    phone: str | None
    line1: str
    line2: str | None
    postal_code: str
    city: str
    region: str | None
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first and the last day on which an order is to be with its customer."""

    earliest: date
    latest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line as the customer saw it when ordering."""

    sku: Sku
    style_color_id: StyleColorId
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    unit: Money
    way: Way = Way.SHIP
    location_id: LocationId | None = None  # the boutique of what is collected or carried out


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order to be placed. Amounts were computed by us, never by the client."""

    cart_id: CartId
    cart_version: int
    channel_id: ChannelId
    market_id: MarketId
    language: str
    currency: str
    email: str
    address: Address
    lines: Sequence[DraftLine]
    shipping: Money
    promised: Days | None = None

    @property
    def items(self) -> Money:
        return total((line.unit * line.quantity for line in self.lines), currency=self.currency)

    @property
    def total(self) -> Money:
        return self.items + self.shipping

    def to(self, line: DraftLine) -> Destination:
        """Return where the units of a line go."""
        return addressed(
            way=line.way,
            country=self.address.country,
            postal_code=self.address.postal_code,
            location_id=line.location_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Units of an order line in one fulfillment."""

    line_id: OrderLineId
    sku: Sku
    quantity: int
    due_minor: int  # for each unit when it leaves; nothing for what replaces another

    def only(self, quantity: int) -> "Part":
        """Return so many of these units."""
        return replace(self, quantity=quantity)

    def less(self, quantity: int) -> "Part":
        """Return the units that are left when so many are gone."""
        return replace(self, quantity=self.quantity - quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Work to be opened: these units of an order, at this location or waiting for one."""

    location_id: LocationId | None
    way: Way
    units: Mapping[OrderLineId, int]
    is_set_aside: bool = False


def openings(
    taken: Iterable[tuple[OrderLineId, LocationId, int]],
    *,
    ways: Mapping[OrderLineId, Way],
    kept: Collection[OrderLineId] = (),
) -> Sequence[Opening]:
    """Return the work that each location has: one for what it sends, one for what waits in it.

    Each line that is `kept` until another piece is back has work of its own.
    """
    units: dict[tuple[LocationId, Way, OrderLineId | None], dict[OrderLineId, int]] = {}
    for line_id, location_id, quantity in taken:
        key = location_id, ways[line_id], line_id if line_id in kept else None
        work = units.setdefault(key, {})
        work[line_id] = work.get(line_id, 0) + quantity
    return [
        Opening(location_id=place, way=way, units=each, is_set_aside=line is not None)
        for (place, way, line), each in sorted(units.items(), key=lambda item: item[0][:2])
    ]


# An offer that its boutique leaves lying this long is shown to others; to so many: 0 for none.
ALONE_FOR: Final = timedelta(minutes=15)
RIVALS_MAX: Final = 5


def rivals(
    sources: Iterable[Source],
    *,
    units: Mapping[Sku, int],
    country: str,
    passed: Mapping[Sku, AbstractSet[LocationId]],
) -> Sequence[LocationId]:
    """Choose the boutiques of a country that may take work as well, with the most left of it first.

    They send, they have every unit for its channel, and they have not given these units up.
    """
    able = [
        one
        for one in sources
        if not one.is_warehouse
        and one.country == country
        and Way.SHIP in one.ways
        and all(one.available.get(sku, 0) >= n for sku, n in units.items())
        and not any(one.location_id in passed.get(sku, ()) for sku in units)
    ]
    able.sort(key=lambda one: (-sum(one.available[sku] for sku in units), one.code))
    return [one.location_id for one in able[:RIVALS_MAX]]


UNIT_WEIGHT_G: Final = 1_000  # with its wrapping; no catalog of ours says more
PARCEL_WEIGHT_MAX_G: Final = 30_000
_TRY_FIRST: Final = timedelta(seconds=30)  # longer than an answer may take
_TRY_LONGEST: Final = timedelta(minutes=30)
_DOUBLINGS_MAX: Final = 10


def parcel_weight_g(units: int) -> int:
    """Estimate how heavy a parcel of so many units is."""
    return min(units * UNIT_WEIGHT_G, PARCEL_WEIGHT_MAX_G)


def next_try(*, tries: int, now: datetime) -> datetime:
    """Return when to ask a carrier again that has not answered: soon, then ever more rarely."""
    return now + min(_TRY_FIRST * (1 << min(tries, _DOUBLINGS_MAX)), _TRY_LONGEST)


# Units that wait cost nobody's work; those that a location has accepted cost most.
_CANCEL_FIRST: Final = (Work.UNSOURCED, Work.SET_ASIDE, Work.OFFERED, Work.ACCEPTED)


def canceled_from(
    works: Sequence[tuple[Work, Sequence[Part]]], *, wanted: Mapping[OrderLineId, int]
) -> Sequence[Mapping[OrderLineId, int]] | None:
    """Return which units each work loses, or None when together they have too few.

    Works come with their states, and those least begun lose theirs first.
    """
    left = dict(wanted)
    lost: list[dict[OrderLineId, int]] = [{} for _ in works]
    ranked = sorted(range(len(works)), key=lambda i: _CANCEL_FIRST.index(works[i][0]))
    for i in ranked:
        for part in works[i][1]:
            if units := min(part.quantity, left.get(part.line_id, 0)):
                lost[i][part.line_id] = units
                left[part.line_id] -= units
    return None if any(left.values()) else lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a cause does beside taking units out of a fulfillment.

    `condition`: the units are set aside in it. `is_missing`: they are counted as gone, and with
    `is_all` whatever else of the SKU is free there too, and other orders that wait for it there are
    told. `passes`: how long the location is left alone with this SKU and order; None for ever.
    """

    condition: Condition | None = None
    is_missing: bool = False
    is_all: bool = False
    passes: timedelta | None = None

    @property
    def is_unfit(self) -> bool:
        """Tell whether the very units cannot be sold to anybody else."""
        return self.is_missing or self.condition is not None


EFFECTS: Final[Mapping[Cause, Effect]] = {
    Cause.NOT_FOUND: Effect(is_missing=True, is_all=True),
    Cause.MISMATCH: Effect(is_missing=True),
    Cause.DAMAGED: Effect(condition=Condition.DAMAGED),
    Cause.WORN_DISPLAY: Effect(condition=Condition.DISPLAY),
    Cause.TOO_BUSY: Effect(passes=timedelta(hours=12)),
    Cause.TIMED_OUT: Effect(passes=timedelta(hours=12)),
    Cause.CLOSED: Effect(passes=timedelta(0)),  # it takes none while it is closed
    Cause.MOVED: Effect(passes=timedelta(days=1)),
    Cause.AMENDED: Effect(passes=timedelta(0)),
    Cause.UNCOLLECTED: Effect(passes=timedelta(0)),
    Cause.NOT_RETURNED: Effect(passes=timedelta(0)),
    Cause.SOLD_OUT: Effect(passes=timedelta(0)),
}


def is_passed(cause: Cause, *, since: datetime, now: datetime) -> bool:
    """Tell whether a location may be asked again for what it once gave up for this cause."""
    effect = EFFECTS.get(cause, Effect(passes=timedelta(0)))
    return effect.passes is not None and now >= since + effect.passes


def status(payment: PaymentState, lines: Collection[LineState]) -> OrderStatus:
    """Derive an order's status from its payment and its lines."""
    states = set(lines)
    if states <= {LineState.LAPSED, LineState.CANCELED}:
        return OrderStatus.CANCELED
    if payment is not PaymentState.AUTHORIZED:
        return OrderStatus.AWAITING_PAYMENT
    if LineState.CANCELED in states:
        return OrderStatus.PARTLY_CANCELED
    return OrderStatus.CONFIRMED


class Progress(StrEnum):
    """How far the units of an order are: as far as those that are behind. Derived."""

    UNSOURCED = "unsourced"
    TO_PREPARE = "to_prepare"
    READY = "ready"
    SENT = "sent"
    DELIVERED = "delivered"


# From behind; what one of these states is found for comes first.
PROGRESS: Final[Sequence[tuple[Progress, frozenset[Work]]]] = (
    (Progress.UNSOURCED, frozenset({Work.UNSOURCED})),
    (Progress.TO_PREPARE, TO_DO),
    (Progress.READY, frozenset({Work.READY})),
    (Progress.SENT, frozenset({Work.HANDED_OVER, Work.LOST})),
    (Progress.DELIVERED, frozenset({Work.DELIVERED, Work.COLLECTED})),
)


def progress(works: Collection[Work]) -> Progress | None:
    """Derive how far an order is from its work; None while it has none, or none any more."""
    return next((found for found, states in PROGRESS if states.intersection(works)), None)


# How long work may stay where it is. An offer and what waits for its customer say it themselves.
PATIENCE: Final[Mapping[Work, timedelta]] = {
    Work.UNSOURCED: timedelta(hours=1),
    Work.ACCEPTED: timedelta(hours=24),
    Work.PICKED: timedelta(hours=24),
    Work.PACKED: timedelta(hours=24),
    Work.HANDED_OVER: timedelta(days=5),
}
# Whoever looks wants to know this long before.
SOON: Final[Mapping[Work, timedelta]] = {
    Work.OFFERED: timedelta(hours=1),
    Work.ACCEPTED: timedelta(hours=4),
    Work.PICKED: timedelta(hours=4),
    Work.PACKED: timedelta(hours=4),
    Work.READY: timedelta(days=2),
    Work.HANDED_OVER: timedelta(days=1),
}


class Pace(StrEnum):
    IN_TIME = "in_time"
    SOON = "soon"  # to be late
    LATE = "late"


def due_at(
    state: Work, *, since: datetime, accept_by: datetime | None, collect_by: datetime | None
) -> datetime | None:
    """Return until when work in this state since then is to go on; None where nothing waits."""
    match state:
        case Work.OFFERED:
            return accept_by
        case Work.READY:
            return collect_by
        case _:
            return since + PATIENCE[state] if state in PATIENCE else None


def pace(state: Work, *, due: datetime | None, now: datetime) -> Pace:
    """Tell whether work is late, or about to be."""
    if due is None:
        return Pace.IN_TIME
    if due <= now:
        return Pace.LATE
    return Pace.SOON if due - SOON.get(state, timedelta(0)) <= now else Pace.IN_TIME


def changed_fields(before: Address, after: Address) -> Sequence[str]:
    """Name the parts in which two addresses differ."""
    parts = (part.name for part in fields(Address))
    return [name for name in parts if getattr(before, name) != getattr(after, name)]
