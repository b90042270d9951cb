"""`/boutique`: what is to be done in my boutique, the most urgent first."""

from typing import Final

from litestar import get
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import place, tasks
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router


@get(["/", "/orders"], right=Right.LOOK_UP_PIECES)
async def today(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """Show what waits here by what is to be done, and the field that finds a piece."""
    here = await place.here(db, location_id=staff.location_id)
    waiting = await tasks.tasks(db, location_id=staff.location_id, now=now)
    return staff_page(
        request,
        "boutique/home/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        groups=rules.grouped(waiting),
        now=now,
    )


router: Final = staff_router("/boutique", [today])
