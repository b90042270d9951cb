"""Orders: read by whoever holds the secret, and paid when the first try did not end."""

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.queries import LineRead, OrderRead
from sellier.domain.orders.rules import OrderStatus
from sellier.infra import idempotency
from sellier.infra.idempotency import Answer
from sellier.infra.keys import Keys
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Db, Now, Secrets, Sessions, Visitor
from sellier.kernel.ids import OrderId, public_id, row_id
from sellier.surfaces.api import answers, calls, paying
from sellier.surfaces.api.calls import Call, Calling
from sellier.surfaces.api.checkout import payment_of
from sellier.surfaces.api.forms import PaymentForm
from sellier.surfaces.api.order_answers import (
    AddressAnswer,
    FulfillmentAnswer,
    OrderAnswer,
    OrderLineAnswer,
)
from sellier.surfaces.api.paying import Provider, Saga
from sellier.surfaces.api.problems import NotPayable, OrderUnknown


@get(
    "/orders/{order_id:str}",
    operation_id="getOrder",
    tags=["Orders"],
    summary="Read an order",
    opt={"answer": OrderAnswer, "problems": (400, 401, 404), "has_secret": True},
)
async def order(*, request: Visitor, db: Db, keys: Secrets, order_id: FromPath[str]) -> OrderAnswer:
    """Read an order with its lines, its payment, and where it is prepared."""
    secret = calls.shown(calls.secret_of(request))
    return _order(await mine_of(db, order_id, secret=secret, keys=keys))


@post(
    "/orders/{order_id:str}/payment",
    operation_id="payOrder",
    tags=["Orders"],
    summary="Pay an order",
    status_code=200,
    opt={
        "form": PaymentForm,
        "answer": OrderAnswer,
        "problems": (400, 401, 404, 409, 413, 415, 422, 503),
        "has_key": True,
        "has_secret": True,
    },
)
async def pay(
    *,
    call: Calling,
    sessions: Sessions,
    provider: Provider,
    now: Now,
    settings: Configuration,
    keys: Secrets,
    order_id: FromPath[str],
) -> Response[bytes]:
    """Pay an order whose payment has not begun, or find out how it ended.

    An order that is paid answers as it is; one that is canceled cannot be paid.
    """
    form = call.read(PaymentForm)
    paying.check_return(settings, form.return_url)
    async with sessions.begin() as db:
        mine = await mine_of(db, order_id, secret=call.owner(), keys=keys)
        begun = await _begin(db, call, form, mine=mine, settings=settings, now=now)
    if isinstance(begun, Answer):
        return calls.sent(begun)

    async def finish(db: AsyncSession) -> Answer:
        after = await queries.order(db, order_id=mine.id)
        assert after is not None, "it was there a moment ago"
        return calls.answer(_order(after))

    return calls.sent(await paying.run(sessions, provider, begun, now=now, finish=finish))


async def _begin(
    db: AsyncSession,
    call: Call,
    form: PaymentForm,
    *,
    mine: OrderRead,
    settings: Settings,
    now: datetime,
) -> Answer | Saga:
    scope = calls.scope_of("order", str(mine.id))
    claimed = await idempotency.claim(
        db,
        scope=scope,
        key=call.key,
        fingerprint=call.fingerprint(form),
        subject=str(mine.id),
        now=now,
    )
    if isinstance(claimed, Answer):
        return claimed
    if claimed is None and mine.status is OrderStatus.CANCELED:
        raise NotPayable("This order is canceled. Check its cart out again.")
    return Saga(
        scope=scope,
        key=call.key,
        intent=None,
        payment_id=mine.payment_id,
        doors=paying.doors(settings, payment_id=mine.payment_id, return_url=form.return_url),
        token=form.token,
    )


async def mine_of(db: AsyncSession, order_id: str, *, secret: str, keys: Keys) -> OrderRead:
    """Return the caller's order; another's is told like one that does not exist."""
    found = row_id("ord", order_id)
    order = None
    if found is not None:
        order = await queries.order_shown_to(db, order_id=OrderId(found), secret=secret, keys=keys)
    if order is None:
        raise OrderUnknown("There is no such order.")
    return order


def _order(order: OrderRead) -> OrderAnswer:
    address = order.address
    return OrderAnswer(
        id=public_id("ord", order.id),
        number=order.number,
        status=order.status,
        placed_at=order.placed_at,
        language=order.language,
        email=order.email,
        address=AddressAnswer(
            name=address.name,
            line1=address.line1,
            line2=address.line2,
            postal_code=address.postal_code,
            city=address.city,
            region=address.region,
            country=address.country,
            phone=address.phone,
        ),
        lines=[_line(line) for line in order.lines],
        items=answers.money(order.items),
        shipping=answers.money(order.shipping),
        total=answers.money(order.total),
        payment=payment_of(order),
        fulfillments=[
            FulfillmentAnswer(
                location=one.location_code,
                name=one.location_name,
                city=one.city,
                way=one.way,
                state=one.state,
                units=one.units,
            )
            for one in order.fulfillments
        ],
    )


def _line(line: LineRead) -> OrderLineAnswer:
    return OrderLineAnswer(
        id=public_id("line", line.id),
        sku=line.sku,
        brand=line.brand,
        title=line.title,
        color=line.color,
        size=line.size,
        quantity=line.quantity,
        unit=answers.money(line.unit),
        total=answers.money(line.unit * line.quantity),
        state=line.state,
        replaces=None if line.replaces is None else public_id("line", line.replaces),
    )
