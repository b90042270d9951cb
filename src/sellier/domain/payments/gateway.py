"""The one door to the payment provider. Every failure leaves it as one of our named errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol, runtime_checkable
from uuid import UUID

import httpx
import msgspec

from sellier.domain.payments.errors import (
    ProviderAnswerUnreadable,
    ProviderRefused,
    ProviderUnavailable,
)
from sellier.domain.payments.rules import ProviderPayment, ProviderState
from sellier.infra import notices
from sellier.infra.exchange import Failures, Outside
from sellier.infra.keys import Keys, SandboxKeys
from sellier.infra.notices import NoticeSecret, NoticeUnreadable
from sellier.infra.settings import Settings
from sellier.kernel.money import Money

__all__ = [
    "HttpPaymentProvider",
    "Notice",
    "PaymentProvider",
    "ProviderPage",
    "ProviderPayment",
    "ProviderState",
    "verify_notice",
]

FAILURES: Final = Failures(
    unavailable=ProviderUnavailable,
    unreadable=ProviderAnswerUnreadable,
    refused=lambda says, reason: ProviderRefused(says, reason=reason),
)


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
    operation: Name | None = None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    items: list[_Payment]
    next: str | None = None


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    type: Name
    data: _Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPaymentProvider(Outside):
    """The provider over HTTP. The client is shared, so connections are too."""

    failures: Failures = FAILURES

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
        answer = await self.ask("POST", "/v1/payments", key=str(payment_id), body=body)
        return _payment(self.read(answer, _Payment))

    async def find(self, *, payment_id: UUID) -> ProviderPayment | None:
        """Ask by our own id, which is how an unknown outcome becomes known."""
        answer = await self.ask("GET", f"/v1/payments?key={payment_id}")
        found = self.read(answer, _Page).items
        return _payment(found[0]) if found else None

    async def void(self, *, provider_id: str, key: str) -> ProviderPayment:
        """Let the authorization go, or close the hosted page that still waits."""
        answer = await self.ask("POST", _path(self.part(provider_id), "void"), key=key)
        return _payment(self.read(answer, _Payment))

    async def capture(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment:
        """Take money that was authorized."""
        body: dict[str, object] = {"amount_minor": amount.minor}
        answer = await self.ask(
            "POST", _path(self.part(provider_id), "capture"), key=key, body=body
        )
        return _payment(self.read(answer, _Payment))

    async def refund(self, *, provider_id: str, key: str, amount: Money) -> ProviderPayment:
        """Give captured money back."""
        body: dict[str, object] = {"amount_minor": amount.minor}
        answer = await self.ask("POST", _path(self.part(provider_id), "refund"), key=key, body=body)
        return _payment(self.read(answer, _Payment))

    async def page(self, *, after: str | None) -> ProviderPage:
        """Read the provider's book from its beginning, or after a payment, to compare with ours."""
        cursor = f"?after={self.part(after)}" if after else ""
        page = self.read(await self.ask("GET", f"/v1/payments{cursor}"), _Page)
        return ProviderPage(payments=tuple(_payment(item) for item in page.items), after=page.next)


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
    signed = notices.verify(headers=headers, body=body, secret=secret, now=now)
    told = notices.read(signed, _Notice)
    try:
        payment = _payment(told.data)
    except ProviderAnswerUnreadable as error:
        raise NoticeUnreadable("The notice is signed but makes no sense.") from error
    return Notice(id=signed.id, type=told.type, sent_at=signed.sent_at, payment=payment)


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
        operation=told.operation,
    )


def _path(provider_id: str, verb: str) -> str:
    return f"/v1/payments/{provider_id}/{verb}"


def sandbox_keys(keys: Keys) -> SandboxKeys:
    """Derive what both sides of the sandbox need to know."""
    return keys.sandbox(api="sandbox:payments", notices="sandbox:notices")


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
