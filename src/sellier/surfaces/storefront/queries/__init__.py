"""Reads that join several modules, one round trip for each thing a screen shows."""

from sellier.surfaces.storefront.queries.pieces import piece, tiles
from sellier.surfaces.storefront.queries.shop import (
    ADDRESSES_MAX,
    addresses,
    boutique,
    boutiques,
    counters,
    houses,
    ordered,
    places,
    senders,
    shelves,
)

__all__ = [
    "ADDRESSES_MAX",
    "addresses",
    "boutique",
    "boutiques",
    "counters",
    "houses",
    "ordered",
    "piece",
    "places",
    "senders",
    "shelves",
    "tiles",
]
