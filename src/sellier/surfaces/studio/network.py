"""`/studio/network`: every place of the group on a map, and in the table beneath."""

from typing import Annotated, Final

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio.projection import AREAS, area_of, draw
from sellier.surfaces.studio.queries import figures, network

Part = Annotated[str, QueryParameter(max_length=10)]


@get("/network", right=Right.READ_ORDERS)
async def drawn(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, part: Part = ""
) -> Template:
    """Draw the network, whole, or a part of it: a country by its code, or one of the world."""
    spots = await network.spots(db, now=now)
    shown = [spot for spot in spots if part in ("", spot.country, area_of(spot))]
    return staff_page(
        request,
        "studio/network/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        part=part,
        areas=[area for area in AREAS if any(area_of(spot) == area for spot in spots)],
        countries=sorted({spot.country for spot in spots}),
        map=draw(shown, is_near=part not in ("", *AREAS)),
        spots=sorted(shown, key=lambda spot: (-spot.late, -spot.orders, spot.code)),
    )


router: Final = staff_router("/studio", [drawn])
