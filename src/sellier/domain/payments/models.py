from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.domain.payments.states import (
    OperationEvent,
    OperationKind,
    OperationState,
    PaymentEvent,
    PaymentState,
)
from sellier.infra.db import Base
from sellier.kernel.ids import OrderId, PaymentId, PaymentOperationId


class Payment(Base):
    """An intent to be paid, written before the provider is called; its id is the provider's key."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount_positive"),
        CheckConstraint(
            "capture_due_minor >= 0 AND captured_minor >= 0"
            " AND refund_due_minor >= 0 AND refunded_minor >= 0",
            "counters_not_negative",
        ),
        CheckConstraint(
            "capture_due_minor + captured_minor <= amount_minor", "captured_within_authorized"
        ),
        CheckConstraint(
            "refunded_minor <= captured_minor AND"
            " refund_due_minor + refunded_minor <= capture_due_minor + captured_minor",
            "refunded_within_captured",
        ),
        CheckConstraint(
            "state = 'authorized' OR capture_due_minor + captured_minor = 0",
            "captured_only_if_authorized",
        ),
        # One live intent per order.
        Index(
            "uq_payment_live",
            "order_id",
            unique=True,
            postgresql_where="state NOT IN ('refused', 'voided')",
        ),
        Index(
            "ix_payment_unsettled",
            "check_at",
            postgresql_where="state IN ('created', 'requires_action')",
        ),
    )

    id: Mapped[PaymentId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[PaymentState] = mapped_column(String(16))
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    hosted_url: Mapped[str | None]
    refusal: Mapped[str | None]
    # Sums of this payment's operations; what is due counts, so that no two share one balance.
    capture_due_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    captured_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refund_due_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime]
    # When the recovery job asks the provider next, and when it gives up.
    check_at: Mapped[datetime]
    deadline_at: Mapped[datetime]


class PaymentTransition(Base):
    """Append only: how a payment came to be where it is."""

    __tablename__ = "payment_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    payment_id: Mapped[PaymentId] = mapped_column(ForeignKey(Payment.id), index=True)
    event: Mapped[PaymentEvent] = mapped_column(String(16))
    before: Mapped[PaymentState] = mapped_column(String(16))
    after: Mapped[PaymentState] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str]
    payment: Mapped[Payment] = relationship(lazy="raise")


class PaymentNotice(Base):
    """A signed notice that was taken; its id is unique, so a repeat changes nothing."""

    __tablename__ = "payment_notice"

    notice_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[PaymentId]
    received_at: Mapped[datetime]


class PaymentOperation(Base):
    """A capture or a refund, written before the provider is asked; its id is the provider's key."""

    __tablename__ = "payment_operation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount_positive"),
        CheckConstraint(
            "(state = 'done') = (provider_operation IS NOT NULL AND done_at IS NOT NULL)",
            "done_is_answered",
        ),
        # What caused it: the same cause asks once.
        Index("uq_payment_operation_source", "payment_id", "source", unique=True),
        Index("ix_payment_operation_due", "next_try_at", postgresql_where="state = 'due'"),
        Index("ix_payment_operation_failed", "created_at", postgresql_where="state = 'failed'"),
    )

    id: Mapped[PaymentOperationId] = mapped_column(primary_key=True)
    payment_id: Mapped[PaymentId] = mapped_column(ForeignKey(Payment.id))
    kind: Mapped[OperationKind] = mapped_column(String(8))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[OperationState] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(100))
    provider_operation: Mapped[str | None] = mapped_column(unique=True)
    answer: Mapped[str | None]  # why the provider did not do it, when last asked
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class PaymentOperationTransition(Base):
    """Append only: how a capture or refund came to be where it is."""

    __tablename__ = "payment_operation_transition"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    operation_id: Mapped[PaymentOperationId] = mapped_column(
        ForeignKey(PaymentOperation.id), index=True
    )
    event: Mapped[OperationEvent] = mapped_column(String(8))
    before: Mapped[OperationState] = mapped_column(String(8))
    after: Mapped[OperationState] = mapped_column(String(8))
    at: Mapped[datetime]
    by: Mapped[str]
    operation: Mapped[PaymentOperation] = relationship(lazy="raise")
