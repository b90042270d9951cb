"""Why search cannot answer now. Each says what an operator does about it."""

from typing import ClassVar


class SearchUnavailable(Exception):
    """The index cannot be used; `sellier reindex` makes a new one from the database."""

    code: ClassVar[str] = "search.unavailable"


class IndexMissing(SearchUnavailable):
    """No index has been built yet."""

    code = "search.index_missing"


class IndexOutdated(SearchUnavailable):
    """The index was built for other fields or markets than this version knows."""

    code = "search.index_outdated"


class IndexBroken(SearchUnavailable):
    """The files of the index cannot be read."""

    code = "search.index_broken"


class IndexBusy(SearchUnavailable):
    """Another process is writing; try again."""

    code = "search.index_busy"
