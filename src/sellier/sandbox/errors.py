"""Why the provider turns a request down. Each has its status, as for any outside service."""

from typing import ClassVar


class ProviderSaysNo(Exception):
    status: ClassVar[int]
    code: ClassVar[str]


class KeyReused(ProviderSaysNo):
    """The same key came with another body."""

    status = 422
    code = "key_reused"


class KeyMissing(ProviderSaysNo):
    status = 400
    code = "key_missing"


class AddressForbidden(ProviderSaysNo):
    """A return or notice address outside the origins given at start."""

    status = 422
    code = "address_forbidden"


class TokenUnknown(ProviderSaysNo):
    status = 422
    code = "token_unknown"


class PaymentUnknown(ProviderSaysNo):
    status = 404
    code = "payment_unknown"


class StateForbids(ProviderSaysNo):
    status = 409
    code = "state_forbids"


class AmountTooHigh(ProviderSaysNo):
    status = 422
    code = "amount_too_high"


class ShipmentUnknown(ProviderSaysNo):
    status = 404
    code = "shipment_unknown"


class AddressRefused(ProviderSaysNo):
    """Where the carrier does not go."""

    status = 422
    code = "address_refused"


class AlreadyMoving(ProviderSaysNo):
    """A shipment that was picked up cannot be canceled: it can be sent back."""

    status = 409
    code = "already_moving"


class MoveForbidden(ProviderSaysNo):
    """What cannot happen to a shipment where it is."""

    status = 409
    code = "move_forbidden"


class MailUnknown(ProviderSaysNo):
    status = 404
    code = "mail_unknown"


class PageForbidden(ProviderSaysNo):
    """A form sent to us from another site."""

    status = 403
    code = "page_forbidden"


class Broken(ProviderSaysNo):
    """The failure one asks for with `tok_error`."""

    status = 500
    code = "broken"
