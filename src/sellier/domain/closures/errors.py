from sellier.kernel.errors import Conflict, Invalid, NotFound


class ClosureNotFound(NotFound):
    """There is no such closure."""

    code = "closures.closure_not_found"


class ClosureRefused(Invalid):
    """What is to be closed makes no sense: no location, an unknown one, dates the wrong way."""

    code = "closures.closure_refused"


class AlreadyClosing(Conflict):
    """A location is part of another closure that is not over."""

    code = "closures.already_closing"


class LastOpenPlace(Conflict):
    """Nothing would be open any more."""

    code = "closures.last_open_place"


class TransitionRefused(Conflict):
    """The state of the closure does not allow this event."""

    code = "closures.transition_refused"


class NotEmpty(Conflict):
    """Something at the location still waits for somebody, so that it cannot close for good."""

    code = "closures.not_empty"


class PlannerMissing(Conflict):
    """The solver is not installed."""

    code = "closures.planner_missing"


class ChoiceNotFound(NotFound):
    """There is nothing to choose, or whoever asks may not know of it."""

    code = "closures.choice_not_found"


class ChoiceRefused(Conflict):
    """This cannot be chosen any more, or never could."""

    code = "closures.choice_refused"
