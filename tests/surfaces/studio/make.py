"""The studio's routers."""

from sellier.surfaces.studio import components, home, orders, stock

ROUTERS = (home.router, orders.router, stock.router, components.router)
