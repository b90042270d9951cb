from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.domain.returns.states import (
    Disposition,
    Look,
    Reason,
    ReturnEvent,
    ReturnState,
    ReturnWay,
)
from sellier.infra.db import Base
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    ReturnId,
    ReturnLineId,
    Sku,
)

# Numbers for people. They may have gaps.
RETURN_NUMBER = Sequence("return_number", metadata=Base.metadata)


class Return(Base):
    """Units of one order that come back together. Named `returns`, for RETURN is a word of SQL."""

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(
            "(refund_minor IS NULL) = (state <> 'settled') AND refund_minor >= delivery_minor"
            " AND delivery_minor >= 0",
            "settled_with_a_sum",
        ),
        CheckConstraint(
            "received_at_id IS NOT NULL OR state NOT IN ('received', 'inspected', 'refused')",
            "received_at_a_place",
        ),
        Index("ix_returns_order_id", "order_id"),
        Index("ix_returns_created_at", "created_at"),
        Index("ix_returns_lapsing", "lapses_at", postgresql_where="state = 'announced'"),
        Index(
            "ix_returns_expected",
            "expected_at_id",
            postgresql_where="state IN ('announced', 'on_the_way')",
        ),
        Index(
            "ix_returns_to_settle",
            "received_at_id",
            postgresql_where="state IN ('received', 'inspected')",
        ),
    )

    id: Mapped[ReturnId] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[OrderId] = mapped_column(ForeignKey("orders.id"))
    way: Mapped[ReturnWay] = mapped_column(String(10))
    state: Mapped[ReturnState] = mapped_column(String(12))
    # Where it is said to go, and where it came: any place may receive it.
    expected_at_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    received_at_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    currency: Mapped[str] = mapped_column(String(3))
    # What counted when it was announced counts to the end, whatever the rules become.
    is_in_time: Mapped[bool]
    lapses_at: Mapped[datetime]
    refund_minor: Mapped[int | None] = mapped_column(BigInteger)  # once settled, with delivery
    delivery_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime]
    by: Mapped[str]


class ReturnLine(Base):
    """Units of one order line, out of one fulfillment: so each unit comes back once."""

    __tablename__ = "return_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        CheckConstraint("received BETWEEN 0 AND quantity", "received_of_those_announced"),
        CheckConstraint("exchanged BETWEEN 0 AND quantity", "exchanged_of_those_announced"),
        CheckConstraint("exchanged = 0 OR replacement_id IS NOT NULL", "exchanged_for_something"),
        UniqueConstraint("replacement_id"),
        UniqueConstraint("return_id", "line_id", "fulfillment_id"),
        Index("ix_return_line_part", "fulfillment_id", "line_id"),
    )

    id: Mapped[ReturnLineId] = mapped_column(primary_key=True)
    return_id: Mapped[ReturnId] = mapped_column(ForeignKey(Return.id))
    line_id: Mapped[OrderLineId] = mapped_column(ForeignKey("order_line.id"))
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey("fulfillment.id"))
    sku: Mapped[Sku]
    quantity: Mapped[int]
    received: Mapped[int | None]
    unit_minor: Mapped[int] = mapped_column(BigInteger)  # as paid
    reason: Mapped[Reason] = mapped_column(String(16))
    words: Mapped[str | None] = mapped_column(String(500))  # the customer's own
    # What goes out instead, and for how many units it did: their money stays where it is.
    replacement_id: Mapped[OrderLineId | None] = mapped_column(ForeignKey("order_line.id"))
    exchanged: Mapped[int] = mapped_column(server_default="0")
    parent: Mapped[Return] = relationship(lazy="raise")


class ReturnFinding(Base):
    """Append only: what an inspection found of some units, and what was done with them."""

    __tablename__ = "return_finding"
    __table_args__ = (CheckConstraint("quantity > 0", "quantity_positive"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    return_line_id: Mapped[ReturnLineId] = mapped_column(ForeignKey(ReturnLine.id), index=True)
    quantity: Mapped[int]
    look: Mapped[Look] = mapped_column(String(12))
    disposition: Mapped[Disposition] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(String(200))
    line: Mapped[ReturnLine] = relationship(lazy="raise")


class ReturnTransition(Base):
    """Append only: how a return came to be where it is; its first has nothing before it."""

    __tablename__ = "return_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    return_id: Mapped[ReturnId] = mapped_column(ForeignKey(Return.id), index=True)
    event: Mapped[ReturnEvent] = mapped_column(String(12))
    before: Mapped[ReturnState | None] = mapped_column(String(12))
    after: Mapped[ReturnState] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    by: Mapped[str]
    parent: Mapped[Return] = relationship(lazy="raise")
