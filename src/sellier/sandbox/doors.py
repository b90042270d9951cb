"""What every door of the sandbox asks of who knocks, and how an answer goes wrong on purpose."""

import asyncio
import contextlib
import hmac
from typing import Annotated

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import Guard

from sellier.sandbox.errors import Broken, KeyMissing, PageForbidden
from sellier.sandbox.outside import Sandbox

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=64)]
Lang = Annotated[str | None, QueryParameter(name="lang", max_length=8)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Caller = ASGIConnection[BaseRouteHandler, object, object, State]


def only_with(api_key: str) -> Guard:
    """Let in who presents the key given at start."""
    expected = f"Bearer {api_key}".encode()

    def guard(connection: Caller, _handler: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, expected):
            raise NotAuthorizedException("A valid API key is needed.")

    return guard


def only_from_here(connection: Caller, _handler: BaseRouteHandler) -> None:
    """Refuse a form that another site sent. The id in the address is the only session there is."""
    site = connection.headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"}:
        raise PageForbidden("Forms are accepted from this page only.")


def required(key: str | None) -> str:
    """Return the idempotency key. Raises `KeyMissing` for none, and for a strange one."""
    if not key or not key.isascii() or not key.isprintable():
        raise KeyMissing("Send an Idempotency-Key of 1 to 64 printable ASCII characters.")
    return key


async def misbehave(box: Sandbox, *, is_slow: bool, hangs: bool, breaks: bool) -> None:
    """Do to the answer what a token asked for; what was asked is already written."""
    wait_s = box.settings.slow_s * is_slow + box.settings.hang_s * hangs
    if wait_s:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(box.closing.wait(), wait_s)
    if breaks or hangs:
        raise Broken("This is the failure that the test token asks for.")
