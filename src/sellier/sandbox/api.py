"""The provider's API, for the shop's server."""

import asyncio
import contextlib
import hmac
from typing import Annotated

from litestar import MediaType, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State as AppState
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.types import Guard

from sellier.sandbox import ledger, rules, wire
from sellier.sandbox.errors import Broken, KeyMissing
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.values import NoticeType

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=64)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Box = NamedDependency[Sandbox]
Caller = ASGIConnection[BaseRouteHandler, object, object, AppState]


def only_with(api_key: str) -> Guard:
    """Let in who presents the key given at start."""
    expected = f"Bearer {api_key}".encode()

    def guard(connection: Caller, _handler: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, expected):
            raise NotAuthorizedException("A valid API key is needed.")

    return guard


@post("/payments", status_code=200)
async def create(
    *, box: Box, data: JSONBody[wire.NewPayment], key: Key = None
) -> wire.PaymentAnswer:
    payment, plan = ledger.create(
        box.store, key=_required(key), asked=data, settings=box.settings, now=box.clock()
    )
    await _misbehave(box, plan)
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
        payment_id=payment_id, key=_required(key), notice=notice, amount_minor=amount_minor
    )
    answer = ledger.operate(box.store, operation=operation, settings=box.settings, now=box.clock())
    return Response(answer, media_type=MediaType.JSON)


async def _misbehave(box: Sandbox, plan: rules.Plan) -> None:
    """Do to the answer what the token asked for; the payment is already written."""
    wait_s = box.settings.slow_s * plan.is_slow + box.settings.hang_s * plan.hangs
    if wait_s:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(box.closing.wait(), wait_s)
    if plan.breaks or plan.hangs:
        raise Broken("This is the failure that the test token asks for.")


def _required(key: str | None) -> str:
    if not key or not key.isascii() or not key.isprintable():
        raise KeyMissing("Send an Idempotency-Key of 1 to 64 printable ASCII characters.")
    return key
