from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import LocationId


class LocationKind(StrEnum):
    BOUTIQUE = "boutique"
    WAREHOUSE = "warehouse"


class Location(Base):
    """Any place that holds stock. Hours are local to its time zone.

    `opens` and `closes` are those of every day, for a place that has no rows of `opening`.
    """

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", "latitude_on_earth"),
        CheckConstraint("longitude BETWEEN -180 AND 180", "longitude_on_earth"),
        CheckConstraint("daily_capacity >= 0", "capacity_not_negative"),
        CheckConstraint("opens < closes", "opens_before_it_closes"),
        CheckConstraint("preparation_minutes >= 0", "preparation_not_negative"),
    )

    id: Mapped[LocationId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    kind: Mapped[LocationKind] = mapped_column(String(16))
    name: Mapped[str]
    city: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    latitude: Mapped[float]
    longitude: Mapped[float]
    time_zone: Mapped[str]
    ships: Mapped[bool]
    pickup: Mapped[bool]
    opens: Mapped[time]
    closes: Mapped[time]
    daily_capacity: Mapped[int]
    # How long preparing an order takes, in opening hours; when it is too late to begin on one the
    # same day (never: none); on which days of the week it prepares (when it opens: none).
    preparation_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    cut_off: Mapped[time | None]
    prepares_on: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    # Since when it is closed until further notice: it takes no work and sells to nobody far away.
    closed_at: Mapped[datetime | None]


class Opening(Base):
    """Hours of one day of the week, 1 being Monday. Closing at or before opening: the next day."""

    __tablename__ = "opening"
    __table_args__ = (CheckConstraint("weekday BETWEEN 1 AND 7", "a_day_of_the_week"),)

    location_id: Mapped[LocationId] = mapped_column(ForeignKey(Location.id), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    opens: Mapped[time] = mapped_column(primary_key=True)
    closes: Mapped[time]


class SpecialDay(Base):
    """A date with hours of its own, or none: of one place, or of all in a country.

    A place's own say goes before its country's.
    """

    __tablename__ = "special_day"
    __table_args__ = (
        CheckConstraint("num_nonnulls(location_id, country) = 1", "of_a_place_or_a_country"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", "both_hours_or_none"),
        Index(
            "uq_special_day_day",
            "day",
            "location_id",
            "country",
            "opens",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    location_id: Mapped[LocationId | None] = mapped_column(ForeignKey(Location.id))
    country: Mapped[str | None] = mapped_column(String(2))
    day: Mapped[date]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    name: Mapped[str | None] = mapped_column(String(100))
