from sellier.kernel.errors import Conflict, Invalid, NotFound


class CartNotFound(NotFound):
    code = "carts.cart_not_found"


class CartEmpty(Invalid):
    code = "carts.cart_empty"


class CartChanged(Conflict):
    """The cart is no longer what the customer saw when they pressed the button."""

    code = "carts.cart_changed"


class CartFrozen(Conflict):
    """A payment runs for this cart: it may change again once that is decided."""

    code = "carts.cart_frozen"


class NotSold(Invalid):
    """The piece is not listed, or has no price, in this channel and market."""

    code = "carts.not_sold_here"


class CartFull(Invalid):
    code = "carts.cart_full"


class CannotDeliver(Invalid):
    code = "carts.cannot_deliver"
