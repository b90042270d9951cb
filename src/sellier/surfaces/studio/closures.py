"""`/studio/closures`: boutiques that close, what that would do, what it did, and who waits."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import queries, service
from sellier.domain.closures.errors import (
    AlreadyClosing,
    ClosureNotFound,
    ClosureRefused,
    LastOpenPlace,
    NotEmpty,
    PlannerMissing,
    TransitionRefused,
)
from sellier.domain.closures.queries import ClosureRead
from sellier.domain.closures.service import Rehearsal, Wish
from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.infra.web import Db, Form, Now, Sessions, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import LocationId
from sellier.surfaces.doors.staff import Lang, Staff, author, staff_page, staff_router
from sellier.surfaces.studio.queries import figures
from sellier.surfaces.studio.queries import sourcing as studio

PREVIEW_SECONDS: Final = 8.0  # its reader waits
CODES_LONGEST: Final = 20_000

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
async def listed(*, request: Visitor, db: Db, staff: Staff, lang: Lang) -> Template:
    """List closures, the newest first."""
    found = await queries.closures(db)
    return staff_page(
        request,
        "studio/closures/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        closures=found,
        people=await studio.people(db, by=[each.by for each in found]),
    )


@get("/closures/new", right=Right.CLOSE_LOCATIONS)
async def new(*, request: Visitor, db: Db, staff: Staff, lang: Lang) -> Template:
    """Show an empty form."""
    return await _form(request, db, staff=staff, lang=lang, form=ClosureForm())


@post("/closures/new", status_code=200, right=Right.CLOSE_LOCATIONS)
async def write(
    *, request: Visitor, sessions: Sessions, staff: Staff, lang: Lang, now: Now, data: ClosureBody
) -> Template | Redirect:
    """Show what a closure would do, in figures; or write it down."""
    refusal: Refusal | None = None
    told: Rehearsal | None = None
    try:
        async with sessions.begin() as db:
            wish = await _wish(db, data, now=now)
            if data.do == "close":
                by = author(staff)
                closure_id = await service.schedule(db, wish=wish, by=by, now=now)
                found = await queries.closure_by_id(db, closure_id=closure_id)
                assert found is not None, "it was written a moment ago"
                return Redirect(f"/studio/closures/{found.number}", status_code=303)
        told = await service.rehearse(
            sessions, location_ids=wish.location_ids, now=now, seconds=PREVIEW_SECONDS
        )
    except (ClosureRefused, AlreadyClosing, LastOpenPlace, PlannerMissing) as error:
        refusal = error
    async with sessions.begin() as db:
        return await _form(
            request, db, staff=staff, lang=lang, form=data, refusal=refusal, told=told
        )


@get("/closures/{number:str}", right=Right.READ_ORDERS)
async def one(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show what moved, what waits for whom, and what it cost."""
    return await _one(request, db, staff=staff, lang=lang, found=await _closure(db, number))


@post("/closures/{number:str}/reopening", status_code=200, right=Right.CLOSE_LOCATIONS)
async def reopen(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: TurnBody,
) -> Template | Redirect:
    """Have the boutiques take work again; before it began, give the closure up."""
    assert data is not None
    found = await _closure(db, number)
    by = author(staff)
    turn = service.cancel if found.state == "scheduled" else service.reopen
    try:
        async with db.begin_nested():
            await turn(db, closure_id=found.id, by=by, now=now)
    except TransitionRefused as refusal:
        again = await _closure(db, number)
        return await _one(request, db, staff=staff, lang=lang, found=again, refusal=refusal)
    return Redirect(f"/studio/closures/{number}", status_code=303)


@post("/closures/{number:str}/end", status_code=200, right=Right.CLOSE_LOCATIONS)
async def finish(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: TurnBody,
) -> Template | Redirect:
    """Say that nothing waits there any more; refused while something does."""
    assert data is not None
    found = await _closure(db, number)
    by = author(staff)
    try:
        async with db.begin_nested():
            await service.finish(db, closure_id=found.id, by=by, now=now)
    except (NotEmpty, TransitionRefused) as refusal:
        again = await _closure(db, number)
        return await _one(request, db, staff=staff, lang=lang, found=again, refusal=refusal)
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
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    form: ClosureForm,
    refusal: Refusal | None = None,
    told: Rehearsal | None = None,
) -> Template:
    places = await locations.locations(db)
    names: Mapping[LocationId, str] = {one.id: one.name for one in places}
    return staff_page(
        request,
        "studio/closures/new.html",
        staff=staff,
        lang=lang,
        places=places,
        form=form,
        chosen=set(form.named),
        refusal=refusal,
        told=told,
        work=sorted(told.work.items(), key=lambda each: -each[1])[:10] if told else (),
        names=names,
    )


async def _one(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    found: ClosureRead,
    refusal: Refusal | None = None,
) -> Template:
    history = await queries.transitions(db, closure_id=found.id)
    return staff_page(
        request,
        "studio/closures/closure.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        closure=found,
        plans=await queries.plans(db, closure_id=found.id),
        moves=await queries.moves(db, closure_id=found.id),
        waiting=await queries.waiting(db, closure_id=found.id),
        history=history,
        people=await studio.people(db, by=[each.by for each in history]),
        refusal=refusal,
    )


router = staff_router("/studio", [listed, new, write, one, reopen, finish])
