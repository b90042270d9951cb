from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDefined(Event):
    name: ClassVar[str] = "identity.staff_defined"
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDismissed(Event):
    name: ClassVar[str] = "identity.staff_dismissed"
    staff_id: StaffId
