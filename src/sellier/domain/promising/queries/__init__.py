"""Reads of promising."""

from sellier.domain.promising.queries.network import network
from sellier.domain.promising.queries.rule_sets import (
    DecisionRead,
    LiveRead,
    VersionRead,
    decisions,
    live,
    rule_set,
    version,
    versions,
)
from sellier.domain.promising.queries.sources import Found, maisons_of, snapshot, sources

__all__ = [
    "DecisionRead",
    "Found",
    "LiveRead",
    "VersionRead",
    "decisions",
    "live",
    "maisons_of",
    "network",
    "rule_set",
    "snapshot",
    "sources",
    "version",
    "versions",
]
