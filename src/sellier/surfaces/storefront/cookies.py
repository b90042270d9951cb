"""The cookies of the shop. All of them are needed for what the visitor asked for."""

from datetime import timedelta

from litestar.datastructures import Cookie

from sellier.domain.carts import queries as carts
from sellier.infra import web
from sellier.infra.settings import Settings
from sellier.infra.web import Db, Visitor
from sellier.kernel.ids import CartId

CART_COOKIE = "cart"


def made(name: str, value: str, settings: Settings, *, lasts: timedelta | None = None) -> Cookie:
    """Make a cookie that no script reads and no other site sends along with a change."""
    return Cookie(
        key=web.cookie_name(name, settings),
        value=value,
        path="/",
        max_age=int(lasts.total_seconds()) if lasts else None,
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )


def value_of(request: Visitor, name: str, settings: Settings) -> str:
    """Return a cookie's value, or nothing."""
    return request.cookies.get(web.cookie_name(name, settings), "")


async def cart_of(request: Visitor, db: Db, settings: Settings) -> CartId | None:
    """Return the cart whose secret the visitor holds."""
    secret = value_of(request, CART_COOKIE, settings)
    return await carts.find(db, secret=secret) if secret else None
