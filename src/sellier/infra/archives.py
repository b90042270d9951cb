"""Pictures from a folder or a tar archive, one at a time, within limits.

An archive is read twice: once to see that all of it is harmless, once for its pictures, so that
a bad one changes nothing. Names are compared with what the feed asks for, never used as paths.
"""

import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from sellier.infra.media import PICTURE_BYTES_MAX
from sellier.infra.reports import UnusableFile, visible
from sellier.infra.sources import SourceLimits, open_source

HEADER_BYTES_MAX: Final = 64 * 1024
NAME_LENGTH_MAX: Final = 400
DEPTH_MAX: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What a set of pictures may cost."""

    source: SourceLimits = field(
        default_factory=lambda: SourceLimits(
            packed_bytes=64 * 1024**3, unpacked_bytes=64 * 1024**3, ratio=50
        )
    )
    files: int = 1_000_000


class NamedBytes(NamedTuple):
    """One file of a set: its path inside, with `/`, and its content."""

    path: str
    content: bytes


class _Header(tarfile.TarInfo):
    """A member's header; long names may not make us read gigabytes of name."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        member = super().frombuf(buf, encoding, errors)
        kinds = (*(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK), *_PAX)
        if member.type in kinds and member.size > HEADER_BYTES_MAX:
            raise UnusableFile("The archive has a name or header of absurd length.")
        return member


_PAX: Final = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)


def check_pictures(path: Path, limits: ArchiveLimits | None = None) -> int:
    """Look through a folder or archive and return how many files it has.

    Raises `UnusableFile` for links, devices, paths that lead out, bombs and damage.
    """
    return sum(1 for _ in _files(path, limits or ArchiveLimits(), with_content=False))


def pictures(path: Path, limits: ArchiveLimits | None = None) -> Iterator[NamedBytes]:
    """Yield every file of a folder or archive. Raises `UnusableFile` as `check_pictures` does."""
    return _files(path, limits or ArchiveLimits(), with_content=True)


def _files(path: Path, limits: ArchiveLimits, *, with_content: bool) -> Iterator[NamedBytes]:
    files = _in_folder if path.is_dir() else _in_archive
    for count, found in enumerate(files(path, limits, with_content=with_content), 1):
        if count > limits.files:
            raise UnusableFile(f"More than {limits.files:,} files.")
        yield found


def _in_folder(folder: Path, _limits: ArchiveLimits, *, with_content: bool) -> Iterator[NamedBytes]:
    for here, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        inside = Path(here).relative_to(folder)
        if len(inside.parts) > DEPTH_MAX:
            raise UnusableFile(f"Folders stand more than {DEPTH_MAX} deep.")
        for name in sorted(names):
            file = Path(here, name)
            if file.is_symlink() or not file.is_file():
                raise UnusableFile(f"“{visible(name)}” is a link or no ordinary file.")
            if file.stat().st_size > PICTURE_BYTES_MAX:
                raise _too_large(name)
            content = file.read_bytes() if with_content else b""
            yield NamedBytes((inside / name).as_posix(), content)


def _in_archive(path: Path, limits: ArchiveLimits, *, with_content: bool) -> Iterator[NamedBytes]:
    with _opened(path, limits) as archive:
        while (member := archive.next()) is not None:
            # tarfile keeps every header it ever saw; its stubs leave the list out.
            archive.members.clear()  # type: ignore[attr-defined]
            if member.isdir():
                continue
            _refuse_unsafe(member)
            file = archive.extractfile(member) if with_content else None
            yield NamedBytes(member.name.removeprefix("./"), file.read() if file else b"")


@contextmanager
def _opened(path: Path, limits: ArchiveLimits) -> Iterator[tarfile.TarFile]:
    with open_source(path, limits.source) as source:
        try:
            with tarfile.open(fileobj=source.stream, mode="r|", tarinfo=_Header) as archive:
                yield archive
        except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
            raise UnusableFile(f"Not a whole tar or tar.gz archive: {error}.") from error


def _refuse_unsafe(member: tarfile.TarInfo) -> None:
    name = visible(member.name)
    if not member.isreg() or member.issparse():
        raise UnusableFile(f"“{name}” is a link, a device or a sparse file.")
    parts = PurePosixPath(member.name)
    leads_out = parts.is_absolute() or ".." in parts.parts or "\\" in member.name
    if leads_out or len(member.name) > NAME_LENGTH_MAX or len(parts.parts) > DEPTH_MAX:
        raise UnusableFile(f"“{name}” leads out of the archive or is absurdly long.")
    if member.size > PICTURE_BYTES_MAX:
        raise _too_large(member.name)


def _too_large(name: str) -> UnusableFile:
    return UnusableFile(f"“{visible(name)}” is larger than {PICTURE_BYTES_MAX:,} bytes.")
