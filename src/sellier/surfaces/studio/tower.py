"""`/studio/tower`: what is late, stuck or unsourced, and where; it keeps itself up to date."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.surfaces.doors.staff import Visit, Visiting, staff_router
from sellier.surfaces.studio import rules, shown
from sellier.surfaces.studio.queries import figures, tower
from sellier.surfaces.studio.queries.sourcing import place_names

Seen = Annotated[str, QueryParameter(max_length=400)]
Place = Annotated[str, QueryParameter(max_length=50)]


@get("/tower", right=Right.READ_ORDERS)
async def board(*, visit: Visiting) -> Template:
    """Show all that waits for a person."""
    told = await _told(visit.db, now=visit.now)
    return await _shown(visit, "studio/tower/page.html", told, changed=set(told.marks))


@get("/tower/changes", right=Right.READ_ORDERS)
async def changes(*, visit: Visiting, seen: Seen = "") -> Template | Response[None]:
    """Show the parts that are not as they were `seen`, or nothing."""
    told = await _told(visit.db, now=visit.now)
    before = dict(part.split(":", 1) for part in seen.split(".") if ":" in part)
    changed = {name for name, mark in told.marks.items() if before.get(name) != mark}
    if not changed:
        return Response(None, status_code=204)
    return await _shown(visit, "studio/tower/changes.html", told, changed=changed)


@get("/tower/{lane:str}", right=Right.READ_ORDERS)
async def listed(
    *, visit: Visiting, lane: Annotated[rules.Lane, PathParameter()], place: Place = ""
) -> Template:
    """List the work of one lane, at one place or all."""
    db = visit.db
    return visit.page(
        "studio/tower/lane.html",
        zone=await figures.clock(db),
        now=visit.now,
        lane=lane,
        lanes=list(rules.Lane),
        place=place,
        names=await place_names(db),
        works=await tower.works(db, lane=lane, place=place, now=visit.now),
        most=tower.LANE_MAX,
    )


async def _shown(
    visit: Visit, template: str, told: shown.Tower, *, changed: Collection[str]
) -> Template:
    return visit.page(
        template,
        zone=await figures.clock(visit.db),
        now=visit.now,
        told=told,
        marks=told.marks,
        changed=changed,
    )


async def _told(db: AsyncSession, *, now: datetime) -> shown.Tower:
    machinery = await tower.machinery(db)
    return shown.Tower(
        lanes=await tower.lanes(db, now=now),
        places=await tower.places(db, now=now),
        money=await tower.money(db, now=now),
        parcels=await tower.parcels(db, now=now),
        machinery=machinery,
        is_silent=rules.is_silent(machinery.seen_at, now),
        is_behind=rules.is_late(machinery.oldest_at, now),
    )


router: Final = staff_router("/studio", [board, changes, listed])
