"""What must be true of a payment before the shop believes it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sellier.kernel.money import Money


class ProviderState(StrEnum):
    """The states of the provider, which are not ours."""

    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    REFUSED = "refused"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """A payment as the provider tells it. `key` is our payment id, if the provider is honest."""

    id: str
    key: str
    state: ProviderState
    amount: Money
    captured: Money
    refunded: Money
    hosted_url: str | None
    reason: str | None


def matches(told: ProviderPayment, *, payment_id: UUID, amount: Money) -> bool:
    """Tell whether the provider speaks of this payment, for exactly this amount and currency."""
    return told.key == str(payment_id) and told.amount == amount


def is_decided(state: ProviderState) -> bool:
    """Tell whether the customer's bank has spoken, so that nothing waits for it any more."""
    return state is not ProviderState.REQUIRES_ACTION


def is_funded(state: ProviderState) -> bool:
    """Tell whether the money is there for us: only then may an order count as paid."""
    return state in {ProviderState.AUTHORIZED, ProviderState.CAPTURED}
