"""Shared web plumbing: transactions, forms, pages, refusals, and what every answer carries."""

import re
import secrets
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import zip_longest
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.enums import MediaType, ScopeType
from litestar.exceptions import HTTPException
from litestar.response import Template
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.db import is_outage
from sellier.infra.keys import Keys
from sellier.infra.settings import Settings
from sellier.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany

log = structlog.get_logger()

Db = NamedDependency[AsyncSession]
Now = NamedDependency[datetime]
Sessions = NamedDependency[async_sessionmaker[AsyncSession]]
Configuration = NamedDependency[Settings]
Secrets = NamedDependency[Keys]
Visitor = Request[Any, Any, Any]

LANGUAGES: Final = ("fr", "en")
STATUS: Final[Mapping[type[Refusal], int]] = {
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Invalid: 422,
    TooMany: 429,
}
RETRY_AFTER_SECONDS: Final = 5
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every form sends: an unknown field is refused, the CSRF token is expected."""

    csrf_token: str = msgspec.field(name="_csrf_token", default="")


Several = str | list[str]  # a field that stands once a line: one line sends no list


def rows(*fields: Several) -> Iterator[tuple[str, ...]]:
    """Return what a form says line by line; where a field has fewer, the last lines lack it."""
    lists = [one if isinstance(one, list) else [one] for one in fields]
    return zip_longest(*lists, fillvalue="")


class Unavailable(Exception):
    """Something we depend on is down. Nothing was told as done; ask again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer that is not the one asked for, before it is written as JSON or as a page."""

    status: int
    code: str
    message: str
    details: Mapping[str, object]


async def transaction(sessions: Sessions) -> AsyncGenerator[AsyncSession, None]:
    """Commit when the handler returns, before the response leaves; roll back if it raises."""
    async with sessions.begin() as db:
        yield db


def language_of(request: Visitor) -> str:
    """Return the language of an address, else the one that the browser asks for."""
    head = request.url.path.split("/")[1:2]
    if head and head[0] in LANGUAGES:
        return head[0]
    wanted = request.headers.get("accept-language", "")
    return next((tag for tag in re.findall(r"[a-z]{2}", wanted.lower()) if tag in LANGUAGES), "en")


def page(
    request: Visitor, template: str, *, lang: str, status: int = 200, **context: object
) -> Template:
    """Show a template with what every page needs beside its own context."""
    return Template(
        template,
        context={"lang": lang, "csp_nonce": nonce(request), **context},
        status_code=status,
        media_type=MediaType.HTML,
    )


def nonce(request: Visitor) -> str:
    """Return the token that lets this response's own scripts run, and no others."""
    value: str = request.scope["state"]["nonce"]
    return value


def is_for_programs(request: Visitor) -> bool:
    """Tell whether the caller reads JSON rather than pages."""
    return request.url.path.startswith("/api/") or "text/html" not in request.headers.get(
        "accept", ""
    )


def answer(request: Visitor, problem: Problem) -> Response[Any]:
    """Write a problem: RFC 9457 for programs, a page that helps for people."""
    headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if problem.status in (429, 503) else {}
    request_id = request.scope["state"].get("request_id", "")
    if is_for_programs(request):
        body = {
            "type": f"/docs/problems#{problem.code}",
            "title": HTTPStatus(problem.status).phrase,
            "status": problem.status,
            "detail": problem.message,
            "code": problem.code,
            "request_id": request_id,
            **{name: _plain(value) for name, value in problem.details.items()},
        }
        return Response(
            body,
            status_code=problem.status,
            media_type="application/problem+json",
            headers=headers,
        )
    shown = page(
        request,
        "components/error.html",
        lang=language_of(request),
        status=problem.status,
        problem=problem,
        request_id=request_id,
    )
    shown.headers.update(headers)
    return shown


def refused(request: Visitor, refusal: Refusal) -> Response[Any]:
    """Turn a refusal into its HTTP answer. The only place that knows the mapping."""
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    return answer(
        request,
        Problem(status=status, code=refusal.code, message=refusal.message, details=refusal.details),
    )


def unauthenticated(request: Visitor, refusal: Refusal) -> Response[Any]:
    """Answer someone who did not prove who they are; tells nothing of what was expected."""
    return answer(
        request, Problem(status=401, code=refusal.code, message=refusal.message, details={})
    )


def failed(request: Visitor, error: HTTPException) -> Response[Any]:
    """Answer what the framework turned down: a wrong address, body, method or size."""
    status = error.status_code
    details: dict[str, object] = {}
    if isinstance(error.extra, list):
        details["errors"] = [_field_error(item) for item in error.extra if isinstance(item, dict)]
    message = error.detail if status < 500 else "Something went wrong on our side."  # noqa: PLR2004
    code = "http." + HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    # "Validation failed for POST http://…" repeats the address: S52 wants it out of answers.
    message = re.sub(r" for [A-Z]+ http\S+", "", message)
    told = answer(request, Problem(status=status, code=code, message=message, details=details))
    if allowed := (error.headers or {}).get("allow"):
        told.headers["allow"] = allowed
    return told


def unavailable(request: Visitor, error: Exception) -> Response[Any]:
    """Say that a service we need is down, and when to ask again. Never a false success."""
    log.error("unavailable", error=str(error), path=request.url.path)
    return answer(
        request,
        Problem(
            status=503,
            code="http.service_unavailable",
            message="A service that this needs is not answering. Please try again shortly.",
            details={},
        ),
    )


def crashed(request: Visitor, error: Exception) -> Response[Any]:
    """Answer a bug: logged once with the request's id, told in general words."""
    if is_outage(error):
        return unavailable(request, error)
    log.error("crashed", path=request.url.path, exc_info=error)
    return answer(
        request,
        Problem(
            status=500,
            code="http.internal_server_error",
            message="Something went wrong on our side. It has been written down.",
            details={},
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What the outermost layer needs to know of this deployment."""

    hosts: frozenset[str]
    is_https: bool
    form_targets: tuple[str, ...] = ()  # origins that a form may lead to: the payment page


def edge(app: ASGIApp, site: Edge) -> ASGIApp:
    """Give every request an id and a nonce, every answer its headers; turn away foreign hosts.

    Around the framework, not inside it: an address that leads nowhere passes here too.
    """

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        state = {"nonce": secrets.token_urlsafe(16), "request_id": secrets.token_hex(8)}
        # `state` is shared by all requests of the process until it is copied here.
        scope["state"] = {**scope.get("state", {}), **state}
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=state["request_id"])
        carried = security_headers(state["nonce"], site) | {"x-request-id": state["request_id"]}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = list(message["headers"])
                own = {name.lower() for name, _ in found}
                every = ((name.encode(), value.encode()) for name, value in carried.items())
                message["headers"] = [*found, *(each for each in every if each[0] not in own)]
            await send(message)

        inner = app if _host(scope) in site.hosts else _unknown_host
        await inner(scope, receive, send_with_headers)

    return handle


def _host(scope: Scope) -> str:
    """Return the host name that was asked for, without its port."""
    found = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return found.decode("latin-1").lower().rpartition(":")[0] or found.decode("latin-1").lower()


async def _unknown_host(_scope: Scope, _receive: Receive, send: Send) -> None:
    body = b"This host name is not served here. The operator adds it to SELLIER_HOSTS."
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def security_headers(nonce: str, site: Edge) -> dict[str, str]:
    """Return the headers that every answer carries unless its handler set its own."""
    targets = " ".join(("'self'", *site.form_targets))
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        f"manifest-src 'self'; form-action {targets}; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if site.is_https:
        headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return headers


class ForeignOrigin(Forbidden):
    """A form came from another site's page."""

    code = "web.foreign_origin"


async def same_origin(request: Visitor) -> None:
    """Refuse a change that another site's page sent with this browser's cookies.

    Second to the CSRF token. A program sends neither header, and holds no cookie.
    """
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignOrigin(
            "This form was sent from another site. Open our page and send it again."
        )
    origin = request.headers.get("origin")
    if origin and origin != "null" and origin.split("://")[-1] != request.headers.get("host"):
        raise ForeignOrigin(
            "This form was sent from another site. Open our page and send it again."
        )


def cookie_name(name: str, settings: Settings) -> str:
    """Return the name of a cookie: tied to this very host wherever the browser can check it."""
    return f"__Host-{name}" if settings.is_https else name


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _field_error(item: Mapping[str, Any]) -> dict[str, object]:
    return {"field": item.get("key", ""), "why": item.get("message", "")}
