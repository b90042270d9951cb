"""Reads of returns: what may come back, one return whole, lists of them."""

from sellier.domain.returns.queries.choices import choices
from sellier.domain.returns.queries.lists import (
    ReturnRow,
    Which,
    due_to_lapse,
    due_to_let_go,
    listed,
    lost_since,
    sent_by_post,
)
from sellier.domain.returns.queries.parts import (
    is_place,
    language_of,
    ledger,
    lock_order,
    post_to,
    returnable,
    sending,
    sent_with,
    skus_of,
)
from sellier.domain.returns.queries.whole import (
    FindingRead,
    LineRead,
    ReplacementRead,
    ReturnRead,
    Turn,
    of_order,
    return_by_number,
    return_of,
)

__all__ = [
    "FindingRead",
    "LineRead",
    "ReplacementRead",
    "ReturnRead",
    "ReturnRow",
    "Turn",
    "Which",
    "choices",
    "due_to_lapse",
    "due_to_let_go",
    "is_place",
    "language_of",
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
    "skus_of",
]
