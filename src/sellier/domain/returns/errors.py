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


class OtherStyle(Invalid):
    """A piece was wanted that is not a size or color of the one that comes back."""

    code = "returns.other_style"


class NotSoldHere(Conflict):
    """The wanted piece is not sold where the order was placed, or not at the same price."""

    code = "returns.not_sold_here"


class WantedGone(Conflict):
    """Fewer units of the wanted piece are left than would go out."""

    code = "returns.wanted_gone"


class PlaceUnknown(Invalid):
    """The location that a return is brought to does not exist."""

    code = "returns.place_unknown"
