from sellier.kernel.errors import Conflict, Invalid, NotFound


class CartNotFound(NotFound):
    """There is no such cart, or whoever asks does not hold its secret."""

    code = "carts.cart_not_found"


class CartEmpty(Invalid):
    """An order needs at least one piece."""

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


class NotHot(Conflict):
    """The piece is not sold as one that everyone wants at once: it is kept by ordering it."""

    code = "carts.not_hot"


class CartFull(Invalid):
    """The cart holds as many different pieces as one may."""

    code = "carts.cart_full"


class CannotDeliver(Invalid):
    """The address is outside the country of the cart's market."""

    code = "carts.cannot_deliver"


class NotInCart(Invalid):
    """A SKU was named that is not in the cart."""

    code = "carts.not_in_cart"
