"""Every address of the storefront, named once."""

from litestar import Router
from litestar.di import Provide

from sellier.infra.web import LANGUAGES
from sellier.surfaces.storefront import (
    about,
    choices,
    home,
    lists,
    maisons,
    media,
    products,
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
)

router = Router(
    path="/",
    dependencies={"visiting": Provide(visit.begin)},
    route_handlers=[
        home.language,
        choices.market,
        choices.banner,
        themes.theme,
        media.drawing,
        media.picture,
        sitemaps.robots,
        sitemaps.sitemap,
        sitemaps.pieces,
        *(Router(path=f"/{lang}", route_handlers=list(PAGES)) for lang in LANGUAGES),
    ],
)
