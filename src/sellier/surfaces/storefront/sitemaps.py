"""What crawlers are told: which pages there are, and which are nobody's business."""

from math import ceil
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from litestar import Response, get
from litestar.params import FromPath

from sellier.infra.web import LANGUAGES, Db, Now
from sellier.surfaces.storefront import queries, visit
from sellier.surfaces.storefront.queries import ADDRESSES_MAX
from sellier.surfaces.storefront.visit import Visiting

_XML: Final = "application/xml"
_PRIVATE: Final = ("cart", "checkout", "orders")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


@get("/robots.txt")
async def robots(visiting: Visiting) -> Response[str]:
    """Keep crawlers out of carts, orders and the endless combinations of filters."""
    closed = [f"Disallow: /{lang}/{name}" for lang in LANGUAGES for name in _PRIVATE]
    filters = [f"Disallow: /*/list?*{name}=" for name in ("q", "size", "price_min", "price_max")]
    lines = ["User-agent: *", *closed, *filters, "Disallow: /payments/", "Disallow: /api/"]
    lines += ["", f"Sitemap: {visiting.site}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain; charset=utf-8")


@get("/sitemap.xml")
async def sitemap(visiting: Visiting) -> Response[str]:
    """List the sitemaps: one for every twenty-five thousand pieces."""
    count = sum(shelf.count for shelf in visiting.shelves)
    pages = range(max(1, ceil(count / ADDRESSES_MAX)))
    parts = [f"<sitemap><loc>{visiting.site}/sitemaps/{page}.xml</loc></sitemap>" for page in pages]
    body = f'{_HEAD}<sitemapindex xmlns="{_SCHEMA}">{"".join(parts)}</sitemapindex>'
    return Response(body, media_type=_XML)


@get("/sitemaps/{name:str}")
async def pieces(*, db: Db, now: Now, visiting: Visiting, name: FromPath[str]) -> Response[str]:
    """List the pages of pieces, in each language."""
    number, _, ending = name.partition(".")
    is_number = number.isascii() and number.isdigit() and len(number) <= 4  # noqa: PLR2004  far above any catalog
    page = int(number) if is_number and ending == "xml" else -1
    codes = await queries.addresses(db, here=visiting.here, now=now, page=page) if page >= 0 else ()
    if not codes:
        raise visit.PageNotFound("There is no such sitemap.")
    front = [""] if page == 0 else []
    places = [*front, *(f"p/{quote(code)}" for code in codes)]
    urls = [
        f"<url><loc>{escape(f'{visiting.site}/{lang}/{place}')}</loc></url>"
        for place in places
        for lang in LANGUAGES
    ]
    body = f'{_HEAD}<urlset xmlns="{_SCHEMA}">{"".join(urls)}</urlset>'
    return Response(body, media_type=_XML)
