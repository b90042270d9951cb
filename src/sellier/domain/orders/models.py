from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Sequence,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.domain.orders.states import (
    Cause,
    Change,
    LineEvent,
    LineState,
    ParcelEvent,
    ParcelState,
    Work,
    WorkEvent,
)
from sellier.domain.promising.states import Way
from sellier.infra.db import Base
from sellier.kernel.ids import (
    CartId,
    ChannelId,
    FulfillmentId,
    LocationId,
    MarketId,
    OrderId,
    OrderLineId,
    ParcelId,
    Sku,
    StyleColorId,
)

# Numbers for people. They may have gaps; legal numbers will come from a locked counter row.
ORDER_NUMBER = Sequence("order_number", metadata=Base.metadata)


class Order(Base):
    """What a customer bought at one time. Named `orders`, for ORDER is a word of SQL."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "total_minor = items_minor + shipping_minor", "total_is_the_sum_of_its_parts"
        ),
        CheckConstraint("items_minor > 0 AND shipping_minor >= 0", "amounts_not_negative"),
        # Two tabs, two clicks, two keys: one order for one state of the cart.
        UniqueConstraint("cart_id", "cart_version"),
        CheckConstraint("promised_from <= promised_to", "promise_begins_before_it_ends"),
        Index("ix_orders_placed_at", "placed_at"),
    )

    id: Mapped[OrderId] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    cart_id: Mapped[CartId]
    cart_version: Mapped[int]
    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey("channel.id"))
    market_id: Mapped[MarketId] = mapped_column(ForeignKey("market.id"))
    language: Mapped[str] = mapped_column(String(5))
    currency: Mapped[str] = mapped_column(String(3))
    items_minor: Mapped[int] = mapped_column(BigInteger)
    shipping_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    email: Mapped[str]
    # A guest reads their order with this secret; only its fingerprint is kept.
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    placed_at: Mapped[datetime]
    # The days on which the customer was told that it would be there, when they were told any.
    promised_from: Mapped[date | None]
    promised_to: Mapped[date | None]


class OrderAddress(Base):
    """Where an order goes. Its own table, so that erasing a person is one statement."""

    __tablename__ = "order_address"

    order_id: Mapped[OrderId] = mapped_column(ForeignKey(Order.id), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    line1: Mapped[str]
    line2: Mapped[str | None]
    postal_code: Mapped[str]
    city: Mapped[str]
    region: Mapped[str | None]
    country: Mapped[str] = mapped_column(String(2))
    order: Mapped[Order] = relationship(lazy="raise")


class OrderLine(Base):
    """A quantity of one SKU on an order: the unit that is sourced, shipped and returned.

    Title, color, size and price are copies of what the customer saw when ordering.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("unit_minor > 0", "unit_positive"),
        CheckConstraint("canceled_units BETWEEN 0 AND quantity", "canceled_of_those_ordered"),
        CheckConstraint("(way = 'ship') = (location_id IS NULL)", "sent_or_at_a_place"),
        CheckConstraint("state <> 'set_aside' OR replaces_id IS NOT NULL", "set_aside_for_another"),
    )

    id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(ForeignKey(Order.id), index=True)
    position: Mapped[int]
    sku: Mapped[Sku] = mapped_column(index=True)
    style_color_id: Mapped[StyleColorId]
    brand: Mapped[str]
    title: Mapped[str]
    color: Mapped[str | None]
    size: Mapped[str | None]
    quantity: Mapped[int]
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[LineState] = mapped_column(String(16))
    canceled_units: Mapped[int] = mapped_column(server_default="0")
    way: Mapped[Way] = mapped_column(String(8))
    # The boutique where it is collected or carried out.
    location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    # The line whose units come back for these. Their money was taken, and pays for these.
    replaces_id: Mapped[OrderLineId | None] = mapped_column(ForeignKey("order_line.id"))
    order: Mapped[Order] = relationship(lazy="raise")


class LineTransition(Base):
    """Append only: how an order line came to be where it is."""

    __tablename__ = "order_line_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    line_id: Mapped[OrderLineId] = mapped_column(ForeignKey(OrderLine.id), index=True)
    event: Mapped[LineEvent] = mapped_column(String(16))
    before: Mapped[LineState] = mapped_column(String(16))
    after: Mapped[LineState] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str]
    line: Mapped[OrderLine] = relationship(lazy="raise")


class Fulfillment(Base):
    """The work that one location does for one order: pick, pack, hand over.

    Units that no location has are one too, without a location: they wait.
    """

    __tablename__ = "fulfillment"
    __table_args__ = (
        CheckConstraint(
            "location_id IS NOT NULL OR state NOT IN "
            "('set_aside', 'offered', 'accepted', 'picked', 'packed', 'ready', 'handed_over')",
            "work_has_a_place",
        ),
        Index("ix_fulfillment_order_id", "order_id"),
        Index(
            "ix_fulfillment_at_work",
            "location_id",
            "state",
            postgresql_where="state IN "
            "('set_aside', 'offered', 'accepted', 'picked', 'packed', 'ready')",
        ),
        Index("ix_fulfillment_unsourced", "created_at", postgresql_where="state = 'unsourced'"),
        Index("ix_fulfillment_due", "accept_by", postgresql_where="state = 'offered'"),
        Index(
            "ix_fulfillment_open",
            "state",
            postgresql_where="state IN "
            "('unsourced', 'offered', 'accepted', 'picked', 'packed', 'ready', 'handed_over')",
        ),
    )

    id: Mapped[FulfillmentId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(ForeignKey(Order.id))
    location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    way: Mapped[Way] = mapped_column(String(8), server_default=Way.SHIP)
    state: Mapped[Work] = mapped_column(String(16), server_default=Work.OFFERED)
    cause: Mapped[Cause | None] = mapped_column(String(16))  # why it ended undelivered
    created_at: Mapped[datetime]
    accept_by: Mapped[datetime | None]  # an offer that nobody takes goes to another location
    # What the customer says in the boutique, and until when.
    pickup_code: Mapped[str | None] = mapped_column(String(8))
    collect_by: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    shelf: Mapped[str | None] = mapped_column(String(20))  # where it waits for its customer
    widened_at: Mapped[datetime | None]  # when other boutiques were looked for as well
    order: Mapped[Order] = relationship(lazy="raise")


class FulfillmentLine(Base):
    """The units of one order line that one fulfillment prepares."""

    __tablename__ = "fulfillment_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("picked BETWEEN 0 AND quantity", "picked_of_those_wanted"),
        Index("ix_fulfillment_line_line_id", "line_id"),
    )

    fulfillment_id: Mapped[FulfillmentId] = mapped_column(
        ForeignKey(Fulfillment.id), primary_key=True
    )
    line_id: Mapped[OrderLineId] = mapped_column(ForeignKey(OrderLine.id), primary_key=True)
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(server_default="0")  # scanned so far
    fulfillment: Mapped[Fulfillment] = relationship(lazy="raise")


class FulfillmentOffer(Base):
    """Another boutique that may take offered work as well; the first that claims it has it."""

    __tablename__ = "fulfillment_offer"

    fulfillment_id: Mapped[FulfillmentId] = mapped_column(
        ForeignKey(Fulfillment.id), primary_key=True
    )
    location_id: Mapped[LocationId] = mapped_column(
        ForeignKey("location.id"), primary_key=True, index=True
    )
    offered_at: Mapped[datetime]
    fulfillment: Mapped[Fulfillment] = relationship(lazy="raise")


class FulfillmentTransition(Base):
    """Append only: how a fulfillment came to be where it is; its first has nothing before it."""

    __tablename__ = "fulfillment_transition"
    __table_args__ = (Index("ix_fulfillment_transition_at", "at", postgresql_using="brin"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey(Fulfillment.id), index=True)
    event: Mapped[WorkEvent] = mapped_column(String(16))
    before: Mapped[Work | None] = mapped_column(String(16))
    after: Mapped[Work] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))  # a person's words
    at: Mapped[datetime]
    by: Mapped[str]
    fulfillment: Mapped[Fulfillment] = relationship(lazy="raise")


class Parcel(Base):
    """The box of a fulfillment, and what a carrier says of it.

    Its id is the key that the carrier knows it by, and stands for one question: one that is
    refused is followed by another.
    """

    __tablename__ = "parcel"
    __table_args__ = (
        CheckConstraint(
            "state <> 'labeled' OR num_nulls(carrier_id, tracking_number, tracking_url, label) = 0",
            "labeled_whole",
        ),
        Index("ix_parcel_fulfillment_id", "fulfillment_id"),
        Index(
            "uq_parcel_at_work",
            "fulfillment_id",
            unique=True,
            postgresql_where="state IN ('asked', 'labeled')",
        ),
        Index("ix_parcel_due", "next_try_at", postgresql_where="state = 'asked'"),
    )

    id: Mapped[ParcelId] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey(Fulfillment.id))
    state: Mapped[ParcelState] = mapped_column(String(16))
    service: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    refusal: Mapped[str | None] = mapped_column(String(50))  # the carrier's own word for why
    carrier_id: Mapped[str | None] = mapped_column(String(100))
    tracking_number: Mapped[str | None] = mapped_column(String(40))
    tracking_url: Mapped[str | None] = mapped_column(String(600))
    # A page of PDF. It names the customer, and is printed as often as paper jams.
    label: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    returned_at: Mapped[datetime | None]
    fulfillment: Mapped[Fulfillment] = relationship(lazy="raise")


class ParcelTransition(Base):
    """Append only: how a parcel came to be where it is."""

    __tablename__ = "parcel_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    parcel_id: Mapped[ParcelId] = mapped_column(ForeignKey(Parcel.id), index=True)
    event: Mapped[ParcelEvent] = mapped_column(String(16))
    before: Mapped[ParcelState] = mapped_column(String(16))
    after: Mapped[ParcelState] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str]
    parcel: Mapped[Parcel] = relationship(lazy="raise")


class FulfillmentHold(Base):
    """Work that may not leave until somebody says so. Beside its state: it is prepared meanwhile.

    When its units go on to other work, the hold goes with them.
    """

    __tablename__ = "fulfillment_hold"
    __table_args__ = (
        CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)", "released_by_somebody_or_not"
        ),
        Index(
            "uq_fulfillment_hold_live",
            "fulfillment_id",
            unique=True,
            postgresql_where="released_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey(Fulfillment.id), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    by: Mapped[str]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_why: Mapped[str | None] = mapped_column(String(200))
    fulfillment: Mapped[Fulfillment] = relationship(lazy="raise")


class OrderChange(Base):
    """Append only: what the order desk changed of an order. It names no person's address."""

    __tablename__ = "order_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(ForeignKey(Order.id), index=True)
    line_id: Mapped[OrderLineId | None] = mapped_column(ForeignKey(OrderLine.id))
    what: Mapped[Change] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    by: Mapped[str]
    order: Mapped[Order] = relationship(lazy="raise")


class OrderLetter(Base):
    """Append only: a letter that left, by the event that asked for it; the same event asks once."""

    __tablename__ = "order_letter"

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    order_id: Mapped[OrderId] = mapped_column(ForeignKey(Order.id), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    sent_at: Mapped[datetime]
    order: Mapped[Order] = relationship(lazy="raise")
