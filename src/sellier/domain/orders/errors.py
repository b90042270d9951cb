from sellier.kernel.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    """There is no such order, or whoever asks may not know of it."""

    code = "orders.order_not_found"


class TransitionRefused(Conflict):
    """The state of an order line does not allow this event."""

    code = "orders.transition_refused"
