"""The page of an order, for who holds its secret: confirmation, waiting, refusal."""

from contextlib import suppress
from typing import Annotated, ClassVar, Final

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import TooLateToCancel
from sellier.domain.orders.queries import OrderRead
from sellier.domain.payments.states import PaymentState
from sellier.domain.returns import queries as returns
from sellier.domain.returns import rules as return_rules
from sellier.infra import keys
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Db, Form, Now, Sessions, Visitor
from sellier.kernel.errors import NotFound
from sellier.kernel.ids import OrderId, row_id
from sellier.surfaces.storefront import cookies, payments, visit
from sellier.surfaces.storefront import queries as reads
from sellier.surfaces.storefront.payments import Provider
from sellier.surfaces.storefront.visit import Visiting

KEY_MAX: Final = 100


class OrderNotFound(NotFound):
    """No such order, or none that this visitor may see."""

    code: ClassVar[str] = "storefront.order_not_found"


class NothingAsked(Form, frozen=True, kw_only=True):
    """A button alone."""


@get("/orders/{name:str}")
async def order(
    *,
    request: Visitor,
    db: Db,
    settings: Configuration,
    now: Now,
    visiting: Visiting,
    name: FromPath[str],
) -> Template | Redirect:
    """Show an order. The secret of a mail's link goes into a cookie and out of the address."""
    key = request.query_params.get("key", "")
    if key:
        return await _taken(request, db, settings, name=name, key=key)
    found = await mine(request, db, settings, name=name)
    part = "_state" if visit.is_htmx(request) else "page"
    pieces = await reads.ordered(db, ids=[line.style_color_id for line in found.lines])
    return visit.show(
        request,
        visiting,
        f"storefront/order/{part}.html",
        order=found,
        name=name,
        pieces=pieces,
        country=visit.country_name(found.address.country, visiting.lang),
        state=_state(found.payment_state),
        returned=await returns.of_order(db, order_id=found.id),
        is_returnable=any(
            return_rules.returnable(await returns.returnable(db, order_id=found.id), now=now)
        ),
    )


@post("/orders/{name:str}/payment", status_code=303)
async def pay(
    *,
    request: Visitor,
    sessions: Sessions,
    provider: Provider,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    name: FromPath[str],
    data: Annotated[NothingAsked, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template | Redirect:
    """Ask the provider again for a payment that did not begin."""
    assert data is not None
    async with sessions.begin() as db:
        found = await mine(request, db, settings, name=name)
    return await payments.lead(
        request,
        sessions,
        provider,
        order_id=found.id,
        payment_id=found.payment_id,
        settings=settings,
        visiting=visiting,
        now=now,
    )


@post("/orders/{name:str}/cancellation", status_code=303)
async def cancel(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    name: FromPath[str],
    data: Annotated[NothingAsked, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """Give up an order that is not paid, or cancel one that nobody has begun to prepare.

    Whoever comes too late finds the order as it is.
    """
    assert data is not None
    found = await mine(request, db, settings, name=name)
    if found.is_cancelable:
        with suppress(TooLateToCancel):
            await orders.cancel_order(db, order_id=found.id, by="customer", now=now)
    if _state(found.payment_state) == "waiting":
        await orders.give_up(db, payment_id=found.payment_id, by="customer", now=now)
    return Redirect(f"/{visiting.lang}/orders/{name}", status_code=303)


async def _taken(
    request: Visitor, db: AsyncSession, settings: Settings, *, name: str, key: str
) -> Redirect:
    order_id = _id(name)
    secret = key[:KEY_MAX]
    own = keys.of(settings)
    if await queries.order_shown_to(db, order_id=order_id, secret=secret, keys=own) is None:
        raise OrderNotFound("This order does not exist, or this link no longer opens it.")
    return cookies.opened(request, order_id, secret, settings=settings)


async def mine(request: Visitor, db: AsyncSession, settings: Settings, *, name: str) -> OrderRead:
    """Return the order of this name, if this browser may see it. Raises `OrderNotFound`."""
    order_id = _id(name)
    secret = cookies.order_secret(request, order_id, settings)
    found = None
    if secret:
        found = await queries.order_shown_to(
            db, order_id=order_id, secret=secret, keys=keys.of(settings)
        )
    if found is None:
        raise OrderNotFound("This order does not exist, or this browser may not see it.")
    return found


def _id(name: str) -> OrderId:
    found = row_id("ord", name)
    if found is None:
        raise OrderNotFound("This order does not exist, or this browser may not see it.")
    return OrderId(found)


def _state(payment: PaymentState) -> str:
    match payment:
        case PaymentState.AUTHORIZED:
            return "paid"
        case PaymentState.REFUSED | PaymentState.VOIDED:
            return "refused"
        case PaymentState.CREATED | PaymentState.REQUIRES_ACTION:
            return "waiting"
