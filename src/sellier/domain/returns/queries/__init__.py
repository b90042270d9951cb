"""Reads of returns: what may come back, one return whole, lists of them."""

from sellier.domain.returns.queries.lists import (
    ReturnRow,
    Which,
    due_to_lapse,
    listed,
    lost_since,
    sent_by_post,
)
from sellier.domain.returns.queries.parts import (
    is_place,
    ledger,
    lock_order,
    post_to,
    returnable,
    sending,
    sent_with,
)
from sellier.domain.returns.queries.whole import (
    FindingRead,
    LineRead,
    ReturnRead,
    Turn,
    of_order,
    return_by_number,
    return_of,
)

__all__ = [
    "FindingRead",
    "LineRead",
    "ReturnRead",
    "ReturnRow",
    "Turn",
    "Which",
    "due_to_lapse",
    "is_place",
    "ledger",
    "listed",
    "lock_order",
    "lost_since",
    "of_order",
    "post_to",
    "return_by_number",
    "return_of",
    "returnable",
    "sending",
    "sent_by_post",
    "sent_with",
]
