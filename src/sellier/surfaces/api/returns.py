"""Returns: announced and followed by whoever holds the order's secret."""

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.queries import OrderRead
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.queries import ReplacementRead, ReturnRead
from sellier.domain.returns.rules import Plan, Wanted, Wish
from sellier.domain.returns.states import Reason, ReturnWay
from sellier.infra.idempotency import Answer
from sellier.infra.web import Db, Now, Secrets, Visitor
from sellier.kernel.ids import OrderLineId, ReturnId, Sku, new_id, public_id, row_id
from sellier.surfaces.api import answers, calls, orders
from sellier.surfaces.api.calls import Calling
from sellier.surfaces.api.forms import ReturnForm, ReturnLineForm
from sellier.surfaces.api.problems import LineUnknown, ReturnUnknown
from sellier.surfaces.api.return_answers import (
    InsteadAnswer,
    ReturnAnswer,
    ReturnLineAnswer,
    ReturnsAnswer,
)


@post(
    "/orders/{order_id:str}/returns",
    operation_id="announceReturn",
    tags=["Returns"],
    summary="Announce a return",
    status_code=201,
    opt={
        "form": ReturnForm,
        "answer": ReturnAnswer,
        "problems": (400, 401, 404, 409, 413, 415, 422, 503),
        "has_key": True,
        "has_secret": True,
    },
)
async def announce(
    *, call: Calling, db: Db, now: Now, keys: Secrets, order_id: FromPath[str]
) -> Response[bytes]:
    """Announce units that arrived, within 30 days; each comes back once.

    With `instead`, another size or color of the piece is set aside at once for as many units.
    """
    form = call.read(ReturnForm)
    mine = await orders.mine_of(db, order_id, secret=call.owner(), keys=keys)

    async def effect() -> Answer:
        return calls.answer(await _announced(db, mine, form, now=now), status=201)

    kept = await calls.once(
        db,
        call,
        scope=calls.scope_of("order", str(mine.id)),
        fingerprint=call.fingerprint(form),
        now=now,
        effect=effect,
    )
    return calls.sent(kept)


@get(
    "/orders/{order_id:str}/returns",
    operation_id="listReturns",
    tags=["Returns"],
    summary="List the returns of an order",
    opt={"answer": ReturnsAnswer, "problems": (400, 401, 404), "has_secret": True},
)
async def listed(
    *, request: Visitor, db: Db, keys: Secrets, order_id: FromPath[str]
) -> ReturnsAnswer:
    """List what of an order comes back, oldest first."""
    secret = calls.shown(calls.secret_of(request))
    mine = await orders.mine_of(db, order_id, secret=secret, keys=keys)
    found = await queries.of_order(db, order_id=mine.id)
    return ReturnsAnswer(items=[_told(one) for one in found])


@get(
    "/orders/{order_id:str}/returns/{return_id:str}",
    operation_id="getReturn",
    tags=["Returns"],
    summary="Read a return",
    opt={"answer": ReturnAnswer, "problems": (400, 401, 404), "has_secret": True},
)
async def whole(
    *,
    request: Visitor,
    db: Db,
    keys: Secrets,
    order_id: FromPath[str],
    return_id: FromPath[str],
) -> ReturnAnswer:
    """Read where a return is, and what is given back for it."""
    secret = calls.shown(calls.secret_of(request))
    mine = await orders.mine_of(db, order_id, secret=secret, keys=keys)
    named = row_id("ret", return_id)
    found = None
    if named is not None:
        found = await queries.return_of(db, return_id=ReturnId(named))
    if found is None or found.order_id != mine.id:
        raise ReturnUnknown("This order has no such return.")
    return _told(found)


async def _announced(
    db: AsyncSession, order: OrderRead, form: ReturnForm, *, now: datetime
) -> ReturnAnswer:
    return_id, way = ReturnId(new_id()), ReturnWay(form.way)
    to = await queries.post_to(db, order_id=order.id) if way is ReturnWay.POST else None
    wishes = [_wish(line) for line in form.lines]
    plan = Plan(order_id=order.id, wishes=wishes, way=way, expected_at=to)
    await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=now)
    made = await queries.return_of(db, return_id=return_id)
    assert made is not None, "it was announced just now"
    return _told(made)


def _wish(form: ReturnLineForm) -> Wish:
    line_id = row_id("line", form.line)
    if line_id is None:
        raise LineUnknown("There is no such line in this order.")
    return Wish(
        line_id=OrderLineId(line_id),
        quantity=form.quantity,
        reason=Reason(form.reason),
        words=form.words,
        wanted=Wanted(sku=Sku(form.instead)) if form.instead else None,
    )


def _instead(one: ReplacementRead | None) -> InsteadAnswer | None:
    if one is None:
        return None
    return InsteadAnswer(
        line=public_id("line", one.line_id), sku=one.sku, state=one.state, quantity=one.quantity
    )


def _told(one: ReturnRead) -> ReturnAnswer:
    return ReturnAnswer(
        id=public_id("ret", one.id),
        number=one.number,
        state=one.state,
        way=one.way,
        created_at=one.created_at,
        lapses_at=one.lapses_at,
        lines=[
            ReturnLineAnswer(
                line=public_id("line", line.line_id),
                sku=line.sku,
                quantity=line.quantity,
                received=line.received,
                unit=answers.money(line.unit),
                reason=line.reason,
                instead=_instead(line.replacement),
            )
            for line in one.lines
        ],
        refund=None if one.refund is None else answers.money(one.refund),
        delivery=answers.money(one.delivery),
    )
