"""Files from outside as checked text: plain or gzip, UTF-8 only, within limits, in small pieces.

Nothing here holds more than a piece of the file, whatever the file is: a bomb, a sparse file of
terabytes or a device is refused after a bounded amount of work.
"""

import codecs
import gzip
import hashlib
import io
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from sellier.infra.reports import UnusableFile

PIECE_BYTES: Final = 64 * 1024
# Ordinary feeds shrink 5 to 30 times; zlib reaches 1,032. Small files may shrink as they like.
RATIO_FREE_BYTES: Final = 16 * 1024 * 1024
LATIN_1_FIRST: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimits:
    """What a file may cost us before it is refused."""

    packed_bytes: int = 2 * 1024**3
    unpacked_bytes: int = 8 * 1024**3
    ratio: int = 200


class _Reads(Protocol):
    """Bytes that can be read in pieces."""

    def read(self, size: int, /) -> bytes: ...


# What a file is when it is not a table, by its first bytes.
_OTHERS: Final = (
    (b"PK", "a ZIP archive or an Excel workbook: save it as CSV UTF-8 and import that"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save it as CSV UTF-8 and import that"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed twice: decompress it once"),
    (b"BZh", "compressed with bzip2: use gzip or none"),
    (b"\xfd7zXZ", "compressed with xz: use gzip or none"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: use gzip or none"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file: export it as CSV"),
    (codecs.BOM_UTF32_LE, "encoded in UTF-32: save it as UTF-8"),
    (codecs.BOM_UTF16_LE, "encoded in UTF-16: save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "encoded in UTF-16: save it as UTF-8"),
)


class _Packed(io.RawIOBase):
    """The file as it lies on disk, counted and hashed while it passes."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._hash = hashlib.sha256()
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._hash.update(piece)
        self.given += len(piece)
        return piece

    def sha256(self) -> str:
        return self._hash.hexdigest()


class Unpacked(io.RawIOBase):
    """Decompressed bytes that stop when they grow out of proportion."""

    def __init__(self, packed: _Packed, unpacked: _Reads, limits: SourceLimits) -> None:
        super().__init__()
        self._packed = packed
        self._unpacked = unpacked
        self._limits = limits
        self._given = 0

    def read(self, size: int = PIECE_BYTES, /) -> bytes:
        try:
            piece = self._unpacked.read(min(size, PIECE_BYTES))
        except EOFError as error:
            raise UnusableFile("The compressed file is cut short: send it again.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnusableFile(f"The compressed file is damaged: {error}.") from error
        self._given += len(piece)
        self._refuse_bombs()
        return piece

    def _refuse_bombs(self) -> None:
        if self._given > self._limits.unpacked_bytes:
            raise UnusableFile(f"More than {self._limits.unpacked_bytes:,} bytes when unpacked.")
        packed = max(self._packed.given, 1)
        if self._given > RATIO_FREE_BYTES and self._given > packed * self._limits.ratio:
            raise UnusableFile(f"Unpacks to more than {self._limits.ratio} times its size.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open file: its bytes after gzip, how far it was read, and the hash of what was read."""

    size: int
    stream: Unpacked
    position: Callable[[], int]
    sha256: Callable[[], str]


@contextmanager
def open_source(path: Path, limits: SourceLimits) -> Iterator[Source]:
    """Open a file for reading, decompressed if its content says that it is gzip."""
    try:
        # A pipe or a device would hang or never end: look before opening.
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnusableFile("Not an ordinary file.")
        file = path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name cannot be used"
        raise UnusableFile(f"Cannot be opened: {why}.") from error
    with file:
        if found.st_size > limits.packed_bytes:
            raise UnusableFile(f"Larger than {limits.packed_bytes:,} bytes.")
        is_gzip = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        packed = _Packed(file)
        # The decompressor makes no more than the piece it is asked for.
        unpacked: _Reads = gzip.GzipFile(fileobj=packed) if is_gzip else packed
        yield Source(
            size=found.st_size,
            stream=Unpacked(packed, unpacked, limits),
            position=lambda: packed.given,
            sha256=packed.sha256,
        )


def texts(stream: Unpacked) -> Iterator[str]:
    """Yield the decoded text in pieces, or refuse with the place of the first wrong byte."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, line, pending = 0, 1, 0
    first = True
    while True:
        piece = stream.read(PIECE_BYTES)
        if first:
            _refuse_others(piece)
            bom = len(codecs.BOM_UTF8) if piece.startswith(codecs.BOM_UTF8) else 0
            piece, start, first = piece[bom:], bom, False
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            at = start - pending + error.start
            line += error.object.count(b"\n", 0, error.start)
            raise _wrong_encoding(error.object[error.start], at=at, line=line) from error
        if not piece:
            return
        start += len(piece)
        pending = len(decoder.getstate()[0])
        line += piece.count(b"\n")
        yield text


def _refuse_others(head: bytes) -> None:
    if not head:
        raise UnusableFile("The file is empty.")
    for mark, what in _OTHERS:
        if head.startswith(mark):
            raise UnusableFile(f"This is {what}.")
    zeros = head.count(b"\0")
    if zeros * 4 > len(head):
        raise UnusableFile(
            "Every other byte is zero, as in UTF-16 or a binary file: save it as UTF-8 text."
        )


def _wrong_encoding(byte: int, *, at: int, line: int) -> UnusableFile:
    guess = ""
    if byte >= LATIN_1_FIRST:
        letter = bytes([byte]).decode("cp1252", errors="replace")
        guess = f" (in Windows-1252 or Latin-1 it would be “{letter}”)" if letter.isalpha() else ""
    return UnusableFile(
        f"Not UTF-8: byte 0x{byte:02X} at offset {at:,}, line {line:,}{guess}. "
        "Save the file as UTF-8 and import it again.",
        line=line,
    )
