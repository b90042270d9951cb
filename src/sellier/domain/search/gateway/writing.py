"""Build, change and empty the index. One writer at a time; readers see whole commits."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import tantivy

from sellier.domain.search.errors import IndexBusy
from sellier.domain.search.gateway import fields, folder
from sellier.domain.search.rules.documents import Document

_HEAP_BYTES = 100_000_000
_UPDATE_HEAP_BYTES = 20_000_000


class Build:
    """A new index in the making; nobody sees it before `finish`.

    Raises `IndexBusy` while another process writes: an update of the old index that went on
    beside would be lost with it.
    """

    def __init__(self, root: Path, markets: Sequence[str]) -> None:
        self._held = ExitStack()
        self._held.enter_context(_alone(root))
        self._root = root
        self._markets = tuple(markets)
        self._folder = folder.create(root, markets)
        self._index = tantivy.Index(fields.schema(markets), path=str(self._folder))
        fields.register(self._index)
        self._writer = self._index.writer(_HEAP_BYTES, 1)
        self.count = 0

    def add(self, documents: Iterable[Document]) -> None:
        """Add documents whose codes are not in the build yet."""
        for document in documents:
            self._writer.add_document(fields.filled(document, self._markets))
            self.count += 1

    def finish(self) -> None:
        """Commit and let readers see it in place of the old index."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        folder.switch(self._root, self._folder)
        self._held.close()

    def abandon(self) -> None:
        """Throw the build away; the old index stays."""
        with self._held:
            self._writer.rollback()
            shutil.rmtree(self._folder, ignore_errors=True)


def rebuild(root: Path, documents: Iterable[Document], markets: Sequence[str]) -> int:
    """Build a new index and switch to it; returns the number of documents."""
    build = Build(root, markets)
    try:
        build.add(documents)
        build.finish()
    except BaseException:
        build.abandon()
        raise
    return build.count


def update(root: Path, documents: Iterable[Document], gone: Iterable[str]) -> None:
    """Replace documents by code and remove those gone, in one commit.

    Raises `IndexBusy` while another process writes, and what opening an index raises.
    """
    with _alone(root):
        path = folder.current(root)
        markets = folder.markets_of(path)
        writer = folder.open_index(path).writer(_UPDATE_HEAP_BYTES, 1)
        for code in gone:
            writer.delete_documents_by_term("code", code)
        for document in documents:
            writer.delete_documents_by_term("code", document.code)
            writer.add_document(fields.filled(document, markets))
        writer.commit()
        writer.wait_merging_threads()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the one right to write. The system gives it back when a process dies."""
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusy("Another process writes to the search index.") from error
        yield
    finally:
        os.close(descriptor)
