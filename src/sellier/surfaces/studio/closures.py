"""`/studio/closures`: boutiques that close, what that would do, what it did, and who waits."""

import re
from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import queries, service
from sellier.domain.closures.errors import (
    AlreadyClosing,
    ClosureNotFound,
    ClosureRefused,
    LastOpenPlace,
    PlannerMissing,
)
from sellier.domain.closures.queries import ClosureRead
from sellier.domain.closures.service import Rehearsal, Wish
from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.infra.web import Form, Sessions
from sellier.kernel.errors import Refusal
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router
from sellier.surfaces.studio import shown
from sellier.surfaces.studio.queries import figures
from sellier.surfaces.studio.queries import sourcing as studio

PREVIEW_SECONDS: Final = 8.0  # its reader waits
CODES_LONGEST: Final = 20_000

Seen = Annotated[str, QueryParameter(max_length=20)]
Number = Annotated[str, PathParameter(max_length=20)]


class ClosureForm(Form, frozen=True, kw_only=True):
    """Which boutiques close: chosen, or their codes pasted; from a day or now; and why."""

    place: tuple[str, ...] | str = ()
    codes: Annotated[str, msgspec.Meta(max_length=CODES_LONGEST)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""
    starts_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    reopens_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    do: Annotated[str, msgspec.Meta(max_length=10)] = "preview"
    key: UUID | None = None

    @property
    def named(self) -> Sequence[str]:
        """Return the codes that were chosen or pasted, each once."""
        chosen = (self.place,) if isinstance(self.place, str) else self.place
        return [*dict.fromkeys([*chosen, *re.split(r"[\s,;]+", self.codes)])]


class TurnForm(Form, frozen=True, kw_only=True):
    """A button alone."""

    key: UUID | None = None


ClosureBody = Annotated[ClosureForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
TurnBody = Annotated[TurnForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/closures", right=Right.READ_ORDERS)
async def listed(*, visit: Visiting) -> Template:
    """List closures, the newest first."""
    found = await queries.closures(visit.db)
    return visit.page(
        "studio/closures/page.html",
        zone=await figures.clock(visit.db),
        closures=found,
        people=await studio.people(visit.db, by=[each.by for each in found]),
    )


@get("/closures/new", right=Right.CLOSE_LOCATIONS)
async def new(*, visit: Visiting) -> Template:
    """Show an empty form."""
    return await _form(visit, form=ClosureForm())


@post("/closures/new", status_code=200, right=Right.CLOSE_LOCATIONS)
async def write(*, visit: Visiting, sessions: Sessions, data: ClosureBody) -> Answer:
    """Show what a closure would do, in figures; or write it down."""
    refusal: Refusal | None = None
    told: Rehearsal | None = None
    try:
        async with sessions.begin() as db:
            wish = await _wish(db, data, now=visit.now)
            if data.do == "close":
                closure_id = await service.schedule(db, wish=wish, by=visit.by, now=visit.now)
                found = await queries.closure_by_id(db, closure_id=closure_id)
                assert found is not None, "it was written a moment ago"
                return Redirect(f"/studio/closures/{found.number}", status_code=303)
        told = await service.rehearse(
            sessions, location_ids=wish.location_ids, now=visit.now, seconds=PREVIEW_SECONDS
        )
    except (ClosureRefused, AlreadyClosing, LastOpenPlace, PlannerMissing) as error:
        refusal = error
    return await _form(visit, form=data, refusal=refusal, told=told)


@get("/closures/{number:str}", right=Right.READ_ORDERS)
async def one(*, visit: Visiting, number: Number) -> Template:
    """Show what moved, what waits for whom, and what it cost."""
    return await _one(visit, number)


@get("/closures/{number:str}/changes", right=Right.READ_ORDERS)
async def changes(*, visit: Visiting, number: Number, seen: Seen = "") -> Template | Response[None]:
    """Show how it stands, unless it is still as it was `seen`."""
    told = await _told(visit.db, number)
    if told.mark == seen:
        return Response(None, status_code=204)
    return await _shown(visit, "studio/closures/changes.html", told)


@post("/closures/{number:str}/reopening", status_code=200, right=Right.CLOSE_LOCATIONS)
async def reopen(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Have the boutiques take work again; before it began, give the closure up."""
    assert data is not None
    found = await _closure(visit.db, number)
    turn = service.cancel if found.state == "scheduled" else service.reopen
    act = turn(visit.db, closure_id=found.id, by=visit.by, now=visit.now)
    return await _turned(visit, act, number)


@post("/closures/{number:str}/end", status_code=200, right=Right.CLOSE_LOCATIONS)
async def finish(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Say that nothing waits there any more; refused while something does."""
    assert data is not None
    found = await _closure(visit.db, number)
    act = service.finish(visit.db, closure_id=found.id, by=visit.by, now=visit.now)
    return await _turned(visit, act, number)


async def _turned(visit: Visit, act: Awaitable[None], number: str) -> Answer:
    if refusal := await visit.attempt(act):
        return await _one(visit, number, refusal=refusal)
    return Redirect(f"/studio/closures/{number}", status_code=303)


async def _closure(db: AsyncSession, number: str) -> ClosureRead:
    found = await queries.closure_by_number(db, number=number)
    if found is None:
        raise ClosureNotFound("There is no such closure. Go back to the list.")
    return found


async def _wish(db: AsyncSession, form: ClosureForm, *, now: datetime) -> Wish:
    ids = await locations.ids_by_code(db)
    unknown = [code for code in form.named if code and code not in ids]
    if unknown:
        raise ClosureRefused(f"There is no location {unknown[0]}.", field="codes", code=unknown[0])
    zone = ZoneInfo(await figures.clock(db))
    return Wish(
        location_ids=[ids[code] for code in form.named if code],
        reason=form.reason,
        starts_at=_morning(form.starts_on, zone) or now,
        planned_reopening=_morning(form.reopens_on, zone),
    )


def _morning(said: str, zone: ZoneInfo) -> datetime | None:
    """Return the first moment of a day, or None where none is said. Raises `ClosureRefused`."""
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError as error:
        raise ClosureRefused("Write a day as 2026-12-24.", field="starts_on") from error
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


async def _form(
    visit: Visit,
    *,
    form: ClosureForm,
    refusal: Refusal | None = None,
    told: Rehearsal | None = None,
) -> Template:
    places = await locations.locations(visit.db)
    return visit.page(
        "studio/closures/new.html",
        refusal=refusal,
        places=places,
        form=form,
        chosen=set(form.named),
        told=told,
        names={place.id: place.name for place in places},
    )


async def _told(db: AsyncSession, number: str) -> shown.ClosureTold:
    found = await _closure(db, number)
    return shown.ClosureTold(
        closure=found,
        given=await queries.given(db, closure_id=found.id),
        moves=await queries.moves(db, closure_id=found.id),
        waiting=await queries.waiting(db, closure_id=found.id),
        coming=await queries.coming(db, closure_id=found.id),
        plans=await queries.plans(db, closure_id=found.id),
        history=await queries.transitions(db, closure_id=found.id),
    )


async def _one(visit: Visit, number: str, *, refusal: Refusal | None = None) -> Template:
    told = await _told(visit.db, number)
    return await _shown(visit, "studio/closures/closure.html", told, refusal=refusal)


async def _shown(
    visit: Visit, template: str, told: shown.ClosureTold, *, refusal: Refusal | None = None
) -> Template:
    return visit.page(
        template,
        refusal=refusal,
        zone=await figures.clock(visit.db),
        told=told,
        closure=told.closure,
        people=await studio.people(visit.db, by=[each.by for each in told.history]),
    )


router = staff_router("/studio", [listed, new, write, one, changes, reopen, finish])
