"""The studio's routers."""

from sellier.surfaces.studio import (
    closures,
    components,
    counts,
    desk,
    home,
    inbound,
    locations,
    money,
    network,
    orders,
    returns,
    sourcing,
    stock,
    tower,
    transfers,
    webhooks,
)

ROUTERS = (
    home.router,
    tower.router,
    network.router,
    orders.router,
    desk.router,
    returns.router,
    money.router,
    sourcing.router,
    stock.router,
    locations.router,
    transfers.router,
    counts.router,
    inbound.router,
    closures.router,
    components.router,
    webhooks.router,
)
