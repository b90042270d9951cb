"""An invariant, and what is found where it does not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One thing that must be true, and the query that finds where it is not.

    The number is that of the design's list.
    """

    code: str
    says: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """An invariant that does not hold, with the first rows that show it."""

    invariant: Invariant
    rows: Sequence[Mapping[str, Any]]
