"""The way to the payment provider and back: its page, the customer's return, its notices."""

from contextlib import suppress
from typing import ClassVar
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.service import Doors
from sellier.domain.payments import queries as payment_queries
from sellier.domain.payments.errors import ProviderRefused, ProviderUnavailable
from sellier.domain.payments.gateway import PaymentProvider, notice_secret_of, verify_notice
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Now, Secrets, Sessions, Visitor
from sellier.kernel.errors import NotFound
from sellier.kernel.ids import OrderId, PaymentId, public_id, row_id
from sellier.surfaces.storefront import visit
from sellier.surfaces.storefront.visit import Visit

# A protocol cannot be checked at run time, and need not be: the application makes it.
Provider = NamedDependency[SkipValidation[PaymentProvider]]


class PaymentUnknown(NotFound):
    """No payment of ours has this id."""

    code: ClassVar[str] = "storefront.payment_unknown"


@get("/payments/return")
async def returned(
    *, request: Visitor, sessions: Sessions, provider: Provider, now: Now
) -> Redirect:
    """Take the customer back from the provider; only the provider's own answer is believed.

    The id in the address opens nothing: the order's page asks for the order's secret.
    """
    found = row_id("pay", request.query_params.get("payment", ""))
    if found is None:
        raise PaymentUnknown("There is no such payment.")
    payment_id = PaymentId(found)
    async with sessions.begin() as db:
        payment = await payment_queries.payment(db, payment_id=payment_id)
        order = await order_queries.order(db, order_id=payment.order_id) if payment else None
    if order is None:
        raise PaymentUnknown("There is no such payment.")
    # Without an answer the order's page says that we wait, and the recovery job asks again.
    with suppress(ProviderUnavailable, ProviderRefused):
        await orders.settle(sessions, provider, payment_id=payment_id, by="return", now=now)
    return Redirect(f"/{order.language}/orders/{public_id('ord', order.id)}", status_code=303)


@post("/payments/notices", status_code=204)
async def notices(
    *,
    request: Visitor,
    sessions: Sessions,
    provider: Provider,
    now: Now,
    settings: Configuration,
    keys: Secrets,
) -> None:
    """Take a signed notice: it says where to look, the provider then says what is true."""
    notice = verify_notice(
        headers=dict(request.headers),
        body=await request.body(),
        secret=notice_secret_of(settings, keys=keys),
        now=now,
    )
    try:
        payment_id = PaymentId(UUID(notice.payment.key))
    except ValueError as error:
        raise PaymentUnknown("There is no such payment.") from error
    await orders.settle(
        sessions, provider, payment_id=payment_id, by="notice", notice=notice, now=now
    )


async def lead(
    request: Visitor,
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    *,
    order_id: OrderId,
    payment_id: PaymentId,
    settings: Settings,
    visiting: Visit,
    now: Now,
) -> Template | Redirect:
    """Lead to the provider's page; say what stands when the provider does not answer."""
    page = f"/{visiting.lang}/orders/{public_id('ord', order_id)}"
    doors = Doors(
        return_url=f"{visiting.site}/payments/return?payment={public_id('pay', payment_id)}",
        notice_url=f"{settings.url}/payments/notices",
    )
    try:
        paid = await orders.pay(sessions, provider, payment_id=payment_id, doors=doors, now=now)
    except (ProviderUnavailable, ProviderRefused):
        answer = visit.show(
            request, visiting, "storefront/checkout/unavailable.html", status=503, order_url=page
        )
        answer.headers["retry-after"] = "10"
        return answer
    return Redirect(paid.hosted_url or page, status_code=303)
