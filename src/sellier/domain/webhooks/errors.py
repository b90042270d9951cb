from sellier.kernel.errors import Conflict, Invalid, NotFound


class EndpointNotFound(NotFound):
    """There is no such endpoint."""

    code = "webhooks.endpoint_not_found"


class DeliveryNotFound(NotFound):
    """There is no such delivery."""

    code = "webhooks.delivery_not_found"


class DeliveryTransitionRefused(Conflict):
    """The state of a delivery does not allow this event."""

    code = "webhooks.delivery_transition_refused"


class AddressRefused(Invalid):
    """An endpoint's address leads where we must not send: into a network, or nowhere."""

    code = "webhooks.address_refused"


class EventsUnknown(Invalid):
    """An endpoint asks for events that there are not, or for none."""

    code = "webhooks.events_unknown"
