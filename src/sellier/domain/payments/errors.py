from typing import ClassVar

from sellier.kernel.errors import Conflict, Invalid, NotFound


class PaymentNotFound(NotFound):
    """There is no such payment."""

    code = "payments.payment_not_found"


class PaymentTransitionRefused(Conflict):
    """The state of a payment does not allow this event."""

    code = "payments.transition_refused"


class OperationNotFound(NotFound):
    """There is no such capture or refund."""

    code = "payments.operation_not_found"


class OperationTransitionRefused(Conflict):
    """The state of a capture or refund does not allow this event."""

    code = "payments.operation_transition_refused"


class NotAuthorized(Conflict):
    """The order has no payment whose money is ours to take."""

    code = "payments.not_authorized"


class AmountInvalid(Invalid):
    """Nothing, less than nothing, or another currency than the payment's."""

    code = "payments.amount_invalid"


class MoreThanAuthorized(Conflict):
    """All captures together would take more than the customer agreed to."""

    code = "payments.more_than_authorized"


class MoreThanCaptured(Conflict):
    """All refunds together would give back more than was taken."""

    code = "payments.more_than_captured"


class SourceReused(Conflict):
    """The same cause asked for something else before."""

    code = "payments.source_reused"


class CaptureUnderWay(Conflict):
    """Money was taken, or is about to be: the payment can no longer be let go as a whole."""

    code = "payments.capture_under_way"


class RefundsWait(Conflict):
    """Refunds are due that only this capture can pay for."""

    code = "payments.refunds_wait"


class ProviderError(Exception):
    """The provider did not do what was asked. Never shown to a customer as it is."""

    code: ClassVar[str]
    is_retryable: ClassVar[bool]


class ProviderUnavailable(ProviderError):
    """No answer to trust: the outcome is unknown. Ask again by key, with the same key."""

    code = "payments.provider_unavailable"
    is_retryable = True


class ProviderAnswerUnreadable(ProviderUnavailable):
    """The provider said something that is not the contract. The outcome is unknown as well."""

    code = "payments.provider_answer_unreadable"


class NothingToVoidYet(ProviderError):
    """What we gave up is not at the provider; it may still arrive there."""

    code = "payments.nothing_to_void_yet"
    is_retryable = True


class ProviderRefused(ProviderError):
    """The provider understood and will not, whatever we repeat. Nothing changed there.

    A card that is refused is not this: it is a payment in state `refused`.
    """

    code = "payments.provider_refused"
    is_retryable = False

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
