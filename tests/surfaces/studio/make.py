"""The studio's routers."""

from sellier.surfaces.studio import components, home, orders, sourcing, stock, webhooks

ROUTERS = (
    home.router,
    orders.router,
    sourcing.router,
    stock.router,
    components.router,
    webhooks.router,
)
