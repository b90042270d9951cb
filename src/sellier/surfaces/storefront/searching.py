"""The way from pages to the search index."""

import asyncio
from typing import Protocol, runtime_checkable

from litestar.di import NamedDependency

from sellier.domain.search.errors import SearchUnavailable
from sellier.domain.search.rules.documents import SearchPage, SearchRequest
from sellier.infra.web import Unavailable


@runtime_checkable
class Searching(Protocol):
    """What pages ask of the index."""

    def search(self, request: SearchRequest) -> SearchPage: ...


Index = NamedDependency[Searching]


async def find(index: Searching, request: SearchRequest) -> SearchPage:
    """Ask the index in a thread, so that no other visitor waits for this one's words."""
    try:
        return await asyncio.to_thread(index.search, request)
    except SearchUnavailable as error:
        raise Unavailable(str(error)) from error
