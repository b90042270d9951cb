"""Decisions of promising, without a database."""

from sellier.domain.promising.rules.needs import Destination, Need, Take
from sellier.domain.promising.rules.sourcing import (
    Source,
    choose_sources,
    coverable,
    first_short,
    without,
)

__all__ = [
    "Destination",
    "Need",
    "Source",
    "Take",
    "choose_sources",
    "coverable",
    "first_short",
    "without",
]
