"""Every address of the API, named once."""

from typing import Final

from litestar import Router
from litestar.di import Provide

from sellier.surfaces.api import (
    calls,
    carts,
    checkout,
    here,
    locations,
    orders,
    products,
    promises,
    reservations,
    returns,
    search,
)
from sellier.surfaces.api.problems import HANDLERS

BODY_LIMIT: Final = 64 * 1024

ENDPOINTS: Final = (
    search.search,
    products.product,
    products.availability,
    locations.locations,
    locations.location,
    promises.promise,
    carts.open_cart,
    carts.cart,
    carts.add_line,
    carts.set_line,
    carts.remove_line,
    reservations.reserve,
    checkout.check_out,
    orders.order,
    orders.pay,
    returns.announce,
    returns.listed,
    returns.whole,
)

router = Router(
    path="/api/v1",
    route_handlers=list(ENDPOINTS),
    dependencies={"call": Provide(calls.call_of), "where": Provide(here.where)},
    exception_handlers=HANDLERS,
    before_request=calls.check,
    request_max_body_size=BODY_LIMIT,
)
