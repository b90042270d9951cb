"""Reads of orders: one order whole, its history, lists for the desk and for a location."""

from sellier.domain.orders.queries.history import HistoryEntry, history
from sellier.domain.orders.queries.links import (
    is_letter_sent,
    link_key,
    order_shown_to,
)
from sellier.domain.orders.queries.lists import OrderRow, orders
from sellier.domain.orders.queries.parcels import (
    ParcelRead,
    is_dropped,
    label,
    labels_due,
    parcels,
    sending,
)
from sellier.domain.orders.queries.past import past_needs, replayed
from sellier.domain.orders.queries.paying import (
    IntentRead,
    OutcomeRead,
    authorized_payment,
    intent,
    outcome,
)
from sellier.domain.orders.queries.sizes import SizeRead, other_sizes
from sellier.domain.orders.queries.sourcing import (
    BoundRead,
    bound,
    hopeless,
    hopeless_units,
    lying,
    passed_over,
    passed_over_by,
    sourceable,
)
from sellier.domain.orders.queries.whole import (
    FulfillmentRead,
    LineRead,
    OrderRead,
    address_of,
    order,
    order_by_number,
    order_by_secret,
)

__all__ = [
    "BoundRead",
    "FulfillmentRead",
    "HistoryEntry",
    "IntentRead",
    "LineRead",
    "OrderRead",
    "OrderRow",
    "OutcomeRead",
    "ParcelRead",
    "SizeRead",
    "address_of",
    "authorized_payment",
    "bound",
    "history",
    "hopeless",
    "hopeless_units",
    "intent",
    "is_dropped",
    "is_letter_sent",
    "label",
    "labels_due",
    "link_key",
    "lying",
    "order",
    "order_by_number",
    "order_by_secret",
    "order_shown_to",
    "orders",
    "other_sizes",
    "outcome",
    "parcels",
    "passed_over",
    "passed_over_by",
    "past_needs",
    "replayed",
    "sending",
    "sourceable",
]
