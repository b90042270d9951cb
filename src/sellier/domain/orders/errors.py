from sellier.kernel.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    code = "orders.order_not_found"


class TransitionRefused(Conflict):
    code = "orders.transition_refused"


class AlreadyOrdered(Conflict):
    code = "orders.already_ordered"
