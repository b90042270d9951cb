import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sellier.infra import media
from sellier.infra.media import PictureNotFound, UnusablePicture


def picture(
    width: int = 60, height: int = 80, *, file_format: str = "JPEG", mode: str = "RGB"
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "navy").save(out, file_format)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_is_kept_once_under_its_hash(tmp_path: Path, file_format: str) -> None:
    content = picture(file_format=file_format)
    first, second = media.add(tmp_path, content), media.add(tmp_path, content)

    assert first == second
    assert (first.width, first.height, first.kind) == (60, 80, "raster")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    sha = first.sha256
    assert files == [tmp_path / "media" / "kept" / sha[:2] / sha[2:4] / sha]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture(300, 300)[:200],
        picture(300, 300, file_format="PNG")[:-40],
        picture(file_format="GIF", mode="P"),
        picture(file_format="TIFF"),
        b"GIF89a" + b"\0" * 20,
        b"%PDF-1.7",
    ],
)
def test_anything_but_a_whole_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnusablePicture):
        media.add(tmp_path, content)
    assert not list(tmp_path.rglob("*"))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    bomb = picture(1, 1, file_format="PNG")
    # The header alone says 60,000 by 60,000.
    huge = bomb[:16] + (60_000).to_bytes(4, "big") * 2 + bomb[24:]
    with pytest.raises(UnusablePicture):
        media.add(tmp_path, huge)


@pytest.mark.parametrize("image_format", ["avif", "webp", "jpg"])
def test_pictures_are_resized_and_never_enlarged(tmp_path: Path, image_format: str) -> None:
    kept = media.add(tmp_path, picture(600, 800, file_format="PNG"))
    small = media.render(tmp_path, kept.sha256, width=160, image_format=image_format)
    large = media.render(tmp_path, kept.sha256, width=1280, image_format=image_format)

    assert opened(small).size == (160, 213)
    assert opened(large).size == (600, 800)
    assert small == media.render(tmp_path, kept.sha256, width=160, image_format=image_format)


def test_nothing_hidden_in_a_picture_leaves_with_it(tmp_path: Path) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "home address"
    exif[0x0112] = 6
    Image.new("RGB", (60, 80), "white").save(out, "JPEG", exif=exif, comment=b"<script>")
    kept = media.add(tmp_path, out.getvalue() + b"<script>alert(1)</script>")

    assert (kept.width, kept.height) == (80, 60)
    shown = media.render(tmp_path, kept.sha256, width=320, image_format="jpg")
    assert b"script" not in shown
    assert b"home address" not in shown
    assert opened(shown).size == (80, 60)


def test_transparency_stays_or_becomes_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 80), (0, 0, 0, 0)).save(out, "PNG")
    kept = media.add(tmp_path, out.getvalue())

    webp = opened(media.render(tmp_path, kept.sha256, width=80, image_format="webp"))
    jpg = opened(media.render(tmp_path, kept.sha256, width=80, image_format="jpg"))
    assert webp.mode == "RGBA"
    assert jpg.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1", "LA"])
def test_every_mode_can_be_shown(tmp_path: Path, mode: str) -> None:
    out = io.BytesIO()
    file_format = "JPEG" if mode == "CMYK" else "PNG"
    Image.new("RGB", (60, 80), "red").convert(mode).save(out, file_format)
    kept = media.add(tmp_path, out.getvalue())
    for image_format in media.FORMATS:
        assert media.render(tmp_path, kept.sha256, width=80, image_format=image_format)


@pytest.mark.parametrize(
    ("sha256", "width", "image_format"),
    [
        ("0" * 64, 160, "avif"),
        ("../../../../etc/passwd", 160, "avif"),
        ("0" * 64, 161, "avif"),
        ("0" * 64, 160, "svg"),
        ("0" * 63, 160, "jpg"),
    ],
)
def test_only_known_names_widths_and_formats_are_served(
    tmp_path: Path, *, sha256: str, width: int, image_format: str
) -> None:
    with pytest.raises(PictureNotFound):
        media.render(tmp_path, sha256, width=width, image_format=image_format)
    with pytest.raises(PictureNotFound):
        media.drawing(tmp_path, sha256)


def test_a_drawing_is_kept_and_given_back(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 40"><path d="M0 0h3z"/></svg>'
    kept = media.add_drawing(tmp_path, svg)

    assert (kept.kind, kept.width, kept.height) == ("svg", 30, 40)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.sha256)
    assert media.drawing(tmp_path, kept.sha256) == svg


def test_many_at_once_meet_no_half_written_file(tmp_path: Path) -> None:
    kept = media.add(tmp_path, picture(400, 400))
    with ThreadPoolExecutor(8) as pool:
        made = set(
            pool.map(
                lambda _: media.render(tmp_path, kept.sha256, width=80, image_format="webp"),
                range(24),
            )
        )
    assert len(made) == 1
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_pictures_are_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(picture(32, 32, file_format=data.draw(st.sampled_from(["JPEG", "PNG"]))))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    home = tmp_path_factory.mktemp("home")
    try:
        kept = media.add(home, bytes(content))
    except UnusablePicture:
        return
    assert media.render(home, kept.sha256, width=80, image_format="jpg")
