import gzip
import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.infra import archives
from sellier.infra.archives import ArchiveLimits
from sellier.infra.reports import UnusableFile
from sellier.infra.sources import SourceLimits


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    made.linkname = link
    return made


def archive(folder: Path, *members: tarfile.TarInfo, content: bytes = b"", mode: str = "w") -> Path:
    path = folder / "pictures.tar"
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for one in members:
            one.size = len(content) if one.isreg() else 0
            tar.addfile(one, io.BytesIO(content))
    return path


def why_unusable(path: Path, limits: ArchiveLimits | None = None) -> str:
    with pytest.raises(UnusableFile) as caught:
        archives.check_pictures(path, limits)
    return caught.value.message


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_files_come_out_with_their_paths(tmp_path: Path, mode: str) -> None:
    folder = member("images", tarfile.DIRTYPE)
    path = archive(
        tmp_path, folder, member("./images/a.jpg"), member("b.jpg"), content=b"x", mode=mode
    )

    assert archives.check_pictures(path) == 2
    assert list(archives.pictures(path)) == [("images/a.jpg", b"x"), ("b.jpg", b"x")]


def test_a_folder_is_read_alike(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_bytes(b"x")
    (tmp_path / "b.jpg").write_bytes(b"y")

    assert list(archives.pictures(tmp_path)) == [("b.jpg", b"y"), ("images/a.jpg", b"x")]


@pytest.mark.parametrize(
    "bad",
    [
        member("../out.jpg"),
        member("a/../../out.jpg"),
        member("/etc/passwd"),
        member("a\\..\\out.jpg"),
        member("a.jpg", tarfile.SYMTYPE, "/etc/passwd"),
        member("a.jpg", tarfile.LNKTYPE, "b.jpg"),
        member("a.jpg", tarfile.CHRTYPE),
        member("a.jpg", tarfile.FIFOTYPE),
        member("/".join("a" * 20)),
        member("x" * 1_000),
    ],
)
def test_anything_but_a_plain_picture_inside_is_refused(
    tmp_path: Path, bad: tarfile.TarInfo
) -> None:
    assert why_unusable(archive(tmp_path, member("good.jpg"), bad, content=b"x"))


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("/etc/passwd")
    assert "link" in why_unusable(tmp_path)


def test_sizes_and_counts_are_limited(tmp_path: Path) -> None:
    path = archive(tmp_path, *(member(f"{i}.jpg") for i in range(5)), content=b"x")
    assert "More than 3 files" in why_unusable(path, ArchiveLimits(files=3))

    huge = member("huge.jpg")
    huge.size = 10 * 1024**3
    path.write_bytes(huge.tobuf())
    assert "larger than" in why_unusable(path)

    path.write_bytes(gzip.compress(bytes(30_000_000)))
    small = ArchiveLimits(source=SourceLimits(ratio=20))
    zeros = tmp_path / "zeros.tar.gz"
    with gzip.open(zeros, "wb") as packed:
        one = member("zeros.jpg")
        one.size = 24_000_000
        packed.write(one.tobuf() + bytes(24_000_000))
    assert "times its size" in why_unusable(zeros, small)


def test_a_name_of_gigabytes_is_never_read(tmp_path: Path) -> None:
    long = member("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    long.size = 3 * 1024**3
    path = tmp_path / "name.tar"
    with path.open("wb") as file:
        file.write(long.tobuf())
        file.truncate(1024**3)
    tracemalloc.start()
    assert "absurd" in why_unusable(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"no archive at all", gzip.compress(b"no archive", mtime=0), b"x" * 600],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pictures.tar.gz"
    path.write_bytes(content)
    assert why_unusable(path)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, member("a.jpg"), content=os.urandom(50_000), mode="w:gz")
    path.write_bytes(path.read_bytes()[:20_000])
    assert why_unusable(path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_archives_are_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = archive(tmp_path_factory.mktemp("tar"), member("a/b.jpg"), member("c"), content=b"x")
    content = bytearray(path.read_bytes()[:2_048])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 1_100))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        list(archives.pictures(path))
    except UnusableFile:
        return
