from typing import ClassVar


class CarrierError(Exception):
    """The carrier did not do what was asked. Never shown to a customer as it is."""

    code: ClassVar[str]
    is_retryable: ClassVar[bool]


class CarrierUnavailable(CarrierError):
    """No answer to trust: the outcome is unknown. Ask again with the same key."""

    code = "carriers.unavailable"
    is_retryable = True


class CarrierAnswerUnreadable(CarrierUnavailable):
    """The carrier said something that is not the contract. The outcome is unknown as well."""

    code = "carriers.answer_unreadable"


class CarrierRefused(CarrierError):
    """The carrier understood and will not, whatever we repeat. Nothing changed there."""

    code = "carriers.refused"
    is_retryable = False

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AddressNotServed(CarrierRefused):
    """The carrier does not go to this address: another one, or another carrier."""

    code = "carriers.address_not_served"


class AlreadyMoving(CarrierRefused):
    """The parcel was picked up, so its label cannot be taken back: have it sent back."""

    code = "carriers.already_moving"
