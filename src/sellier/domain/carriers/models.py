from datetime import time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base


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
