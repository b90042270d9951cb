"""Pictures, kept once under the hash of their content, and shown in the sizes pages ask for.

What came in is kept as it came and never served: every picture that leaves is decoded and
encoded again, so nothing hidden in an upload (scripts, places, thumbnails) travels with it.
"""

import hashlib
import io
import os
import re
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from PIL import Image, ImageCms, ImageOps

from sellier.kernel.errors import Invalid, NotFound

WIDTHS: Final = (80, 160, 320, 480, 640, 960, 1280)
FORMATS: Final[Mapping[str, str]] = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
}
PIXELS_MAX: Final = 50_000_000
PICTURE_BYTES_MAX: Final = 25 * 1024 * 1024
DRAWING_BYTES_MAX: Final = 512 * 1024

_TAKEN: Final = ("JPEG", "PNG", "WEBP", "AVIF")
_SHA: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_VIEW_BOX: Final = re.compile(
    rb"""viewBox=["']\s*-?[\d.]+[ ,]+-?[\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)"""
)
_ORIENTATION: Final = 0x0112
# Encoders' settings: close to what the eye cannot tell apart at the smallest size.
_SAVED: Final[Mapping[str, Mapping[str, Any]]] = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 8},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}


class UnusablePicture(Invalid):
    """Not a picture we keep."""

    code: ClassVar[str] = "media.unusable_picture"


class PictureNotFound(NotFound):
    """No such picture, width or format."""

    code: ClassVar[str] = "media.picture_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A kept picture: what names it, what it is, and its size in pixels."""

    sha256: str
    kind: Literal["raster", "svg"]
    width: int
    height: int


def add(home: Path, content: bytes) -> Picture:
    """Keep a JPEG, PNG, WebP or AVIF picture; the same content is kept once.

    Raises `UnusablePicture`.
    """
    if len(content) > PICTURE_BYTES_MAX:
        raise UnusablePicture(f"The picture is larger than {PICTURE_BYTES_MAX:,} bytes.")
    sha256 = hashlib.sha256(content).hexdigest()
    path = _place(home, sha256, "")
    # What is kept already was decoded whole when it came.
    image = _opened(content, whole=not path.is_file())
    if not path.is_file():
        _write(path, content)
    # Orientation is told in the file and applied when shown.
    turned = image.getexif().get(_ORIENTATION, 1) in {5, 6, 7, 8}
    width, height = (image.height, image.width) if turned else (image.width, image.height)
    return Picture(sha256=sha256, kind="raster", width=width, height=height)


def add_drawing(home: Path, content: bytes) -> Picture:
    """Keep an SVG that our own code drew. Never call it with anything from outside."""
    assert b"<script" not in content.lower(), "drawings hold no scripts"
    assert len(content) <= DRAWING_BYTES_MAX, "a drawing this large is a mistake"
    found = _VIEW_BOX.search(content)
    assert found is not None, "a drawing says its size in a viewBox"
    sha256 = hashlib.sha256(content).hexdigest()
    path = _place(home, sha256, ".svg")
    if not path.is_file():
        _write(path, content)
    width, height = (max(1, round(float(found[side]))) for side in (1, 2))
    return Picture(sha256=sha256, kind="svg", width=width, height=height)


def drawing(home: Path, sha256: str) -> bytes:
    """Return a drawing of ours. Raises `PictureNotFound`."""
    return _read(_place(home, sha256, ".svg"))


def render(home: Path, sha256: str, *, width: int, image_format: str) -> bytes:
    """Return the picture at most this wide, in `avif`, `webp` or `jpg`; never enlarged.

    Raises `PictureNotFound`. Slow the first time (tens of milliseconds): call it in a thread.
    """
    if width not in WIDTHS or image_format not in FORMATS:
        raise PictureNotFound("Pictures come in a few widths and formats only.", width=width)
    made = _place(home, sha256, f"-{width}.{image_format}", kind="made")
    if made.is_file():
        return made.read_bytes()
    content = _encoded(_read(_place(home, sha256, "")), width, image_format)
    _write(made, content)
    return content


def _place(home: Path, sha256: str, ending: str, *, kind: str = "kept") -> Path:
    # The name is checked whole: no part of a path is ever taken from a request.
    if not _SHA.fullmatch(sha256):
        raise PictureNotFound("There is no such picture.")
    return home / "media" / kind / sha256[:2] / sha256[2:4] / f"{sha256}{ending}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PictureNotFound("There is no such picture.") from error


def _write(path: Path, content: bytes) -> None:
    """Write all or nothing: a reader or a crash never meets half a file."""
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        beside.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
    beside.replace(path)


def flush(home: Path) -> None:
    """Make sure that what was added survives a power cut; call it before saying so."""
    folder = home / "media"
    if folder.is_dir():
        os.sync()


def _opened(content: bytes, *, whole: bool = True) -> Image.Image:
    """Decode the whole picture, for only then is it known to be one; or just its first bytes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=_TAKEN)
            if image.width * image.height > PIXELS_MAX:
                raise UnusablePicture(f"The picture has more than {PIXELS_MAX:,} pixels.")
            if whole:
                image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnusablePicture("Not a whole JPEG, PNG, WebP or AVIF picture.") from error
    return image


def _encoded(content: bytes, width: int, image_format: str) -> bytes:
    image = _in_srgb(ImageOps.exif_transpose(_opened(content)))
    if image_format == "jpg":
        image = _on_white(image)
    if width < image.width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, **_SAVED[image_format])
    return out.getvalue()


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in the colors every screen agrees on, without its profile."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if has_alpha else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a broken profile is no reason to lose the picture
        image = converted or image
    plain = image.convert(mode)
    plain.info.clear()
    return plain


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
