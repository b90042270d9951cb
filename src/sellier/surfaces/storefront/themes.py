"""The stylesheet of a banner; its address holds a hash, so it is kept for ever."""

from typing import ClassVar, Final

from litestar import Response, get
from litestar.params import FromPath

from sellier.infra import themes
from sellier.infra.web import Now, Sessions, Visitor
from sellier.kernel.errors import NotFound
from sellier.surfaces.storefront import visit

FOREVER: Final = "public, max-age=31536000, immutable"


class ThemeNotFound(NotFound):
    """No banner has this theme now."""

    code: ClassVar[str] = "storefront.theme_not_found"


@get("/theme/{name:str}")
async def theme(
    *, request: Visitor, sessions: Sessions, now: Now, name: FromPath[str]
) -> Response[str]:
    """Send the theme of the banner whose stylesheet has this very address."""
    channels = await visit.channels(request, sessions, now)
    for channel in channels:
        if themes.address(channel.banner_code, channel.theme) == f"/theme/{name}":
            return Response(
                themes.stylesheet(channel.theme),
                media_type="text/css",
                headers={"cache-control": FOREVER},
            )
    raise ThemeNotFound("This theme is not in use.")
