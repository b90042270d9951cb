"""A change that a program asks for: who asks, under which key, and that it happens once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.infra import idempotency, keys, web
from sellier.infra.idempotency import Answer, Interrupted
from sellier.infra.web import Visitor
from sellier.surfaces.api import forms, problems
from sellier.surfaces.api.forms import Form

KEY_MAX: Final = 255
SECRET_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request for a change, before anything of it is believed."""

    method: str
    path: str
    body: bytes
    key: str
    secret: str | None
    client: str

    def read(self, form: type[Form]) -> Form:
        """Read the body; raises `BodyUnreadable`, `BodyInvalid`."""
        return forms.read(self.body, form)

    def owner(self) -> str:
        """Return the secret that the caller shows; raises `SecretMissing`."""
        return shown(self.secret)

    def fingerprint(self, form: msgspec.Struct | None = None) -> bytes:
        """Return what a repeat has in common: white space and order of members do not count."""
        body = msgspec.json.encode(form) if form is not None else b""
        return idempotency.fingerprint(self.method, self.path, body)


Calling = NamedDependency[Call]


async def call_of(request: Visitor) -> Call:
    """Read who asks for a change and under which key; raises `KeyMissing`, `KeyMalformed`."""
    key = request.headers.get("idempotency-key")
    if key is None:
        raise problems.KeyMissing(
            "Send an Idempotency-Key with every change, a new UUID for each thing you mean."
        )
    if not (1 <= len(key) <= KEY_MAX and all("!" <= letter <= "~" for letter in key)):
        raise problems.KeyMalformed("An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return Call(
        method=request.method,
        path=request.url.path,
        body=await request.body(),
        key=key,
        secret=secret_of(request),
        client=request.client.host if request.client else "",
    )


def secret_of(request: Visitor) -> str | None:
    """Return the bearer secret of a request, if it shows one."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    is_sound = scheme.lower() == "bearer" and 1 <= len(secret) <= SECRET_MAX
    return secret if is_sound and secret.isascii() and secret.isprintable() else None


def shown(secret: str | None) -> str:
    """Return the secret, or raise `SecretMissing`."""
    if secret is None:
        raise problems.SecretMissing("Send the secret as `Authorization: Bearer …`.")
    return secret


def scope_of(kind: str, secret: str) -> str:
    """Return the fence that keys of one owner stay within; it tells nothing of the secret."""
    return f"{kind}:{keys.fingerprint(secret).hex()}"


async def once(
    db: AsyncSession,
    call: Call,
    *,
    scope: str,
    fingerprint: bytes,
    now: datetime,
    effect: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Do something once for a key, in this one transaction; a repeat gets the same bytes."""
    claimed = await idempotency.claim(
        db, scope=scope, key=call.key, fingerprint=fingerprint, now=now
    )
    assert not isinstance(claimed, Interrupted), "effect and answer are one transaction"
    if claimed is not None:
        return claimed
    return await idempotency.record(db, scope=scope, key=call.key, answer=await effect())


def answer(content: msgspec.Struct, *, status: int = 200) -> Answer:
    """Write an answer down, byte for byte."""
    return Answer(status=status, body=msgspec.json.encode(content))


class _Named(msgspec.Struct):
    id: str


def id_in(kept: Answer) -> str:
    """Return the id that an answer of ours tells."""
    return msgspec.json.decode(kept.body, type=_Named).id


def with_secret(kept: Answer, secret: str) -> Answer:
    """Put a secret into an answer that was kept without it: no table holds one in the clear."""
    told = b'"secret":"%s"' % secret.encode()
    return Answer(status=kept.status, body=kept.body.replace(b'"secret":""', told, 1))


def sent(answer: Answer, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Send an answer as it is written."""
    return Response(
        answer.body,
        status_code=answer.status,
        media_type="application/json",
        headers=dict(headers or {}),
    )


async def check(request: Visitor) -> None:
    """Turn away what the document does not know: other parameters, bodies that are no JSON."""
    await web.same_origin(request)
    handler = request.route_handler
    if request.url.query:
        unknown = sorted(set(request.query_params) - _parameters(handler))
        if unknown:
            told = [{"field": name[:100], "why": "unknown"} for name in unknown[:10]]
            raise problems.QueryUnknown("This address has no such parameter.", errors=told)
    if "form" in handler.opt and _kind(request) != "application/json":
        raise problems.NotJson("Send the body as application/json.")


def _kind(request: Visitor) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@lru_cache(maxsize=100)
def _parameters(handler: BaseRouteHandler) -> frozenset[str]:
    signatures = [handler.parsed_fn_signature]
    signatures += [one.parsed_fn_signature for one in handler.resolve_dependencies().values()]
    return frozenset(
        field.kwarg_definition.query or name
        for signature in signatures
        for name, field in signature.parameters.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    )
