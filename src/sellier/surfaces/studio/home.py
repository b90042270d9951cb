"""`/studio`: how the day goes."""

from typing import Final

from litestar import get
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio import rules
from sellier.surfaces.studio.queries import figures


@get("/", right=Right.ENTER_STUDIO)
async def today(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """Show today's figures and what needs a hand."""
    zone = await figures.clock(db)
    counted = await figures.figures(db, today=rules.day_start(now, zone))
    return staff_page(
        request,
        "studio/home/page.html",
        staff=staff,
        lang=lang,
        zone=zone,
        now=now,
        figures=counted,
        boutiques=await figures.boutiques(db),
        is_silent=rules.is_silent(counted.worker_seen_at, now),
        is_late=rules.is_late(counted.oldest_event_at, now),
    )


router: Final = staff_router("/studio", [today])
