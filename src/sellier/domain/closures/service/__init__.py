"""Every change to closures.

`rehearse` and `carry_out` take `sessions`: between their transactions they think for seconds.
"""

from sellier.domain.closures.service.carry_out import carry_out
from sellier.domain.closures.service.change import (
    Wish,
    begin,
    cancel,
    finish,
    reopen,
    schedule,
)
from sellier.domain.closures.service.choose import Chosen, choose, settle_overdue
from sellier.domain.closures.service.rehearse import Rehearsal, rehearse

__all__ = [
    "Chosen",
    "Rehearsal",
    "Wish",
    "begin",
    "cancel",
    "carry_out",
    "choose",
    "finish",
    "rehearse",
    "reopen",
    "schedule",
    "settle_overdue",
]
