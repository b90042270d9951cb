from datetime import time
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import LocationId


class LocationKind(StrEnum):
    BOUTIQUE = "boutique"
    WAREHOUSE = "warehouse"


class Location(Base):
    """Any place that holds stock. Hours are local to its time zone, the same every day for now."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", "latitude_on_earth"),
        CheckConstraint("longitude BETWEEN -180 AND 180", "longitude_on_earth"),
        CheckConstraint("daily_capacity >= 0", "capacity_not_negative"),
        CheckConstraint("opens < closes", "opens_before_it_closes"),
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
