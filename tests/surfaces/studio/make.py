"""The studio's routers."""

from sellier.surfaces.studio import components, home, money, orders, sourcing, stock, webhooks

ROUTERS = (
    home.router,
    orders.router,
    money.router,
    sourcing.router,
    stock.router,
    components.router,
    webhooks.router,
)
