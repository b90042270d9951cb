"""Every address of the storefront, named once."""

from litestar import Router
from litestar.di import Provide

from sellier.infra.web import LANGUAGES
from sellier.surfaces.storefront import (
    about,
    carts,
    checkout,
    choices,
    closures,
    home,
    lists,
    maisons,
    media,
    orders,
    parcels,
    payments,
    products,
    returns,
    sitemaps,
    themes,
    visit,
)

# The same pages under each language, so that an address says all of what it shows.
PAGES = (
    home.home,
    lists.pieces,
    products.piece,
    products.locations,
    maisons.maisons,
    about.about,
    carts.cart,
    carts.bag,
    carts.count,
    carts.add,
    carts.change,
    carts.remove,
    checkout.checkout,
    checkout.place,
    orders.order,
    orders.pay,
    orders.cancel,
    closures.asked,
    closures.choose,
    returns.choose,
    returns.announce,
    returns.shown,
    returns.cancel,
    returns.label,
)

router = Router(
    path="/",
    dependencies={"visiting": Provide(visit.begin)},
    route_handlers=[
        home.language,
        choices.market,
        choices.banner,
        themes.theme,
        media.icon,
        media.drawing,
        media.picture,
        sitemaps.robots,
        sitemaps.sitemap,
        sitemaps.pieces,
        parcels.notices,
        payments.returned,
        payments.notices,
        *(Router(path=f"/{lang}", route_handlers=list(PAGES)) for lang in LANGUAGES),
    ],
)
