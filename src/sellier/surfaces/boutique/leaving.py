"""`/boutique/handover`, `/boutique/collect`: what leaves with a carrier, or its customer."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.queries import SignedIn
from sellier.domain.identity.states import Right
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import FulfillmentNotFound, UnitsRefused
from sellier.domain.orders.states import Work
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel import parsing
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId
from sellier.kernel.parsing import Unreadable
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import place, tasks
from sellier.surfaces.doors.staff import (
    Lang,
    Staff,
    attempt,
    author,
    staff_page,
    staff_router,
    status_of,
)

Words = Annotated[str, QueryParameter(max_length=100)]
Day = Annotated[str, QueryParameter(max_length=10)]


class ParcelsForm(Form, frozen=True, kw_only=True):
    """The parcels that a carrier takes along."""

    parcel: UUID | Annotated[list[UUID], msgspec.Meta(max_length=tasks.TASKS_MAX)] = msgspec.field(
        default_factory=list
    )


ParcelsBody = Annotated[ParcelsForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/handover", right=Right.PREPARE_ORDERS)
async def waiting(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """List the parcels that wait for the carrier."""
    return await _parcels(request, db, staff=staff, lang=lang, now=now)


@post("/handover", right=Right.PREPARE_ORDERS)
async def hand_over(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, data: ParcelsBody
) -> Template | Redirect:
    """Give parcels to the carrier, all of them or none, and print what left."""
    here = staff.location_id
    if here is None:
        raise FulfillmentNotFound("Parcels are handed over by the associates of a boutique.")
    named = data.parcel if isinstance(data.parcel, list) else [data.parcel]
    ids = [FulfillmentId(each) for each in named]

    async def act() -> None:
        if len(await tasks.to_hand_over(db, location_id=here, ids=ids)) < len(set(ids)):
            raise UnitsRefused("Choose parcels that wait here with their label.")
        by = author(staff)
        await orders.hand_over_all(db, fulfillment_ids=ids, at=here, by=by, now=now)

    if refusal := await attempt(db, act()):
        return await _parcels(request, db, staff=staff, lang=lang, now=now, refusal=refusal)
    return Redirect("/boutique/manifest", status_code=303)


@get("/manifest", right=Right.PREPARE_ORDERS)
async def manifest(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, day: Day = ""
) -> Template:
    """Show what left with carriers on a day: a sheet for the driver to sign."""
    here = await place.here(db, location_id=staff.location_id)
    try:
        chosen = parsing.day(day)
    except Unreadable:
        chosen = now.astimezone(ZoneInfo(here.time_zone)).date()
    since, until = rules.day_in(here.time_zone, chosen)
    return staff_page(
        request,
        "boutique/handover/manifest.html",
        staff=staff,
        lang=lang,
        boutique=here,
        day=chosen,
        parcels=await tasks.left(db, location_id=staff.location_id, since=since, until=until),
        now=now,
    )


@get("/collect", right=Right.PREPARE_ORDERS)
async def pickups(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, q: Words = ""
) -> Template | Redirect:
    """Find what waits for a customer; the code they say leads straight to it."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await tasks.tasks(
        db, location_id=staff.location_id, now=now, words=words, state=Work.READY
    )
    if words and len(found) == 1:
        return Redirect(found[0].url, query_params={"code": words}, status_code=303)
    return staff_page(
        request,
        "boutique/collect/page.html",
        staff=staff,
        lang=lang,
        boutique=await place.here(db, location_id=staff.location_id),
        words=words,
        found=found,
        now=now,
    )


async def _parcels(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: SignedIn,
    lang: str,
    now: datetime,
    refusal: Refusal | None = None,
) -> Template:
    here = staff.location_id
    return staff_page(
        request,
        "boutique/handover/page.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=await place.here(db, location_id=here),
        parcels=await tasks.tasks(db, location_id=here, now=now, state=Work.PACKED),
        refusal=refusal,
        now=now,
    )


router: Final = staff_router("/boutique", [waiting, hand_over, manifest, pickups])
