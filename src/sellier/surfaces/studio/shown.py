"""What the studio's pages show: frozen values, read by the queries, used by templates."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sellier.domain.catalog.queries import Picture
from sellier.domain.closures.queries import (
    ClosureRead,
    ComingRow,
    GivenRow,
    MoveRow,
    PlanRead,
    TransitionRead,
    WaitRow,
)
from sellier.domain.closures.states import NOT_OVER, MoveState
from sellier.domain.orders.queries import SizeRead
from sellier.domain.orders.rules import Pace
from sellier.domain.orders.states import Cause, Work
from sellier.domain.payments.queries import OperationRead
from sellier.domain.payments.states import OperationKind, PaymentState
from sellier.kernel.ids import FulfillmentId, OrderLineId, PaymentId, Sku, StyleColorId
from sellier.kernel.money import Money
from sellier.surfaces.studio.rules import Choice, Lane, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the day goes, and whether what works behind does work."""

    orders_today: int
    sold_today: Sequence[Money]  # one for each currency, paid or not
    awaiting_payment: int
    to_prepare: int
    events_waiting: int
    oldest_event_at: datetime | None
    jobs_failed: int
    worker_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boutique:
    """What a location has to prepare."""

    code: str
    name: str
    city: str
    time_zone: str
    orders: int
    units: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTold:
    """One attempt to be paid; an order may have several, the newest counts."""

    id: PaymentId
    state: PaymentState
    amount: Money
    refusal: str | None
    provider_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    kind: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around an order, beside what `orders.queries` tells of it."""

    channel: str
    market: str
    payments: Sequence[PaymentTold]
    operations: Sequence[OperationRead]
    letters: Sequence[Letter]
    pictures: dict[StyleColorId, Picture]
    codes: dict[StyleColorId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the order desk can do with an order now."""

    movable: AbstractSet[FulfillmentId]
    holdable: AbstractSet[FulfillmentId]
    choices: Mapping[FulfillmentId, Sequence[Choice]]  # where it could go
    cancelable: Mapping[OrderLineId, int]
    sizes: Mapping[OrderLineId, Sequence[SizeRead]]
    address_mark: str | None  # of the address, while it can be changed


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSize:
    sku: Sku
    size: str | None
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """What a SKU is."""

    sku: Sku
    gtin: str | None
    code: str
    brand: str
    title: str
    color: str | None
    size: str | None
    picture: Picture | None
    sizes: Sequence[OtherSize]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    code: str
    location: str
    city: str
    on_hand: int
    reserved: int
    display: int
    damaged: int
    quality_hold: int
    safety: int
    available: int

    @property
    def aside(self) -> int:
        """Units that are here and not for sale."""
        return self.display + self.damaged + self.quality_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Units kept for an order: until a time, or for good once it is paid."""

    number: str
    location: str
    quantity: int
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Whether a SKU is sold as one in great demand, who said so, and what bags keep of it."""

    is_hot: bool
    at: datetime | None  # None: nobody has ever said anything
    by: str
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A row of the ledger, and what was on hand at its location after it."""

    id: int
    at: datetime
    location: str
    cause: str  # as `stock.models.Cause` has them
    condition: str  # as `stock.models.Condition` has them
    quantity: int
    after: int
    source: str
    note: str | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location, and what it holds. `short` and `lent` count positions, the others units."""

    UNITS: ClassVar[Sequence[str]] = ("on_hand", "reserved", "short", "lent")

    code: str
    kind: str
    name: str
    city: str
    country: str
    on_hand: int
    reserved: int
    short: int
    lent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """The units of a SKU at the place that is shown."""

    UNITS: ClassVar[Sequence[str]] = (
        "on_hand",
        "reserved",
        "available",
        "display",
        "damaged",
        "quality_hold",
        "short",
        "lent",
    )

    sku: Sku
    title: str
    color: str | None
    size: str | None
    picture: Picture | None
    on_hand: int
    reserved: int
    available: int
    display: int
    damaged: int
    quality_hold: int
    short: int
    lent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a location gives to a channel; `is_agreed` when somebody said so."""

    code: str
    name: str
    ships: bool
    collects: bool
    holds: bool
    buffer: int
    is_agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Work that is to go on: of which order, where, since when, by when, and why it waits."""

    number: str
    state: Work
    code: str | None
    place: str | None
    city: str | None
    since: datetime
    due: datetime | None
    pace: Pace
    cause: Cause | None
    hold: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTold:
    """A lane of work: how much of it, and what is to go on first."""

    lane: Lane
    total: int
    late: int
    soon: int
    works: Sequence[Watched]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLoad:
    """What a place has on its hands, and what it refused in a week."""

    code: str
    name: str
    city: str
    capacity: int
    orders: int
    late: int
    oldest: datetime | None
    asked: int
    refused: int
    causes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedOperation:
    kind: OperationKind
    amount: Money
    answer: str | None
    number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyTold:
    """Payments that nobody has decided, captures and refunds that did not go through."""

    undecided: int
    overdue: int  # of them
    tried: int  # operations asked for in vain so far
    failed: int
    operations: Sequence[FailedOperation]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTold:
    what: str  # refused | failed_attempt | lost | silent
    number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """What works behind: events that wait, jobs that gave up, the worker's sign of life."""

    waiting: int
    oldest_at: datetime | None
    failed: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    """All that the control tower shows."""

    lanes: Sequence[LaneTold]
    places: Sequence[PlaceLoad]
    money: MoneyTold
    parcels: Sequence[ParcelTold]
    machinery: Machinery
    is_silent: bool
    is_behind: bool

    @property
    def marks(self) -> Mapping[str, str]:
        """Return a mark of each part, by which a page knows what has changed."""
        alive = (self.machinery.failed, self.is_silent, self.is_behind, self.machinery.waiting)
        parts: dict[str, object] = {told.lane.value: told for told in self.lanes}
        parts |= {
            "places": self.places,
            "money": self.money,
            "parcels": self.parcels,
            "machinery": alive,
        }
        return {name: mark(part) for name, part in parts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on the map of the network."""

    code: str
    name: str
    city: str
    country: str
    is_warehouse: bool
    latitude: float
    longitude: float
    capacity: int
    orders: int
    late: int
    is_open: bool
    is_shut: bool  # no orders go there, whatever its hours say


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureTold:
    """How a closure stands: what moved where, what waits for whom, what is left."""

    closure: ClosureRead
    given: Sequence[GivenRow]
    moves: Sequence[MoveRow]
    waiting: Sequence[WaitRow]
    coming: Sequence[ComingRow]
    plans: Sequence[PlanRead]
    history: Sequence[TransitionRead]

    @property
    def mark(self) -> str:
        return mark(self)

    @property
    def is_live(self) -> bool:
        """Tell whether something may still happen without anybody here doing it."""
        return self.closure.state in NOT_OVER

    @property
    def moved(self) -> int:
        return self._units(MoveState.MOVED)

    @property
    def planned(self) -> int:
        return self._units(MoveState.PLANNED)

    @property
    def short(self) -> int:
        return self._units(MoveState.WAITS)

    @property
    def asked(self) -> Sequence[WaitRow]:
        """Return what waits for customers who have not chosen."""
        return [one for one in self.waiting if one.deadline_at is not None]

    def _units(self, state: MoveState) -> int:
        return sum(one.units for one in self.given if one.state is state)
