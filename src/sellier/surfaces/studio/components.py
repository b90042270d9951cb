"""`/studio/components`: every part that pages are made of, to look at."""

from typing import Annotated, Final

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
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
        amount=Money(125_000, "EUR"),
        was=Money(156_000, "EUR"),
        moment=now,
        pictures=await queries.some_pictures(db),
    )


router: Final = staff_router("/studio", [components])
