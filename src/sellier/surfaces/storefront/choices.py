"""What a visitor chooses for the whole shop: the market and, in the demo, the banner."""

import re
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from sellier.domain.carts import service as carts
from sellier.infra import web
from sellier.infra.web import Configuration, Db, Form, Now, Sessions, Visitor
from sellier.surfaces.storefront import cookies, visit
from sellier.surfaces.storefront.cookies import CHOICE_LASTS
from sellier.surfaces.storefront.visit import Visiting

# A path of ours, and nothing that a browser could read as another site.
_OWN_PAGE: Final = re.compile(r"/(?:fr|en)(?:/[^\s\\]*)?")


class MarketForm(Form, frozen=True, kw_only=True):
    market: Annotated[str, msgspec.Meta(max_length=10)]
    next: Annotated[str, msgspec.Meta(max_length=2000)] = "/"


@post("/market", status_code=303)
async def market(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    data: Annotated[MarketForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """Remember the market; an open cart goes along, at that market's prices."""
    chosen = visiting.channel.market(data.market)
    cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
    if cart_id is not None:
        await carts.change_market(db, cart_id=cart_id, market_id=chosen.id, now=now)
    answer = Redirect(own_page(data.next, visiting.site), status_code=303)
    answer.cookies.append(cookies.made(cookies.MARKET, chosen.code, settings, lasts=CHOICE_LASTS))
    return answer


@get("/banner/{code:str}")
async def banner(
    *, request: Visitor, sessions: Sessions, now: Now, settings: Configuration, code: FromPath[str]
) -> Redirect:
    """Walk over to another shop of the group. A choice of what is shown: it changes nothing."""
    known = {channel.banner_code for channel in await visit.channels(request, sessions, now)}
    answer = Redirect(f"/{web.language_of(request)}/", status_code=303)
    if code in known:
        answer.cookies.append(cookies.made(cookies.BANNER, code, settings, lasts=CHOICE_LASTS))
    return answer


def own_page(wanted: str, site: str) -> str:
    """Return the page to go back to, if it is one of ours; else the front."""
    path = wanted.removeprefix(site)
    return path if _OWN_PAGE.fullmatch(path) and not path.startswith("//") else "/"
