"""Where the index lives: one folder a build, and a pointer that is switched in one step."""

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import tantivy

from sellier.domain.search.errors import IndexBroken, IndexMissing, IndexOutdated
from sellier.domain.search.gateway import fields

_POINTER = "current"
_ABOUT = "sellier.json"


def create(root: Path, markets: Sequence[str]) -> Path:
    """Make the folder of a new build. Nobody reads it before `switch`."""
    folder = root / f"build-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    about = {"fingerprint": fields.fingerprint(markets), "markets": list(markets)}
    (folder / _ABOUT).write_text(json.dumps(about))
    return folder


def switch(root: Path, folder: Path) -> None:
    """Let readers see the new build, then remove the older ones.

    Readers that hold an older build keep its files until they let go: the system keeps
    what is mapped.
    """
    pointer = root / f"{_POINTER}.{uuid.uuid4().hex[:12]}"
    pointer.write_text(folder.name)
    os.replace(pointer, root / _POINTER)  # noqa: PTH105  the one call that is atomic
    for older in root.glob("build-*"):
        if older != folder:
            shutil.rmtree(older, ignore_errors=True)


def current(root: Path) -> Path:
    """Return the folder in use. Raises `IndexMissing` before the first build."""
    try:
        name = (root / _POINTER).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexMissing("There is no search index yet.") from error
    folder = root / name
    if not name.startswith("build-") or "/" in name or not folder.is_dir():
        raise IndexMissing("The search index that was in use is gone.")
    return folder


def markets_of(folder: Path) -> tuple[str, ...]:
    """Return the markets a build knows. Raises `IndexOutdated` or `IndexBroken`."""
    try:
        about = json.loads((folder / _ABOUT).read_text())
        markets = tuple(map(str, about["markets"]))
        built_as = about["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexBroken(f"The search index in {folder.name} cannot be read.") from error
    if built_as != fields.fingerprint(markets):
        raise IndexOutdated("The search index was built by another version.")
    return markets


def open_index(folder: Path) -> tantivy.Index:
    """Open a build. Raises `IndexBroken` when its files are damaged."""
    try:
        index = tantivy.Index.open(str(folder))
        fields.register(index)
        index.config_reader("manual")
        index.reload()
    except (ValueError, OSError, RuntimeError) as error:
        raise IndexBroken(f"The search index in {folder.name} cannot be read.") from error
    return index


def version(root: Path) -> tuple[str, int]:
    """Return what changes with every commit or switch, to know when to reload."""
    folder = current(root)
    try:
        return folder.name, (folder / "meta.json").stat().st_mtime_ns
    except OSError as error:
        raise IndexBroken(f"The search index in {folder.name} cannot be read.") from error
