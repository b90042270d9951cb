from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Sequence,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from sellier.domain.stock.states import (
    Cause,
    Condition,
    CountState,
    PurchaseState,
    ReservationState,
    TransferState,
)
from sellier.infra.db import Base
from sellier.kernel.ids import (
    CartId,
    ChannelId,
    LocationId,
    OrderId,
    OrderLineId,
    PurchaseOrderId,
    ReservationId,
    Sku,
    StockCountId,
    TransferId,
)


class StockPosition(Base):
    """The units of one SKU at one location, derived from its movements and reservations."""

    __tablename__ = "stock_position"
    __table_args__ = (
        CheckConstraint("reserved >= 0", "reserved_not_negative"),
        CheckConstraint("on_hand - display - damaged - quality_hold >= reserved", "never_oversold"),
        CheckConstraint("safety_stock >= 0", "safety_stock_not_negative"),
        CheckConstraint(
            "display >= 0 AND damaged >= 0 AND quality_hold >= 0", "conditions_not_negative"
        ),
        CheckConstraint(
            "short BETWEEN 0 AND on_hand - display - damaged - quality_hold", "short_on_books"
        ),
        CheckConstraint(
            "lent BETWEEN 0 AND on_hand - display - damaged - quality_hold - reserved",
            "lent_is_there",
        ),
        Index("ix_stock_position_location_id", "location_id"),
        Index("ix_stock_position_short", "sku", postgresql_where="short > 0"),
        # Room on the page: the counters change in place, and no index holds them.
        {"postgresql_with": {"fillfactor": "70"}},
    )

    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    location_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), primary_key=True)
    on_hand: Mapped[int]  # in whatever condition
    display: Mapped[int] = mapped_column(default=0, server_default="0")
    damaged: Mapped[int] = mapped_column(default=0, server_default="0")
    quality_hold: Mapped[int] = mapped_column(default=0, server_default="0")
    # Open reservations and allocations together.
    reserved: Mapped[int] = mapped_column(default=0, server_default="0")
    safety_stock: Mapped[int] = mapped_column(default=0, server_default="0")
    # On the books, promised to orders, and not there: a count did not find them.
    short: Mapped[int] = mapped_column(default=0, server_default="0")
    # While the location may be cut off: all that others may still take. NULL when it is shared.
    lent: Mapped[int | None]
    # Available to promise. The formula lives here and nowhere else.
    available: Mapped[int] = mapped_column(
        Computed(
            "least(on_hand - display - damaged - quality_hold - reserved - safety_stock - short,"
            " lent)",
            persisted=True,
        )
    )

    @hybrid_property
    def aside(self) -> int:
        """Units on hand that are not for sale."""
        return self.display + self.damaged + self.quality_hold


class Loan(Base):
    """Append only: how many units a location lent to the others, or that it shares them again."""

    __tablename__ = "loan"
    # A replay of the same source changes nothing.
    __table_args__ = (UniqueConstraint("location_id", "sku", "source"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku: Mapped[Sku]
    location_id: Mapped[LocationId]
    units: Mapped[int | None]  # NULL: shared again
    source: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class LocationTerms(Base):
    """What a location gives to a channel. Without a row it gives what it can to every channel."""

    __tablename__ = "location_terms"
    __table_args__ = (CheckConstraint("buffer >= 0", "buffer_not_negative"),)

    location_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), primary_key=True)
    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    ships: Mapped[bool]
    collects: Mapped[bool]
    holds: Mapped[bool]  # puts units aside for a customer to try on
    buffer: Mapped[int] = mapped_column(default=0, server_default="0")  # of each SKU, kept back


# A sequence, not an identity: before PostgreSQL 17 no table in parts has one.
MOVEMENT_NUMBER = Sequence("stock_movement_number", metadata=Base.metadata)


class StockMovement(Base):
    """Append only: one recorded change of the units on hand. Positions are derived from these.

    In parts by SKU: what is asked of the ledger is asked of a SKU, and a source counts once for it.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        PrimaryKeyConstraint("sku", "id"),  # the ledger of a SKU, newest first, is read by it
        CheckConstraint("quantity <> 0", "moves_something"),
        # A replay of the same source changes nothing.
        Index(
            "uq_stock_movement_source",
            "sku",
            "location_id",
            "source",
            "condition",
            unique=True,
        ),
        Index("ix_stock_movement_location_id", "location_id", "id"),
        {"postgresql_partition_by": "HASH (sku)"},
    )

    id: Mapped[int] = mapped_column(
        BigInteger, MOVEMENT_NUMBER, server_default=MOVEMENT_NUMBER.next_value()
    )
    sku: Mapped[Sku]
    location_id: Mapped[LocationId]
    quantity: Mapped[int]
    condition: Mapped[Condition] = mapped_column(
        String(12), default=Condition.SELLABLE, server_default=Condition.SELLABLE
    )
    cause: Mapped[Cause] = mapped_column(String(12))
    source: Mapped[str]  # `file:<hash>`, `line:<id>`: what it came from
    note: Mapped[str | None] = mapped_column(String(200))  # a person's reason
    by: Mapped[str]
    at: Mapped[datetime]


class HotMode(Base):
    """Append only: from when on a SKU is sold as one that everyone wants at once, or is not."""

    __tablename__ = "hot_mode"
    __table_args__ = (Index("ix_hot_mode_sku", "sku", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"))
    is_hot: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]


class Reservation(Base):
    """Units kept until a time for one order line, or for a cart; it ends by itself."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("num_nonnulls(order_id, cart_id) = 1", "kept_for_one"),
        CheckConstraint("num_nulls(order_id, order_line_id) IN (0, 2)", "of_a_line"),
        Index(
            "ix_reservation_cart_id",
            "cart_id",
            postgresql_where="state = 'open' AND cart_id IS NOT NULL",
        ),
        Index("ix_reservation_open", "expires_at", postgresql_where="state = 'open'"),
        Index(
            "uq_reservation_open_line_location",
            "order_line_id",
            "location_id",
            unique=True,
            postgresql_where="state = 'open'",
        ),
    )

    id: Mapped[ReservationId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId | None] = mapped_column(index=True)
    order_line_id: Mapped[OrderLineId | None]
    cart_id: Mapped[CartId | None]  # of a hot SKU, until it is ordered
    sku: Mapped[Sku]
    location_id: Mapped[LocationId]
    quantity: Mapped[int]
    state: Mapped[ReservationState] = mapped_column(String(10))
    expires_at: Mapped[datetime]


class Allocation(Base):
    """Units committed to a paid order line at one location, without end."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        Index("ix_allocation_location_id", "location_id", "order_id"),  # who has how much to do
    )

    order_line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    location_id: Mapped[LocationId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(index=True)
    sku: Mapped[Sku]
    quantity: Mapped[int]
    at: Mapped[datetime]


# Numbers for people, of transfers, counts and purchase orders. They may have gaps.
PAPER_NUMBER = Sequence("stock_paper_number", metadata=Base.metadata)


class Paper(Base):
    """What people fill in together about stock: who was quicker shows by its version."""

    __abstract__ = True

    number: Mapped[str] = mapped_column(String(20), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Transfer(Paper):
    """Units that one location sends to another. Sent, they are at neither."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("origin_id <> destination_id", "goes_elsewhere"),
        Index(
            "ix_transfer_in_transit",
            "destination_id",
            postgresql_where="state IN ('sent', 'partly_received')",
        ),
    )

    id: Mapped[TransferId] = mapped_column(primary_key=True)
    origin_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), index=True)
    destination_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"))
    state: Mapped[TransferState] = mapped_column(String(20))
    expected_at: Mapped[datetime | None]


class TransferLine(Base):
    """Units of one SKU: asked for, sent, arrived (damaged ones among them), lost on the way."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("sent BETWEEN 0 AND quantity", "sent_as_asked"),
        CheckConstraint("least(received, damaged, over, missing) >= 0", "not_negative"),
        CheckConstraint("received + missing <= sent", "arrived_was_sent"),
        CheckConstraint("damaged <= received + over", "damaged_arrived"),
        Index("ix_transfer_line_in_transit", "sku", postgresql_where="received + missing < sent"),
    )

    transfer_id: Mapped[TransferId] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    quantity: Mapped[int]
    sent: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    over: Mapped[int] = mapped_column(default=0)  # arrived, though nobody sent them
    missing: Mapped[int] = mapped_column(default=0)

    @hybrid_property
    def in_transit(self) -> int:
        """Units that left and are nowhere yet."""
        return self.sent - self.received - self.missing


class StockCount(Paper):
    """A count of some SKUs or of a shelf at one location."""

    __tablename__ = "stock_count"
    __table_args__ = (CheckConstraint("tolerance >= 0", "tolerance_not_negative"),)

    id: Mapped[StockCountId] = mapped_column(primary_key=True)
    location_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), index=True)
    shelf: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[CountState] = mapped_column(String(20))
    tolerance: Mapped[int]  # a variance up to here needs nobody's approval


class StockCountLine(Base):
    """What was found of one SKU, and what the books said then; empty until it is counted."""

    __tablename__ = "stock_count_line"
    __table_args__ = (
        CheckConstraint("counted >= 0", "counted_not_negative"),
        CheckConstraint("short >= 0", "short_not_negative"),
        CheckConstraint(
            "num_nulls(counted, expected, counted_at, counted_by) IN (0, 4)", "counted_whole"
        ),
    )

    count_id: Mapped[StockCountId] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    counted: Mapped[int | None]
    expected: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    counted_by: Mapped[str | None]
    is_applied: Mapped[bool] = mapped_column(default=False)
    short: Mapped[int] = mapped_column(default=0)  # promised, and not there, once it was applied


class PurchaseOrder(Paper):
    """Units that a supplier brings to a location."""

    __tablename__ = "purchase_order"

    id: Mapped[PurchaseOrderId] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(50), unique=True)  # as its own system calls it
    supplier: Mapped[str] = mapped_column(String(200))
    location_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), index=True)
    state: Mapped[PurchaseState] = mapped_column(String(20))
    expected_at: Mapped[datetime]


class PurchaseOrderLine(Base):
    """Units of one SKU: ordered, and received so far, damaged ones among them."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("damaged BETWEEN 0 AND received", "damaged_came"),
        Index("ix_purchase_order_line_to_come", "sku", postgresql_where="received < quantity"),
    )

    purchase_order_id: Mapped[PurchaseOrderId] = mapped_column(
        ForeignKey("purchase_order.id"), primary_key=True
    )
    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)


class PaperTransition(Base):
    """Append only: what happened to a transfer, count or purchase order."""

    __tablename__ = "stock_paper_transition"
    # A form that is sent twice has one effect.
    __table_args__ = (UniqueConstraint("paper_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    paper_id: Mapped[UUID]
    key: Mapped[UUID]
    event: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(200))
    by: Mapped[str]
    at: Mapped[datetime]
