from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.domain.webhooks.states import DeliveryState, EndpointState
from sellier.infra.db import Base
from sellier.kernel.ids import WebhookDeliveryId, WebhookEndpointId, WebhookMessageId


class WebhookEndpoint(Base):
    """An address that wants to hear of events. Its secrets are derived, never stored."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("secret_number >= 1", "secret_number_positive"),)

    id: Mapped[WebhookEndpointId] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(JSONB)
    state: Mapped[EndpointState] = mapped_column(String(8))
    failing_since: Mapped[datetime | None]
    # Counts up when the secret is changed; the one before signs too until a time.
    secret_number: Mapped[int] = mapped_column(server_default="1")
    old_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class WebhookMessage(Base):
    """An event as it goes out: the same bytes under the same id, to everyone and every time."""

    __tablename__ = "webhook_message"

    id: Mapped[WebhookMessageId] = mapped_column(primary_key=True)
    outbox_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)  # None: a test
    event: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Base):
    """A message on its way to one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("uq_webhook_delivery_message", "message_id", "endpoint_id", unique=True),
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),
        Index("ix_webhook_delivery_due", "next_try_at", postgresql_where="state = 'waiting'"),
        # What is told of one subject is told in turn.
        Index(
            "ix_webhook_delivery_turn",
            "endpoint_id",
            "subject",
            "sequence",
            postgresql_where="state = 'waiting'",
        ),
    )

    id: Mapped[WebhookDeliveryId] = mapped_column(primary_key=True)
    endpoint_id: Mapped[WebhookEndpointId] = mapped_column(ForeignKey(WebhookEndpoint.id))
    message_id: Mapped[WebhookMessageId] = mapped_column(ForeignKey(WebhookMessage.id))
    subject: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[DeliveryState] = mapped_column(String(9))
    tries: Mapped[int] = mapped_column(server_default="0")
    tries_before: Mapped[int] = mapped_column(server_default="0")  # it was last sent by hand
    next_try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try, as it ended. Nobody changes it; with its message it is forgotten in time."""

    __tablename__ = "webhook_attempt"

    delivery_id: Mapped[WebhookDeliveryId] = mapped_column(
        ForeignKey(WebhookDelivery.id), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(40))  # what came instead of an answer
    answer: Mapped[str]  # its beginning
    latency_ms: Mapped[int]
    delivery: Mapped[WebhookDelivery] = relationship(lazy="raise")
