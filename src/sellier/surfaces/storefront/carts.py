"""The bag: what is in it, and every change to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, SkipValidation
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import queries
from sellier.domain.carts import service as carts
from sellier.domain.stock import queries as stock
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Db, Form, Now, Sessions, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import CartId, OrderId, Sku, public_id
from sellier.surfaces.storefront import cookies, promised, visit
from sellier.surfaces.storefront.visit import Visit, Visiting

Counter = NamedDependency[SkipValidation[carts.Counter]]
SkuText = Annotated[str, msgspec.Meta(min_length=1, max_length=50, pattern=r"^[^\x00]*$")]
_MINUTE: Final = timedelta(minutes=1)
QUANTITY_MAX: Final = 9  # on one line of a page; more is a conversation


class AddForm(Form, frozen=True, kw_only=True):
    """The piece to put into the bag."""

    sku: SkuText
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1


class QuantityForm(Form, frozen=True, kw_only=True):
    """How many are wanted of a piece that is in the bag."""

    sku: SkuText
    quantity: Annotated[int, msgspec.Meta(ge=0, le=99)]


class RemovalForm(Form, frozen=True, kw_only=True):
    """The piece to take out of the bag."""

    sku: SkuText


@get("/cart")
async def cart(
    *, request: Visitor, db: Db, now: Now, settings: Configuration, visiting: Visiting
) -> Template:
    """Show the bag."""
    cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
    return await show(request, db, cart_id, visiting=visiting, now=now)


@get("/bag")
async def bag(visiting: Visiting) -> Redirect:
    """Lead from the name that people know it by."""
    return Redirect(f"/{visiting.lang}/cart", status_code=301)


@get("/cart/count")
async def count(
    *, request: Visitor, db: Db, settings: Configuration, visiting: Visiting
) -> Response[str]:
    """Answer the number beside the bag; nothing when it is empty."""
    cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
    units = await queries.units(db, cart_id=cart_id) if cart_id else 0
    return Response(str(units or ""), media_type="text/html; charset=utf-8")


@post("/cart/lines", status_code=303)
async def add(
    *,
    request: Visitor,
    sessions: Sessions,
    counter: Counter,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    data: Annotated[AddForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template | Redirect:
    """Put a piece into the bag: a word in the corner with htmx, the bag's page without it.

    One in great demand is kept for the bag from now on, once the bag itself is committed.
    """
    sku, cookie, problem = Sku(data.sku), None, ""
    async with sessions.begin() as db:
        cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
        if cart_id is None:
            cart_id, cookie = await _opened(db, visiting, settings, now=now)
        try:
            await carts.add(db, cart_id=cart_id, sku=sku, quantity=data.quantity, now=now)
        except Refusal as refusal:
            problem = refusal.code
        is_hot = not problem and await stock.is_hot(db, sku=sku)
    if is_hot:
        problem = await _kept(counter, cart_id, sku=sku, quantity=data.quantity, now=now)
    answer = _said(request, visiting, problem=problem)
    if cookie:
        answer.cookies.append(cookie)
    return answer


async def _kept(
    counter: carts.Counter, cart_id: CartId, *, sku: Sku, quantity: int, now: datetime
) -> str:
    """Have units kept for the bag; return the code of what is in the way, if anything is."""
    ask = carts.Ask(cart_id=cart_id, secret=None, quantity=quantity, now=now)
    try:
        await counter.ask(sku, ask)
    except Refusal as refusal:
        return refusal.code
    return ""


@post("/cart/quantities", status_code=303)
async def change(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    data: Annotated[QuantityForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template | Redirect:
    """Change how many of a piece are wanted."""
    return await _changed(
        request, db, settings, visiting=visiting, sku=data.sku, quantity=data.quantity, now=now
    )


@post("/cart/removals", status_code=303)
async def remove(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    data: Annotated[RemovalForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template | Redirect:
    """Take a piece out."""
    return await _changed(
        request, db, settings, visiting=visiting, sku=data.sku, quantity=0, now=now
    )


async def show(
    request: Visitor,
    db: AsyncSession,
    cart_id: CartId | None,
    *,
    visiting: Visit,
    now: Now,
    problem: str = "",
) -> Template:
    """Show the bag, with what went wrong if something did."""
    seen = (
        await queries.shown(db, cart_id=cart_id, lang=visiting.lang, now=now) if cart_id else None
    )
    running = await queries.running_order(db, cart_id=cart_id) if cart_id else None
    said = promised.NOTHING
    if seen is not None and seen.can_check_out:
        known = await visit.timetable(request, db, now)
        said = await promised.of_bag(
            db, seen, known=known, currency=visiting.market.currency, now=now
        )
    is_part = visit.is_htmx(request)
    answer = visit.show(
        request,
        visiting,
        f"storefront/cart/{'_lines' if is_part else 'page'}.html",
        cart=seen,
        promised=said,
        minutes=_minutes(seen, now),
        running=_address(running, visiting),
        problem=problem or request.query_params.get("problem", ""),
        added="added" in request.query_params,
        quantity_max=QUANTITY_MAX,
    )
    if is_part:
        answer.headers["hx-trigger"] = "bag-changed"
    return answer


def _minutes(seen: queries.CartShown | None, now: datetime) -> Mapping[Sku, int]:
    """Return for how many minutes yet pieces in great demand are kept for this bag."""
    kept = [(line.sku, line.kept_until) for line in (seen.lines if seen else ())]
    return {sku: max(1, -((now - until) // _MINUTE)) for sku, until in kept if until}


async def _opened(
    db: AsyncSession, visiting: Visit, settings: Settings, *, now: Now
) -> tuple[CartId, Cookie]:
    opened = carts.open_cart(
        db, channel_id=visiting.channel.id, market_id=visiting.market.id, now=now
    )
    name = cookies.cart_name(visiting)
    return opened.cart_id, cookies.made(name, opened.secret, settings, lasts=cookies.CART_LASTS)


async def _changed(
    request: Visitor,
    db: AsyncSession,
    settings: Settings,
    *,
    visiting: Visit,
    sku: str,
    quantity: int,
    now: Now,
) -> Template | Redirect:
    cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
    problem = ""
    if cart_id is not None:
        try:
            await carts.set_quantity(db, cart_id=cart_id, sku=Sku(sku), quantity=quantity, now=now)
        except Refusal as refusal:
            problem = refusal.code
    if not visit.is_htmx(request):
        return _to_cart(visiting, problem=problem)
    answer = await show(request, db, cart_id, visiting=visiting, now=now, problem=problem)
    answer.status_code = 200
    return answer


def _said(request: Visitor, visiting: Visit, *, problem: str) -> Template | Redirect:
    if not visit.is_htmx(request):
        return _to_cart(visiting, problem=problem, added=not problem)
    answer = visit.show(request, visiting, "storefront/cart/_added.html", problem=problem)
    answer.headers.update({"hx-retarget": "#toasts", "hx-reswap": "beforeend"})
    answer.headers["hx-trigger"] = "bag-changed"
    return answer


def _to_cart(visiting: Visit, *, problem: str = "", added: bool = False) -> Redirect:
    said = f"?problem={problem}" if problem else "?added=1" if added else ""
    return Redirect(f"/{visiting.lang}/cart{said}", status_code=303)


def _address(order_id: OrderId | None, visiting: Visit) -> str:
    return f"/{visiting.lang}/orders/{public_id('ord', order_id)}" if order_id else ""
