from sellier.kernel.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """There is no such order, or whoever asks may not know of it."""

    code = "orders.order_not_found"


class FulfillmentNotFound(NotFound):
    """There is no such work to do, or whoever asks has no part in it."""

    code = "orders.fulfillment_not_found"


class TransitionRefused(Conflict):
    """The state of an order line or of a fulfillment does not allow this event."""

    code = "orders.transition_refused"


class UnitsRefused(Invalid):
    """Units were named that are not in this work, or not so many."""

    code = "orders.units_refused"


class CodeRefused(Conflict):
    """The code that the customer said opens nothing that waits here."""

    code = "orders.code_refused"


class TooLateToCancel(Conflict):
    """Fewer units can still be canceled: the others are being packed, or have left."""

    code = "orders.too_late_to_cancel"


class WrongPiece(Conflict):
    """A piece was scanned that is not wanted here, or no more of it."""

    code = "orders.wrong_piece"


class OfferTaken(Conflict):
    """Another boutique was quicker, or the offer is over."""

    code = "orders.offer_taken"


class NotHereAnyMore(Conflict):
    """Whoever claims work has not all of its units."""

    code = "orders.not_here_any_more"


class ParcelNotFound(NotFound):
    """There is no such parcel, or whoever asks has no part in it."""

    code = "orders.parcel_not_found"


class LabelNotNeeded(Conflict):
    """The parcel has a label already, or one is being asked for."""

    code = "orders.label_not_needed"


class CarrierKnowsNothingYet(Exception):
    """A question of ours may still be under way; its parcel cannot be canceled before."""


class OrderMoved(Conflict):
    """The page is older than the order: somebody changed this meanwhile."""

    code = "orders.order_moved"


class MoveRefused(Conflict):
    """The work cannot go where it is sent, or not any more."""

    code = "orders.move_refused"


class OnHold(Conflict):
    """The order desk keeps this work from leaving."""

    code = "orders.on_hold"


class TooLateToAmend(Conflict):
    """What is to be changed is being packed, or has left."""

    code = "orders.too_late_to_amend"


class AmendmentRefused(Invalid):
    """An order cannot become what is asked for."""

    code = "orders.amendment_refused"
