from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import ChannelId, MaisonId, OrderId, RuleSetId


class RuleSetVersion(Base):
    """Append only: one version of a rule set. What decided an order stays readable for ever."""

    __tablename__ = "rule_set"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("version > 0", "version_positive"),
    )

    id: Mapped[RuleSetId] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    by: Mapped[str]
    note: Mapped[str] = mapped_column(String(200))


class RuleSetLive(Base):
    """Append only: from when a version decides for a channel, until a later row says another."""

    __tablename__ = "rule_set_live"
    __table_args__ = (Index("ix_rule_set_live_channel_id", "channel_id", "live_from"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey("channel.id"))
    rule_set_id: Mapped[RuleSetId] = mapped_column(ForeignKey(RuleSetVersion.id))
    live_from: Mapped[datetime]
    by: Mapped[str]
    note: Mapped[str] = mapped_column(String(200))


class SourcingDecision(Base):
    """Append only: how sources were chosen for an order, and why. No rule set: the usual one."""

    __tablename__ = "sourcing_decision"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(index=True)
    at: Mapped[datetime]
    rule_set_id: Mapped[RuleSetId | None] = mapped_column(ForeignKey(RuleSetVersion.id))
    why: Mapped[str] = mapped_column(String(40))
    log: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AvailabilityView(Base):
    """Append only: which figures count when a channel shows or promises what a maison makes.

    No channel or maison means every one. The nearest scope decides, and in it the latest version.
    """

    __tablename__ = "availability_view"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("purpose IN ('browse', 'promise')", "purpose_that_may_differ"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(10))
    channel_id: Mapped[ChannelId | None] = mapped_column(ForeignKey("channel.id"))
    maison_id: Mapped[MaisonId | None] = mapped_column(ForeignKey("maison.id"))
    counts_inbound: Mapped[bool]  # tells from when what is short is expected
    keeps_safety: Mapped[bool]
    keeps_buffer: Mapped[bool]
    created_at: Mapped[datetime]
    by: Mapped[str]
