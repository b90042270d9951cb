"""Reads of orders: one order whole, its history, lists for the desk and for a location."""

from sellier.domain.orders.queries.history import HistoryEntry, history
from sellier.domain.orders.queries.links import (
    is_letter_sent,
    link_key,
    order_by_link,
    order_shown_to,
)
from sellier.domain.orders.queries.lists import OrderRow, ToPrepare, orders, to_prepare
from sellier.domain.orders.queries.past import past_needs, replayed
from sellier.domain.orders.queries.paying import (
    IntentRead,
    OutcomeRead,
    bound,
    intent,
    outcome,
)
from sellier.domain.orders.queries.whole import (
    FulfillmentRead,
    LineRead,
    OrderRead,
    order,
    order_by_number,
    order_by_secret,
)

__all__ = [
    "FulfillmentRead",
    "HistoryEntry",
    "IntentRead",
    "LineRead",
    "OrderRead",
    "OrderRow",
    "OutcomeRead",
    "ToPrepare",
    "bound",
    "history",
    "intent",
    "is_letter_sent",
    "link_key",
    "order",
    "order_by_link",
    "order_by_number",
    "order_by_secret",
    "order_shown_to",
    "orders",
    "outcome",
    "past_needs",
    "replayed",
    "to_prepare",
]
