"""`/studio/components`: every part that pages are made of, to look at."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.organization import queries as organization
from sellier.infra import themes
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.money import Money
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio.queries import components as queries

Surface = Annotated[str, QueryParameter(pattern="^(storefront|boutique|studio)$")]
Theme = Annotated[str, QueryParameter(max_length=50)]


@get("/components", right=Right.ENTER_STUDIO)
async def components(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    staff: Staff,
    lang: Lang,
    show: Surface = "storefront",
    theme: Theme = "place-dauphine",
) -> Template:
    """Show the parts as a surface and a theme have them."""
    return staff_page(
        request,
        "components/page.html",
        staff=staff,
        lang=lang,
        show=show,
        theme=theme,
        theme_url=themes.address(theme, await _theme(db, theme)),
        amount=Money(125_000, "EUR"),
        was=Money(156_000, "EUR"),
        moment=now,
        pictures=await queries.some_pictures(db),
    )


async def _theme(db: AsyncSession, code: str) -> Mapping[str, str]:
    channels = await organization.channels(db)
    return next((found.theme for found in channels if found.banner_code == code), {})


router: Final = staff_router("/studio", [components])
