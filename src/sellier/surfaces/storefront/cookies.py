"""The cookies of the shop. All of them are needed for what the visitor asked for."""

from datetime import timedelta
from typing import Final

from litestar.datastructures import Cookie
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import queries as carts
from sellier.infra import web
from sellier.infra.settings import Settings
from sellier.infra.web import Visitor
from sellier.kernel.ids import CartId, OrderId, public_id
from sellier.surfaces.storefront.visit import Visit

CART: Final = "cart"  # one for each shop: a cart belongs to where it was filled
ORDERS: Final = "orders"
MARKET: Final = "market"
BANNER: Final = "banner"

CART_LASTS: Final = timedelta(days=30)
ORDERS_LAST: Final = timedelta(days=30)
CHOICE_LASTS: Final = timedelta(days=365)
ORDERS_MAX: Final = 5


def made(name: str, value: str, settings: Settings, *, lasts: timedelta) -> Cookie:
    """Make a cookie that no script reads and no other site sends along with a change."""
    return Cookie(
        key=web.cookie_name(name, settings),
        value=value,
        path="/",
        max_age=int(lasts.total_seconds()),
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )


def read(request: Visitor, name: str, settings: Settings) -> str:
    """Return a cookie's value, or nothing."""
    return request.cookies.get(web.cookie_name(name, settings), "")


def cart_name(visit: Visit) -> str:
    """Return the name of the cookie that opens this shop's cart."""
    return f"{CART}-{visit.channel.code}"


async def cart_of(
    request: Visitor, db: AsyncSession, settings: Settings, *, visit: Visit
) -> CartId | None:
    """Return the cart whose secret the visitor holds."""
    secret = read(request, cart_name(visit), settings)
    return await carts.find(db, secret=secret) if secret else None


def order_secret(request: Visitor, order_id: OrderId, settings: Settings) -> str:
    """Return the secret that the visitor holds of an order, or nothing."""
    held = _held(read(request, ORDERS, settings))
    return held.get(public_id("ord", order_id), "")


def with_order(request: Visitor, order_id: OrderId, secret: str, *, settings: Settings) -> Cookie:
    """Let the visitor keep an order's secret beside those of the last few others."""
    held = _held(read(request, ORDERS, settings))
    name = public_id("ord", order_id)
    kept = {name: secret, **{key: value for key, value in held.items() if key != name}}
    pairs = [f"{key}.{value}" for key, value in list(kept.items())[:ORDERS_MAX]]
    return made(ORDERS, "~".join(pairs), settings, lasts=ORDERS_LAST)


def opened(request: Visitor, order_id: OrderId, secret: str, *, settings: Settings) -> Redirect:
    """Take the secret of an order's link into a cookie, out of the address."""
    answer = Redirect(request.url.path, status_code=303)
    answer.cookies.append(with_order(request, order_id, secret, settings=settings))
    return answer


def _held(text: str) -> dict[str, str]:
    pairs = (part.partition(".") for part in text.split("~"))
    return {name: secret for name, _, secret in pairs if name and secret}
