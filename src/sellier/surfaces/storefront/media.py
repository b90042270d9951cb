"""Pictures by their content's hash: they never change, so they are kept for ever."""

import asyncio
from typing import ClassVar, Final

from litestar import Response, get
from litestar.params import FromPath

from sellier.infra import media
from sellier.infra.web import Configuration
from sellier.kernel.errors import NotFound
from sellier.surfaces.storefront.themes import FOREVER

# A drawing is a document: opened by itself, it may neither run nor fetch anything.
DRAWING_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

# Two saddle stitches: our own mark, in the banner's absence.
ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    'rx="4" fill="#16130f"/><g stroke="#f4f2ed" stroke-width="3" stroke-linecap="round">'
    '<path d="M7 20 13 12M19 20 25 12"/></g></svg>'
)


class PictureNotFound(NotFound):
    """The address is not one of a picture."""

    code: ClassVar[str] = "storefront.picture_not_found"


@get("/favicon.ico", sync_to_thread=False)
def icon() -> Response[str]:
    """Send the mark that browsers put on tabs."""
    return Response(
        ICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
    )


@get("/media/{name:str}")
async def drawing(settings: Configuration, name: FromPath[str]) -> Response[bytes]:
    """Send a drawing of ours."""
    sha, _, ending = name.partition(".")
    if ending != "svg":
        raise PictureNotFound("There is no such picture.")
    content = await asyncio.to_thread(media.drawing, settings.home, sha)
    return Response(
        content,
        media_type="image/svg+xml",
        headers={"cache-control": FOREVER, "content-security-policy": DRAWING_POLICY},
    )


@get("/media/{sha:str}/{name:str}")
async def picture(
    settings: Configuration, sha: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """Send a picture at one of the offered widths, made on the first request."""
    width, _, image_format = name.partition(".")
    if not (width.isascii() and width.isdigit()) or len(width) > 4:  # noqa: PLR2004  WIDTHS has four digits
        raise PictureNotFound("There is no such picture.")
    content = await asyncio.to_thread(
        media.render, settings.home, sha, width=int(width), image_format=image_format
    )
    return Response(
        content,
        media_type=media.FORMATS[image_format],
        headers={"cache-control": FOREVER},
    )
