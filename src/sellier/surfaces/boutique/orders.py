"""`/boutique/orders`: the orders that this boutique prepares, and nobody else's."""

from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.domain.orders.errors import OrderNotFound
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.boutique.queries import orders, place
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router

Number = Annotated[str, PathParameter(max_length=20)]


@get("/orders", right=Right.PREPARE_ORDERS)
async def to_prepare(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """List what waits here, longest waiting first."""
    here = await place.here(db, location_id=staff.location_id)
    waiting = await orders.waiting(db, location_id=staff.location_id)
    return staff_page(
        request,
        "boutique/orders/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        waiting=waiting,
        now=now,
    )


@get("/orders/{number:str}", right=Right.PREPARE_ORDERS)
async def sheet(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, number: Number
) -> Template:
    """Show what to pick here for one order. Another boutique's order is not found."""
    here = await place.here(db, location_id=staff.location_id)
    found = await orders.sheet(db, number=number, location_id=staff.location_id, lang=lang)
    if found is None:
        raise OrderNotFound("There is no such order to prepare here.")
    return staff_page(
        request,
        "boutique/orders/sheet.html",
        staff=staff,
        lang=lang,
        boutique=here,
        order=found,
        now=now,
    )


router: Final = staff_router("/boutique", [to_prepare, sheet])
