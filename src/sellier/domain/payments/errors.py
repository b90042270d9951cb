from typing import ClassVar

from sellier.kernel.errors import Conflict, NotFound


class PaymentNotFound(NotFound):
    """There is no such payment."""

    code = "payments.payment_not_found"


class PaymentTransitionRefused(Conflict):
    """The state of a payment does not allow this event."""

    code = "payments.transition_refused"


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
