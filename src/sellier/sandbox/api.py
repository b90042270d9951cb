"""The provider's API, for the shop's server."""

from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from sellier.sandbox import ledger, wire
from sellier.sandbox.doors import Key, Limit, misbehave, only_with, required
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.values import NoticeType

Box = NamedDependency[Sandbox]


@post("/payments", status_code=200)
async def create(
    *, box: Box, data: JSONBody[wire.NewPayment], key: Key = None
) -> wire.PaymentAnswer:
    payment, plan = ledger.create(
        box.store, key=required(key), asked=data, settings=box.settings, now=box.clock()
    )
    await misbehave(box, is_slow=plan.is_slow, hangs=plan.hangs, breaks=plan.breaks)
    return wire.answer(payment, public_url=box.settings.public_url)


@get("/payments")
async def payments(
    *,
    box: Box,
    key: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> wire.Page:
    """Find by our caller's key, or list everything page by page."""
    if key is not None:
        found = ledger.by_key(box.store, key=key)
    else:
        found = ledger.page(box.store, after=after, limit=limit)
    is_full = key is None and len(found) == limit
    return wire.Page(
        items=[wire.answer(payment, public_url=box.settings.public_url) for payment in found],
        next=found[-1].id if is_full else None,
    )


@get("/payments/{payment_id:str}")
async def payment(*, box: Box, payment_id: FromPath[str]) -> wire.PaymentAnswer:
    found = ledger.get(box.store, payment_id=payment_id)
    return wire.answer(found, public_url=box.settings.public_url)


@post("/payments/{payment_id:str}/capture", status_code=200)
async def capture(
    *, box: Box, payment_id: FromPath[str], data: JSONBody[wire.Amount], key: Key = None
) -> Response[bytes]:
    return _operated(box, payment_id, NoticeType.CAPTURED, key=key, amount_minor=data.amount_minor)


@post("/payments/{payment_id:str}/void", status_code=200)
async def void(*, box: Box, payment_id: FromPath[str], key: Key = None) -> Response[bytes]:
    return _operated(box, payment_id, NoticeType.VOIDED, key=key)


@post("/payments/{payment_id:str}/refund", status_code=200)
async def refund(
    *, box: Box, payment_id: FromPath[str], data: JSONBody[wire.Amount], key: Key = None
) -> Response[bytes]:
    return _operated(box, payment_id, NoticeType.REFUNDED, key=key, amount_minor=data.amount_minor)


def router(api_key: str) -> Router:
    handlers = [create, payments, payment, capture, void, refund]
    return Router("/v1", route_handlers=handlers, guards=[only_with(api_key)])


def _operated(
    box: Sandbox, payment_id: str, notice: NoticeType, *, key: str | None, amount_minor: int = 0
) -> Response[bytes]:
    operation = ledger.Operation(
        payment_id=payment_id, key=required(key), notice=notice, amount_minor=amount_minor
    )
    answer = ledger.operate(box.store, operation=operation, settings=box.settings, now=box.clock())
    return Response(answer, media_type=MediaType.JSON)
