"""One table: this event runs that job."""

from collections.abc import Mapping, Sequence
from typing import Final

from sellier.domain.webhooks.rules.public import CHOICES
from sellier.infra.outbox import Reaction

# Many changes at once are one job: the index is brought up to date in one go.
NOTE_FOR_SEARCH: Final = (Reaction(job="search.note", at_most=200),)
# Whatever others may hear of is told to them, in the order in which it happened.
TELL: Final = (Reaction(job="webhooks.tell", at_most=200),)
TOLD: Final = frozenset(event.name for event in CHOICES)

OURS: Final[Mapping[str, Sequence[Reaction]]] = {
    "catalog.listings_changed": NOTE_FOR_SEARCH,
    "catalog.style_colors_changed": NOTE_FOR_SEARCH,
    "fulfillment.advanced": (Reaction(job="letters.work_moved"),),
    "fulfillment.reminded": (Reaction(job="letters.still_to_collect"),),
    "closure.customer_asked": (Reaction(job="letters.boutique_closed"),),
    "closure.begun": (Reaction(job="closures.carry_out"),),
    "order.canceled": (Reaction(job="letters.order_canceled"),),
    "order.letter_wanted": (Reaction(job="letters.again"),),
    "order.paid": (Reaction(job="letters.order_confirmation"),),
    "parcel.returned": (Reaction(job="returns.sent_back"),),
    "payment.operation_due": (Reaction(job="payments.operate"),),
    "order.units_canceled": (Reaction(job="letters.units_canceled"),),
    "order.units_unsourced": (Reaction(job="orders.source", at_most=50),),
    "payment.void_due": (Reaction(job="payments.void"),),
    "parcel.dropped": (Reaction(job="orders.take_back_label"),),
    "parcel.moved": (
        Reaction(job="orders.track", at_most=50),
        Reaction(job="returns.track", at_most=50),
    ),
    "parcel.packed": (Reaction(job="orders.label"),),
    "pricing.prices_changed": NOTE_FOR_SEARCH,
    **{
        f"return.{what}": (Reaction(job="letters.return_moved"),)
        for what in ("announced", "received", "settled", "refused")
    },
    **{
        f"exchange.{what}": (Reaction(job="letters.return_moved"),)
        for what in ("released", "ended")
    },
    "search.documents_outdated": (Reaction(job="search.refresh", at_most=200),),
    "stock.positions_changed": NOTE_FOR_SEARCH,
    "stock.short": (Reaction(job="orders.relieve"),),
}

SUBSCRIPTIONS: Final[Mapping[str, Sequence[Reaction]]] = {
    name: (*OURS.get(name, ()), *(TELL if name in TOLD else ())) for name in {*OURS, *TOLD}
}
