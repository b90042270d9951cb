"""The way from pages to the search index."""

from litestar.di import NamedDependency

from sellier.domain.search import queries
from sellier.domain.search.errors import SearchUnavailable
from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.rules.documents import SearchPage, SearchRequest
from sellier.infra.web import Unavailable

Index = NamedDependency[SearchIndex]


async def find(index: SearchIndex, request: SearchRequest) -> SearchPage:
    """Ask the index. Without one a list is unavailable, never empty."""
    try:
        return await queries.search(index, request)
    except SearchUnavailable as error:
        raise Unavailable(str(error)) from error
