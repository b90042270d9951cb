"""Reads of promising."""

from sellier.domain.promising.queries.sources import foreseen, sources

__all__ = ["foreseen", "sources"]
