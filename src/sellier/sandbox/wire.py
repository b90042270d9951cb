"""The JSON that the provider takes and gives."""

from typing import Annotated

import msgspec

from sellier.sandbox.values import Payment, State

AMOUNT_MAX = 10**12

AmountMinor = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class NewPayment(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    amount_minor: AmountMinor
    currency: Currency
    reference: Text
    return_url: Url
    notice_url: Url
    token: Text | None = None


class Amount(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    amount_minor: AmountMinor


class PaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    key: str
    state: State
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    currency: str
    hosted_url: str | None
    reason: str | None
    operation: str | None = None  # the capture, refund or void that this is the answer to


class Page(msgspec.Struct, frozen=True, kw_only=True):
    items: list[PaymentAnswer]
    next: str | None


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    timestamp: str
    data: PaymentAnswer


def answer(payment: Payment, *, public_url: str) -> PaymentAnswer:
    """Show a payment to the shop; the hosted page only while it has something to ask."""
    waits = payment.state is State.REQUIRES_ACTION
    return PaymentAnswer(
        id=payment.id,
        key=payment.key,
        state=payment.state,
        amount_minor=payment.amount_minor,
        captured_minor=payment.captured_minor,
        refunded_minor=payment.refunded_minor,
        currency=payment.currency,
        hosted_url=f"{public_url}/pay/{payment.id}" if waits else None,
        reason=payment.reason,
    )
