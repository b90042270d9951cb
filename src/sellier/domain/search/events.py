"""What search announces: to itself, so that one refresh follows many changes."""

from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsOutdated(Event):
    """Style-colors were noted whose documents are out of date."""

    name: ClassVar[str] = "search.documents_outdated"
