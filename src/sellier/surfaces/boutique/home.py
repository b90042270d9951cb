"""`/boutique`: my boutique today."""

from typing import Final

from litestar import get
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.boutique.queries import orders, place
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router

NEXT_ORDERS: Final = 5


@get("/", right=Right.LOOK_UP_PIECES)
async def today(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """Show what waits here, and the field that finds a piece."""
    here = await place.here(db, location_id=staff.location_id)
    waiting = await orders.waiting(db, location_id=staff.location_id, limit=NEXT_ORDERS)
    return staff_page(
        request,
        "boutique/home/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        waiting=waiting,
        now=now,
    )


router: Final = staff_router("/boutique", [today])
