"""One table: this event runs that job."""

from collections.abc import Mapping, Sequence
from typing import Final

from sellier.infra.outbox import Reaction

SUBSCRIPTIONS: Final[Mapping[str, Sequence[Reaction]]] = {
    "payment.void_due": (Reaction(job="payments.void"),),
}
