"""The one door to the payment provider. Every failure leaves it as one of our named errors."""

import asyncio
import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import httpx
import msgspec
from standardwebhooks import Webhook

from sellier.domain.payments.errors import (
    NoticeForged,
    NoticeHeaderMissing,
    NoticeStale,
    NoticeTooLarge,
    NoticeUnreadable,
    ProviderAnswerUnreadable,
    ProviderRefused,
    ProviderUnavailable,
)
from sellier.domain.payments.rules import ProviderPayment, ProviderState
from sellier.infra.keys import Keys
from sellier.infra.settings import Settings
from sellier.kernel.money import Money

__all__ = [
    "HttpPaymentProvider",
    "Notice",
    "NoticeSecret",
    "PaymentProvider",
    "ProviderPage",
    "ProviderPayment",
    "ProviderState",
    "verify_notice",
]

DEADLINE_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 1024 * 1024
NOTICE_BYTES_MAX: Final = 64 * 1024
NOTICE_DEPTH_MAX: Final = 8
NOTICE_WINDOW: Final = timedelta(minutes=5)
SECRET_BYTES_MIN: Final = 24
RETRYABLE: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """One page of the provider's book; `after` asks for the next, None when there is none."""

    payments: tuple[ProviderPayment, ...]
    after: str | None


@runtime_checkable
class PaymentProvider(Protocol):
    """What we need of any provider. Call it outside transactions only.

    Each method raises `ProviderUnavailable` when the outcome is unknown (ask again with the
    same key) and `ProviderRefused` when it is final.
    """

    async def create(
        self,
        *,
        payment_id: UUID,
        amount: Money,
        reference: str,
        return_url: str,
        notice_url: str,
        token: str | None,
    ) -> ProviderPayment: ...

    async def find(self, *, payment_id: UUID) -> ProviderPayment | None: ...

    async def void(self, *, provider_id: str, key: str) -> ProviderPayment: ...

    async def capture(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment: ...

    async def refund(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment: ...

    async def page(self, *, after: str | None) -> ProviderPage: ...


Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's answer. Unknown members are let through: payloads grow."""

    id: Name
    key: Name
    state: ProviderState
    amount_minor: Minor
    captured_minor: Minor
    refunded_minor: Minor
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    hosted_url: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    items: list[_Payment]
    next: str | None = None


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: str = "unknown"


Shape = TypeVar("Shape", _Payment, _Page)


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    type: Name
    data: _Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPaymentProvider:
    """The provider over HTTP. The client is shared, so connections are too."""

    client: httpx.AsyncClient
    base_url: str
    api_key: str = field(repr=False)
    deadline_s: float = DEADLINE_S

    def __post_init__(self) -> None:
        if not self.api_key:
            raise ValueError("The payment provider needs an API key.")

    async def create(
        self,
        *,
        payment_id: UUID,
        amount: Money,
        reference: str,
        return_url: str,
        notice_url: str,
        token: str | None,
    ) -> ProviderPayment:
        """Open the payment. The payment id is the key: asking twice opens one."""
        body: dict[str, object] = {
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "reference": reference,
            "return_url": return_url,
            "notice_url": notice_url,
        }
        if token is not None:
            body["token"] = token
        answer = await self._send("POST", "/v1/payments", key=str(payment_id), body=body)
        return _payment(_read(answer, _Payment))

    async def find(self, *, payment_id: UUID) -> ProviderPayment | None:
        """Ask by our own id, which is how an unknown outcome becomes known."""
        answer = await self._send("GET", f"/v1/payments?key={payment_id}")
        found = _read(answer, _Page).items
        return _payment(found[0]) if found else None

    async def void(self, *, provider_id: str, key: str) -> ProviderPayment:
        """Let the authorization go, or close the hosted page that still waits."""
        answer = await self._send("POST", _path(provider_id, "void"), key=key)
        return _payment(_read(answer, _Payment))

    async def capture(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment:
        """Take money that was authorized."""
        body: dict[str, object] = {"amount_minor": amount.minor}
        answer = await self._send("POST", _path(provider_id, "capture"), key=key, body=body)
        return _payment(_read(answer, _Payment))

    async def refund(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment:
        """Give captured money back."""
        body: dict[str, object] = {"amount_minor": amount.minor}
        answer = await self._send("POST", _path(provider_id, "refund"), key=key, body=body)
        return _payment(_read(answer, _Payment))

    async def page(self, *, after: str | None) -> ProviderPage:
        """Read the provider's book from its beginning, or after a payment, to compare with ours."""
        cursor = f"?after={_checked(after)}" if after else ""
        page = _read(await self._send("GET", f"/v1/payments{cursor}"), _Page)
        return ProviderPage(payments=tuple(_payment(item) for item in page.items), after=page.next)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> bytes:
        headers = {"authorization": f"Bearer {self.api_key}", "accept": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["content-type"] = "application/json"
        request = self.client.build_request(
            method, f"{self.base_url}{path}", headers=headers, content=content
        )
        try:
            # httpx limits each step; a provider that drips bytes needs a limit on the whole.
            async with asyncio.timeout(self.deadline_s):
                status, answer = await self._exchange(request)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ProviderUnavailable(f"No answer: {type(error).__name__}.") from error
        return _accepted(status, answer)

    async def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        response = await self.client.send(request, stream=True, follow_redirects=False)
        try:
            answer = b""
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX:
                    raise ProviderAnswerUnreadable("The answer is too long.")
        finally:
            await response.aclose()
        return response.status_code, answer


@dataclass(frozen=True, slots=True)
class NoticeSecret:
    """The secret shared with the provider. An empty or short one does not come into being."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        prefix, _, encoded = self.value.partition("whsec_")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            secret = b""
        if prefix or len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"A notice secret is whsec_ and base64 of {SECRET_BYTES_MIN}+ bytes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice that the provider signed. Keep `id` unique with its effect: it may come again.

    It says where to look, not what is true: read the payment from the provider before acting.
    """

    id: str
    type: str
    sent_at: datetime
    payment: ProviderPayment


def verify_notice(
    *, headers: Mapping[str, str], body: bytes, secret: NoticeSecret, now: datetime
) -> Notice:
    """Return the notice if the provider signed exactly these bytes within five minutes.

    Raises a `NoticeRejected`, which tells nothing of the signature expected.
    """
    if len(body) > NOTICE_BYTES_MAX or _depth(body) > NOTICE_DEPTH_MAX:
        raise NoticeTooLarge("The notice is too large or too deep.")
    names = {name.lower(): value for name, value in headers.items()}
    notice_id, stamp, signatures = (
        names.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (notice_id and stamp and signatures):
        raise NoticeHeaderMissing("The notice lacks a webhook header.")
    if not re.fullmatch(r"[0-9]{1,11}", stamp) or not re.fullmatch(r"[!-~]{1,200}", notice_id):
        raise NoticeForged("The notice is not signed by the provider.")

    sent_at = datetime.fromtimestamp(int(stamp), UTC)
    if not _is_signed(body, secret=secret, notice_id=notice_id, at=sent_at, by=signatures):
        raise NoticeForged("The notice is not signed by the provider.")
    if abs(now - sent_at) > NOTICE_WINDOW:
        raise NoticeStale("The notice is older, or newer, than five minutes.")
    try:
        told = msgspec.json.decode(body, type=_Notice)
        payment = _payment(told.data)
    except (msgspec.DecodeError, ProviderAnswerUnreadable, RecursionError) as error:
        raise NoticeUnreadable("The notice is signed but makes no sense.") from error
    return Notice(id=notice_id, type=told.type, sent_at=sent_at, payment=payment)


def _is_signed(body: bytes, *, secret: NoticeSecret, notice_id: str, at: datetime, by: str) -> bool:
    """Compare every signature offered: several are normal while a secret is being changed.

    The package's own `verify` reads the clock itself and lets parsing errors of a crafted
    header escape, so only its signing is used here.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    expected = Webhook(secret.value).sign(notice_id, at, text).encode()
    offered = by.encode("utf-8", "replace").split(b" ")
    return any(hmac.compare_digest(expected, signature) for signature in offered)


def _depth(body: bytes) -> int:
    """Return how deep brackets nest, in one pass and before anything is believed."""
    deepest = depth = 0
    # Possessive, and an open string runs to the end: a crafted body cannot make this slow.
    for bracket in re.sub(rb'"(?:[^"\\]|\\.)*+"?|[^\[\]{}"]+', b"", body, flags=re.DOTALL):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _accepted(status: int, answer: bytes) -> bytes:
    """Sort statuses: done, unknown and worth asking again, or final."""
    if status in RETRYABLE or status >= 500:  # noqa: PLR2004  (server errors begin at 500)
        raise ProviderUnavailable(f"The provider answered {status}.")
    if 400 <= status < 500:  # noqa: PLR2004  (client errors are 400 to 499)
        raise ProviderRefused(f"The provider answered {status}.", reason=_reason(answer))
    if status not in {200, 201}:
        raise ProviderAnswerUnreadable(f"The provider answered {status}.")
    return answer


def _reason(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=_Problem).code
    except (msgspec.DecodeError, RecursionError):
        return "unknown"


def _read(answer: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(answer, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProviderAnswerUnreadable("The answer is not what the contract says.") from error


def _payment(told: _Payment) -> ProviderPayment:
    if told.hosted_url is not None and not re.fullmatch(r"https?://[!-~]+", told.hosted_url):
        raise ProviderAnswerUnreadable("The hosted page has a strange address.")
    return ProviderPayment(
        id=told.id,
        key=told.key,
        state=told.state,
        amount=Money(told.amount_minor, told.currency),
        captured=Money(told.captured_minor, told.currency),
        refunded=Money(told.refunded_minor, told.currency),
        hosted_url=told.hosted_url,
        reason=told.reason,
    )


def _path(provider_id: str, verb: str) -> str:
    return f"/v1/payments/{_checked(provider_id)}/{verb}"


def _checked(provider_id: str) -> str:
    """Ids come from the provider; one with a slash must not choose another address."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", provider_id):
        raise ProviderAnswerUnreadable("The provider's payment id has a strange form.")
    return provider_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxKeys:
    """What the sandbox and this deployment share, where the operator set nothing."""

    api_key: str
    notice_secret: str


def sandbox_keys(keys: Keys) -> SandboxKeys:
    """Derive what both sides of the sandbox need to know."""
    return SandboxKeys(
        api_key=keys.derive("sandbox:payments"),
        notice_secret=keys.notice_secret("sandbox:notices"),
    )


def provider_of(settings: Settings, *, keys: Keys, client: httpx.AsyncClient) -> PaymentProvider:
    """Return the provider of this deployment; without a key of its own, it is the sandbox."""
    return HttpPaymentProvider(
        client=client,
        base_url=settings.payments_url,
        api_key=settings.payments_key or sandbox_keys(keys).api_key,
    )


def notice_secret_of(settings: Settings, *, keys: Keys) -> NoticeSecret:
    """Return the secret that this deployment's provider signs its notices with."""
    return NoticeSecret(settings.payments_notice_secret or sandbox_keys(keys).notice_secret)
