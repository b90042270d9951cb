from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.domain.payments.states import PaymentEvent, PaymentState
from sellier.infra.db import Base
from sellier.kernel.ids import OrderId, PaymentId


class Payment(Base):
    """An intent to be paid, written before the provider is called; its id is the provider's key."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount_positive"),
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
