"""`/boutique/handover`, `/boutique/collect`: what leaves with a carrier, or its customer."""

from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect, Template

from sellier.domain.identity.states import Right
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import FulfillmentNotFound, UnitsRefused
from sellier.domain.orders.states import Work
from sellier.infra.web import Form
from sellier.kernel import parsing
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId
from sellier.kernel.parsing import Unreadable
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import place, tasks
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router

Words = Annotated[str, QueryParameter(max_length=100)]
Day = Annotated[str, QueryParameter(max_length=10)]


class ParcelsForm(Form, frozen=True, kw_only=True):
    """The parcels that a carrier takes along."""

    parcel: UUID | Annotated[list[UUID], msgspec.Meta(max_length=tasks.TASKS_MAX)] = msgspec.field(
        default_factory=list
    )


ParcelsBody = Annotated[ParcelsForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/handover", right=Right.PREPARE_ORDERS)
async def waiting(*, visit: Visiting) -> Template:
    """List the parcels that wait for the carrier."""
    return await _parcels(visit)


@post("/handover", right=Right.PREPARE_ORDERS)
async def hand_over(*, visit: Visiting, data: ParcelsBody) -> Answer:
    """Give parcels to the carrier, all of them or none, and print what left."""
    here = visit.staff.location_id
    if here is None:
        raise FulfillmentNotFound("Parcels are handed over by the associates of a boutique.")
    named = data.parcel if isinstance(data.parcel, list) else [data.parcel]
    ids = [FulfillmentId(each) for each in named]

    async def act() -> None:
        if len(await tasks.to_hand_over(visit.db, location_id=here, ids=ids)) < len(set(ids)):
            raise UnitsRefused("Choose parcels that wait here with their label.")
        await orders.hand_over_all(
            visit.db, fulfillment_ids=ids, at=here, by=visit.by, now=visit.now
        )

    if refusal := await visit.attempt(act()):
        return await _parcels(visit, refusal=refusal)
    return Redirect("/boutique/manifest", status_code=303)


@get("/manifest", right=Right.PREPARE_ORDERS)
async def manifest(*, visit: Visiting, day: Day = "") -> Template:
    """Show what left with carriers on a day: a sheet for the driver to sign."""
    here = await place.here(visit.db, location_id=visit.staff.location_id)
    try:
        chosen = parsing.day(day)
    except Unreadable:
        chosen = visit.now.astimezone(ZoneInfo(here.time_zone)).date()
    since, until = rules.day_in(here.time_zone, chosen)
    return visit.page(
        "boutique/handover/manifest.html",
        boutique=here,
        day=chosen,
        parcels=await tasks.left(
            visit.db, location_id=visit.staff.location_id, since=since, until=until
        ),
        now=visit.now,
    )


@get("/collect", right=Right.PREPARE_ORDERS)
async def pickups(*, visit: Visiting, q: Words = "") -> Answer:
    """Find what waits for a customer; the code they say leads straight to it."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await tasks.tasks(
        visit.db, location_id=visit.staff.location_id, now=visit.now, words=words, state=Work.READY
    )
    if words and len(found) == 1:
        return Redirect(found[0].url, query_params={"code": words}, status_code=303)
    return visit.page(
        "boutique/collect/page.html",
        boutique=await place.here(visit.db, location_id=visit.staff.location_id),
        words=words,
        found=found,
        now=visit.now,
    )


async def _parcels(visit: Visit, *, refusal: Refusal | None = None) -> Template:
    here = visit.staff.location_id
    return visit.page(
        "boutique/handover/page.html",
        boutique=await place.here(visit.db, location_id=here),
        parcels=await tasks.tasks(visit.db, location_id=here, now=visit.now, state=Work.PACKED),
        now=visit.now,
        refusal=refusal,
    )


router: Final = staff_router("/boutique", [waiting, hand_over, manifest, pickups])
