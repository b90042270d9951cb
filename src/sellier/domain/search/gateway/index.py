"""The index as readers use it. Many processes read at once; each follows the writer's commits."""

import threading
from functools import cache
from importlib import resources
from pathlib import Path

from sellier.domain.search.errors import IndexBroken, IndexMissing
from sellier.domain.search.gateway import folder
from sellier.domain.search.gateway.opened import Opened, opened, reloaded
from sellier.domain.search.gateway.searching import answer
from sellier.domain.search.rules.documents import SearchPage, SearchRequest
from sellier.domain.search.rules.lexicon import Lexicon, parse_lexicon
from sellier.domain.search.rules.vocabulary import Vocabulary


@cache
def lexicon() -> Lexicon:
    """Read the lexicon that comes with this package."""
    found = resources.files("sellier.domain.search").joinpath("lexicon.toml")
    return parse_lexicon(found.read_text(encoding="utf-8"))


class SearchIndex:
    """The index of one deployment; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lexicon = lexicon()
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a question. Raises `SearchUnavailable` when there is no index to ask."""
        return answer(self._current(), request)

    def vocabulary(self) -> Vocabulary:
        """Return what words may mean in this index."""
        return self._current().vocabulary

    def count(self) -> int:
        """Return the number of style-colors in the index."""
        return int(self._current().searcher.num_docs)

    def forget_answers(self) -> None:
        """Forget what was counted and understood, to measure what a first question costs."""
        now = self._current()
        now.facets.clear()
        now.understood.clear()

    def _current(self) -> Opened:
        try:
            return self._newest()
        except (IndexBroken, IndexMissing):
            # A new build may have been switched in, and the old one removed, while we looked.
            return self._newest()

    def _newest(self) -> Opened:
        version = folder.version(self._root)
        now = self._opened
        if now is not None and now.version == version:
            return now
        with self._lock:
            now = self._opened
            if now is None or now.version[0] != version[0]:
                now = opened(self._root, version, self._lexicon)
            elif now.version != version:
                now = reloaded(now, version, self._lexicon)
            self._opened = now
            return now
