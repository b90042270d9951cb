"""A visit: the shop a request is for, the market and language it is shown in, and its shelves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from babel import Locale
from litestar.di import NamedDependency
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.organization import queries as organization
from sellier.domain.organization.queries import ChannelRead, MarketRead
from sellier.domain.promising.queries import promise as promising
from sellier.domain.promising.rules.promise import Timetable
from sellier.infra import themes, web
from sellier.infra.kept import Value, kept
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Now, Sessions, Visitor
from sellier.kernel.errors import NotFound
from sellier.surfaces.storefront import queries
from sellier.surfaces.storefront.menu import Shelves
from sellier.surfaces.storefront.shown import Here, Shelf


class ShopNotFound(NotFound):
    """Nothing is sold here yet: the deployment has no channel."""

    code: ClassVar[str] = "storefront.shop_not_found"


class PageNotFound(NotFound):
    """No page has this address."""

    code: ClassVar[str] = "storefront.page_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Everything that a page knows of its visitor before it is asked anything."""

    lang: str
    channels: Sequence[ChannelRead]
    channel: ChannelRead
    market: MarketRead
    shelving: Shelves
    site: str  # scheme and host that links to this shop begin with

    @property
    def here(self) -> Here:
        return Here(
            lang=self.lang,
            channel_id=self.channel.id,
            market_id=self.market.id,
            country=self.market.country,
        )

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        return self.shelving.top

    def shelf(self, path: str) -> Shelf | None:
        """Return the shelf at a path, if there is something on it."""
        found, level = None, self.shelves
        for depth in range(path.count("/") + 1):
            head = "/".join(path.split("/")[: depth + 1])
            found = next((shelf for shelf in level if shelf.path == head), None)
            if found is None:
                return None
            level = found.children
        return found

    def trail(self, path: str) -> tuple[Shelf, ...]:
        """Return the shelves from the top down to a path, as far as they are known."""
        steps = path.split("/")
        heads = ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
        return tuple(shelf for shelf in map(self.shelf, heads) if shelf)


Visiting = NamedDependency[Visit]


async def begin(
    *, request: Visitor, sessions: Sessions, settings: Configuration, now: Now
) -> Visit:
    """Work out where a visitor is: banner by host, else by cookie, else the default one.

    Takes its own short transactions, and most often none: what a handler does with its own
    must not wait for what is kept here, nor hold a connection for it.
    """
    state = request.app.state
    lang = web.language_of(request)
    known = await channels(request, sessions, now)
    channel = _channel(request, known, settings)
    market = channel.market(request.cookies.get(web.cookie_name("market", settings)))
    here = Here(lang=lang, channel_id=channel.id, market_id=market.id, country=market.country)

    async def shelves(db: AsyncSession) -> Shelves:
        return Shelves(top=await queries.shelves(db, here=here, now=now))

    return Visit(
        lang=lang,
        channels=known,
        channel=channel,
        market=market,
        shelving=await kept(
            state,
            f"shelves:{channel.id}:{market.id}",
            now=now,
            read=lambda: _read(sessions, shelves),
        ),
        site=_site(channel, settings),
    )


async def channels(request: Visitor, sessions: Sessions, now: datetime) -> Sequence[ChannelRead]:
    """Return every shop, the default one first. Raises `ShopNotFound` when there is none."""
    found = await kept(
        request.app.state, "channels", now=now, read=lambda: _read(sessions, organization.channels)
    )
    if not found:
        raise ShopNotFound("Nothing is sold here yet. `make demo` opens the demo shops.")
    return found


async def brands(request: Visitor, sessions: Sessions, now: datetime) -> Mapping[str, str]:
    """Return the names of brands by code."""
    found = await kept(
        request.app.state, "brands", now=now, read=lambda: _read(sessions, organization.brands)
    )
    return {brand.code: brand.name for brand in found}


async def boutiques(request: Visitor, sessions: Sessions, now: datetime) -> Mapping[str, str]:
    """Return the names of the group's boutiques by code."""
    return await kept(
        request.app.state, "boutiques", now=now, read=lambda: _read(sessions, queries.boutiques)
    )


async def timetable(request: Visitor, db: AsyncSession, now: datetime) -> Timetable:
    """Return the calendars and lanes that promises are made of."""
    return await kept(
        request.app.state, "timetable", now=now, read=lambda: promising.timetable(db, now=now)
    )


def show(
    request: Visitor, visit: Visit, template: str, *, status: int = 200, **context: object
) -> Template:
    """Show a storefront page: its own values, and what the layout needs around them."""
    path = request.url.path
    asked = f"?{request.url.query}" if request.url.query else ""
    inner = path[3:] if path[1:3] in web.LANGUAGES else "/"
    engine = request.app.template_engine
    assert isinstance(engine, JinjaTemplateEngine)
    menu = visit.shelving.menu(visit.lang, engine.engine)
    frame: Mapping[str, object] = {
        "banner": {"code": visit.channel.banner_code, "name": visit.channel.banner_name},
        "theme_url": themes.address(visit.channel.banner_code, visit.channel.theme),
        "market": visit.market.code,
        "markets": [_market_shown(market, visit.lang) for market in visit.channel.markets],
        "menu": menu,
        "departments": menu.departments,
        "alternates": {lang: f"{visit.site}/{lang}{inner}{asked}" for lang in web.LANGUAGES},
        "banners": [{"code": c.banner_code, "name": c.banner_name} for c in visit.channels],
        "site": visit.site,
        "path": f"{path}{asked}",
    }
    return web.page(request, template, lang=visit.lang, status=status, **{**frame, **context})


def country_name(code: str, lang: str) -> str:
    """Return the name of a country in a language."""
    return str(Locale.parse(lang).territories.get(code, code))


def is_htmx(request: Visitor) -> bool:
    """Tell whether a fragment is wanted rather than a page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


async def _read(sessions: Sessions, read: Callable[[AsyncSession], Awaitable[Value]]) -> Value:
    async with sessions.begin() as db:
        return await read(db)


def _channel(request: Visitor, channels: Sequence[ChannelRead], settings: Settings) -> ChannelRead:
    host = (request.headers.get("host") or "").partition(":")[0].lower()
    wanted = request.cookies.get(web.cookie_name("banner", settings))
    by_host = next((channel for channel in channels if channel.host == host), None)
    by_cookie = next((channel for channel in channels if channel.banner_code == wanted), None)
    return by_host or by_cookie or channels[0]


def _site(channel: ChannelRead, settings: Settings) -> str:
    """Build links from what was set up, never from what a request says of its host."""
    parts = urlsplit(settings.url)
    return f"{parts.scheme}://{channel.host or parts.netloc}"


def _market_shown(market: MarketRead, lang: str) -> dict[str, str]:
    name = country_name(market.country, lang)
    return {"code": market.code, "name": name, "currency": market.currency}
