"""Reads of closures."""

from sellier.domain.closures.queries.choices import ChoiceRead, choice, due
from sellier.domain.closures.queries.lists import (
    ClosureRead,
    MoveRow,
    PlanRead,
    TransitionRead,
    WaitRow,
    closing_already,
    closure_by_id,
    closure_by_number,
    closures,
    in_force,
    moves,
    plans,
    stays_open,
    to_begin,
    transitions,
    waiting,
)
from sellier.domain.closures.queries.live import ComingRow, GivenRow, coming, given
from sellier.domain.closures.queries.options import KEPT, Elsewhere, Options, options
from sellier.domain.closures.queries.situation import Inbound, Pickup, Situation, situation

__all__ = [
    "KEPT",
    "ChoiceRead",
    "ClosureRead",
    "ComingRow",
    "Elsewhere",
    "GivenRow",
    "Inbound",
    "MoveRow",
    "Options",
    "Pickup",
    "PlanRead",
    "Situation",
    "TransitionRead",
    "WaitRow",
    "choice",
    "closing_already",
    "closure_by_id",
    "closure_by_number",
    "closures",
    "coming",
    "due",
    "given",
    "in_force",
    "moves",
    "options",
    "plans",
    "situation",
    "stays_open",
    "to_begin",
    "transitions",
    "waiting",
]
