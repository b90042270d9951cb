"""The order button: a cart becomes an order, and the order is paid."""

from datetime import datetime
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import service as carts
from sellier.domain.carts.rules import Recipient
from sellier.domain.locations import queries as locations
from sellier.domain.orders import queries
from sellier.domain.orders.queries import OrderRead, OutcomeRead
from sellier.domain.orders.rules import Address
from sellier.infra import idempotency
from sellier.infra.idempotency import Answer, Interrupted
from sellier.infra.keys import Keys
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Now, Secrets, Sessions
from sellier.kernel.ids import OrderId, Sku, new_id, public_id, row_id
from sellier.surfaces.api import answers, calls, paying
from sellier.surfaces.api.answers import OrderPlaced, PaymentAnswer
from sellier.surfaces.api.calls import Call, Calling
from sellier.surfaces.api.carts import ask_mine
from sellier.surfaces.api.forms import AddressForm, CheckoutForm
from sellier.surfaces.api.paying import Provider, Saga
from sellier.surfaces.api.problems import PlaceUnknown


@post(
    "/carts/{cart_id:str}/checkout",
    operation_id="checkOut",
    tags=["Orders"],
    summary="Order a cart",
    status_code=201,
    opt={
        "form": CheckoutForm,
        "answer": OrderPlaced,
        "problems": (400, 401, 404, 409, 413, 415, 422, 503),
        "has_key": True,
        "has_secret": True,
    },
)
async def check_out(
    *,
    call: Calling,
    sessions: Sessions,
    provider: Provider,
    now: Now,
    settings: Configuration,
    keys: Secrets,
    cart_id: FromPath[str],
) -> Response[bytes]:
    """Order what is in a cart, at the version that the customer saw, and pay for it.

    With a token the payment is decided at once; without one `hosted_url` is where the customer
    pays. A refused payment is an answer, not an error: the order is canceled and the cart may
    be checked out again. After a 503 send the same request with the same key again.
    """
    form = call.read(CheckoutForm)
    paying.check_return(settings, form.return_url)
    async with sessions.begin() as db:
        begun = await _begin(db, call, form, cart_id=cart_id, settings=settings, now=now)
    if isinstance(begun, Answer):
        return calls.sent(_with_secret(begun, keys))
    order_id, saga = begun

    async def finish(db: AsyncSession) -> Answer:
        found = await queries.outcome(db, order_id=order_id)
        assert found is not None, "it was placed under this key"
        return calls.answer(_placed(order_id, found), status=201)

    kept = await paying.run(sessions, provider, saga, now=now, finish=finish)
    return calls.sent(_with_secret(kept, keys))


async def _begin(
    db: AsyncSession,
    call: Call,
    form: CheckoutForm,
    *,
    cart_id: str,
    settings: Settings,
    now: datetime,
) -> Answer | tuple[OrderId, Saga]:
    """Place the order under the key, or find what an earlier request under it has done."""
    secret = call.owner()
    answered = ask_mine(db, cart_id, secret=secret)
    scope = calls.scope_of("cart", secret)
    order_id = OrderId(new_id())
    claimed = await idempotency.claim(
        db,
        scope=scope,
        key=call.key,
        fingerprint=call.fingerprint(form),
        subject=str(order_id),
        now=now,
    )
    mine = answered()
    if isinstance(claimed, Answer):
        return claimed
    if isinstance(claimed, Interrupted):
        order_id = OrderId(UUID(claimed.subject))
        order = await queries.outcome(db, order_id=order_id)
        assert order is not None, "it was committed with the claim of its key"
        payment_id, intent = order.payment_id, None
    else:
        mine.check_open()
        placed = await carts.check_out(
            db,
            cart_id=mine.id,
            version=form.version,
            recipient=await _recipient(db, form),
            now=now,
            order_id=order_id,
        )
        payment_id, intent = placed.payment_id, placed.intent
    saga = Saga(
        scope=scope,
        key=call.key,
        payment_id=payment_id,
        intent=intent,
        doors=paying.doors(settings, payment_id=payment_id, return_url=form.return_url),
        token=form.payment.token,
    )
    return order_id, saga


async def _recipient(db: AsyncSession, form: CheckoutForm) -> Recipient:
    places = await locations.ids_by_code(db) if form.collect else {}
    unknown = next((one.location for one in form.collect if one.location not in places), None)
    if unknown is not None:
        raise PlaceUnknown(f"There is no boutique {unknown}.", location=unknown)
    return Recipient(
        email=form.email,
        address=_address(form.address),
        language=form.language,
        collect={Sku(one.sku): places[one.location] for one in form.collect},
    )


def _address(form: AddressForm) -> Address:
    return Address(
        name=form.name,
        phone=form.phone,
        line1=form.line1,
        line2=form.line2,
        postal_code=form.postal_code,
        city=form.city,
        region=form.region,
        country=form.country,
    )


def _placed(order_id: OrderId, order: OutcomeRead) -> OrderPlaced:
    return OrderPlaced(
        id=public_id("ord", order_id),
        number=order.number,
        secret="",
        status=order.status,
        total=answers.money(order.total),
        payment=payment_of(order),
    )


def payment_of(order: OrderRead | OutcomeRead) -> PaymentAnswer:
    """Say where an order's payment stands."""
    return PaymentAnswer(
        state=order.payment_state, refusal=order.payment_refusal, hosted_url=order.hosted_url
    )


def _with_secret(kept: Answer, keys: Keys) -> Answer:
    """Put the order's secret into an answer that was kept without it."""
    order_id = row_id("ord", calls.id_in(kept))
    assert order_id is not None, "we wrote this answer"
    return calls.with_secret(kept, queries.link_key(keys, OrderId(order_id)))
