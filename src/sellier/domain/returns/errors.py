from sellier.kernel.errors import Conflict, Invalid, NotFound


class ReturnNotFound(NotFound):
    """There is no such return, or whoever asks may not know of it."""

    code = "returns.return_not_found"


class ReturnTransitionRefused(Conflict):
    """The state of a return does not allow this event."""

    code = "returns.transition_refused"


class NothingToReturn(Conflict):
    """Units cannot be returned: they never arrived, came back already, or it is too late."""

    code = "returns.nothing_to_return"


class ReturnUnitsAbsurd(Invalid):
    """Units were named that are not in this return or order, or not so many."""

    code = "returns.units_absurd"


class PlaceUnknown(Invalid):
    """The location that a return is brought to does not exist."""

    code = "returns.place_unknown"
