"""The studio's routers."""

from sellier.surfaces.studio import components, home, orders, stock, webhooks

ROUTERS = (home.router, orders.router, stock.router, components.router, webhooks.router)
