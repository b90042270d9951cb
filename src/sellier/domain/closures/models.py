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

from sellier.domain.closures.states import (
    Choice,
    ChoiceState,
    ClosureEvent,
    ClosureState,
    MoveState,
)
from sellier.infra.db import Base
from sellier.kernel.ids import (
    ClosureChoiceId,
    ClosureId,
    FulfillmentId,
    LocationId,
    OrderId,
    OrderLineId,
    Sku,
)

CLOSURE_NUMBER = Sequence("closure_number", metadata=Base.metadata)


class Closure(Base):
    """Boutiques that close together, from a moment on. No planned reopening: for good."""

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("planned_reopening > starts_at", "reopens_after_it_closes"),
        Index(
            "ix_closure_not_over",
            "starts_at",
            postgresql_where="state IN ('scheduled', 'closing', 'closed')",
        ),
    )

    id: Mapped[ClosureId] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    planned_reopening: Mapped[datetime | None]
    state: Mapped[ClosureState] = mapped_column(String(9))
    created_at: Mapped[datetime]
    by: Mapped[str]


class ClosureLocation(Base):
    """A location that a closure closes."""

    __tablename__ = "closure_location"

    closure_id: Mapped[ClosureId] = mapped_column(ForeignKey(Closure.id), primary_key=True)
    location_id: Mapped[LocationId] = mapped_column(
        ForeignKey("location.id"), primary_key=True, index=True
    )
    closure: Mapped[Closure] = relationship(lazy="raise")


class ClosureTransition(Base):
    """Append only: how a closure came to be where it is."""

    __tablename__ = "closure_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    closure_id: Mapped[ClosureId] = mapped_column(ForeignKey(Closure.id), index=True)
    event: Mapped[ClosureEvent] = mapped_column(String(8))
    before: Mapped[ClosureState | None] = mapped_column(String(9))
    after: Mapped[ClosureState] = mapped_column(String(9))
    note: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    by: Mapped[str]
    closure: Mapped[Closure] = relationship(lazy="raise")


class ClosurePlan(Base):
    """Append only: one plan of a closure, and what it costs. Work that comes later gets another."""

    __tablename__ = "closure_plan"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    closure_id: Mapped[ClosureId] = mapped_column(ForeignKey(Closure.id), index=True)
    at: Mapped[datetime]
    orders: Mapped[int]
    units: Mapped[int]
    cost_before_minor: Mapped[int] = mapped_column(BigInteger)
    cost_minor: Mapped[int] = mapped_column(BigInteger)
    bound_minor: Mapped[int] = mapped_column(BigInteger)
    greedy_minor: Mapped[int] = mapped_column(BigInteger)
    closure: Mapped[Closure] = relationship(lazy="raise")


class ClosureMove(Base):
    """Units of an order line at a location that closes: where they go, and what became of it."""

    __tablename__ = "closure_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", "quantity_positive"),
        Index("ix_closure_move_closure_id", "closure_id", "order_id"),
        Index("ix_closure_move_planned", "closure_id", postgresql_where="state = 'planned'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    closure_id: Mapped[ClosureId] = mapped_column(ForeignKey(Closure.id))
    plan_id: Mapped[int] = mapped_column(ForeignKey(ClosurePlan.id))
    order_id: Mapped[OrderId] = mapped_column(ForeignKey("orders.id"))
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey("fulfillment.id"))
    line_id: Mapped[OrderLineId] = mapped_column(ForeignKey("order_line.id"))
    sku: Mapped[Sku]
    quantity: Mapped[int]
    from_location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    to_location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    state: Mapped[MoveState] = mapped_column(String(8))
    done_at: Mapped[datetime | None]
    closure: Mapped[Closure] = relationship(lazy="raise")
    plan: Mapped[ClosurePlan] = relationship(lazy="raise")


class ClosureChoice(Base):
    """A pickup at a boutique that closes, and what its customer wants of it."""

    __tablename__ = "closure_choice"
    __table_args__ = (
        UniqueConstraint("closure_id", "fulfillment_id"),
        CheckConstraint("(state = 'made') = (choice IS NOT NULL)", "made_is_said"),
        Index("ix_closure_choice_due", "deadline_at", postgresql_where="state = 'open'"),
    )

    id: Mapped[ClosureChoiceId] = mapped_column(primary_key=True)
    closure_id: Mapped[ClosureId] = mapped_column(ForeignKey(Closure.id))
    order_id: Mapped[OrderId] = mapped_column(ForeignKey("orders.id"), index=True)
    fulfillment_id: Mapped[FulfillmentId] = mapped_column(ForeignKey("fulfillment.id"))
    asked_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    state: Mapped[ChoiceState] = mapped_column(String(6))
    choice: Mapped[Choice | None] = mapped_column(String(9))
    to_location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    made_at: Mapped[datetime | None]
    by: Mapped[str | None]
    closure: Mapped[Closure] = relationship(lazy="raise")
