from datetime import datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sellier.domain.carriers.states import TrackingState
from sellier.infra.db import Base
from sellier.kernel.ids import ParcelId


class Lane(Base):
    """What a carrier takes from one country to another, how soon and for how much."""

    __tablename__ = "lane"
    __table_args__ = (
        CheckConstraint("days_min BETWEEN 0 AND days_max", "days_in_order"),
        CheckConstraint("(cost_minor IS NULL) = (cost_currency IS NULL)", "a_cost_has_a_currency"),
    )

    carrier: Mapped[str] = mapped_column(String(50), primary_key=True)
    service: Mapped[str] = mapped_column(String(50), primary_key=True)
    from_country: Mapped[str] = mapped_column(String(2), primary_key=True)
    to_country: Mapped[str] = mapped_column(String(2), primary_key=True)
    # Days of delivery after the one of pick-up.
    days_min: Mapped[int] = mapped_column(SmallInteger)
    days_max: Mapped[int] = mapped_column(SmallInteger)
    cut_off: Mapped[time]  # local to where the parcel leaves
    pickup_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    delivery_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    prices: Mapped[dict[str, Any]] = mapped_column(JSONB)  # what a customer pays, by currency
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)  # what the carrier asks
    cost_currency: Mapped[str | None] = mapped_column(String(3))


class Tracking(Base):
    """Where a parcel is, as its carrier tells it. The parcel itself belongs to orders."""

    __tablename__ = "tracking"
    __table_args__ = (
        Index(
            "ix_tracking_on_the_way",
            "told_at",
            postgresql_where="state NOT IN ('delivered', 'returned', 'canceled')",
        ),
    )

    parcel_id: Mapped[ParcelId] = mapped_column(primary_key=True)
    tracking_number: Mapped[str] = mapped_column(String(40))
    state: Mapped[TrackingState] = mapped_column(String(16))
    told_at: Mapped[datetime]


class TrackingEventRow(Base):
    """Append only: what happened to a parcel, by the carrier's own numbers."""

    __tablename__ = "tracking_event"
    __table_args__ = (CheckConstraint("number > 0", "number_positive"),)

    parcel_id: Mapped[ParcelId] = mapped_column(ForeignKey(Tracking.parcel_id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[TrackingState] = mapped_column(String(16))
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime]


class CarrierNotice(Base):
    """Append only: a signed notice that was taken; its id is unique, so a repeat does nothing."""

    __tablename__ = "carrier_notice"

    notice_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    parcel_id: Mapped[ParcelId]
    received_at: Mapped[datetime]
