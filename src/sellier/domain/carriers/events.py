from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(Event):
    """A parcel is somewhere else than we thought, by what its carrier tells."""

    name: ClassVar[str] = "parcel.moved"

    parcel_id: ParcelId
    tracking_number: str
    before: str | None  # states of `states.py`; None: the first that is heard
    after: str
    at: datetime
