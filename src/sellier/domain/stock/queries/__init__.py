"""Reads of stock that other modules ask for."""

from sellier.domain.stock.queries.hot import (
    KeptForCart,
    hot_step,
    is_hot,
    keeps,
    kept_of,
    kept_step,
    kept_units,
    kept_until,
)
from sellier.domain.stock.queries.inbound import Inbound, inbound, on_the_way
from sellier.domain.stock.queries.known import Known, known, skus_of
from sellier.domain.stock.queries.papers import paper
from sellier.domain.stock.queries.sizes import Size, sendable, sizes, sizes_of, units_left
from sellier.domain.stock.queries.terms import (
    buffer,
    collects,
    holds,
    is_open,
    is_open_at,
    ships,
    terms_with,
)

__all__ = [
    "Inbound",
    "KeptForCart",
    "Known",
    "Size",
    "buffer",
    "collects",
    "holds",
    "hot_step",
    "inbound",
    "is_hot",
    "is_open",
    "is_open_at",
    "keeps",
    "kept_of",
    "kept_step",
    "kept_units",
    "kept_until",
    "known",
    "on_the_way",
    "paper",
    "sendable",
    "ships",
    "sizes",
    "sizes_of",
    "skus_of",
    "terms_with",
    "units_left",
]
