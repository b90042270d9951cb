"""`/studio/locations`: what each place holds, what it gives to channels, and its ledger."""

from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.infra.web import Db, Visitor
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio.queries import figures, places, stock
from sellier.surfaces.studio.stock import PlaceNotFound

Code = Annotated[str, PathParameter(max_length=50)]
After = Annotated[str, QueryParameter(max_length=50)]
Before = Annotated[int, QueryParameter(ge=1, le=stock.BIG)]


@get("/locations", right=Right.READ_STOCK)
async def listed(*, request: Visitor, db: Db, staff: Staff, lang: Lang) -> Template:
    """List every place of the group."""
    return staff_page(
        request,
        "studio/locations/page.html",
        staff=staff,
        lang=lang,
        places=await places.places(db),
    )


@get("/locations/{code:str}", right=Right.READ_STOCK)
async def whole(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    code: Code,
    after: After = "",
    before: Before = stock.BIG,
) -> Template:
    """Show one place."""
    place = next((one for one in await locations.locations(db) if one.code == code), None)
    if place is None:
        raise PlaceNotFound("There is no place of this code.")
    positions = await places.positions(db, location_id=place.id, after=after, lang=lang)
    movements = await places.ledger(db, location_id=place.id, before=before)
    return staff_page(
        request,
        "studio/locations/place.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        place=place,
        terms=await places.terms(db, location_id=place.id),
        positions=positions,
        after=after,
        further=positions[-1].sku if len(positions) == places.POSITIONS_MAX else None,
        movements=movements,
        is_newest=before == stock.BIG,
        older=movements[-1].id if len(movements) == places.MOVEMENTS_MAX else None,
    )


router: Final = staff_router("/studio", [listed, whole])
