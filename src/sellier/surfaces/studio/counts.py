"""`/studio/counts`: what was counted where, and what becomes of what differs."""

from collections.abc import Awaitable
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.stock.errors import UnknownPlace
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind
from sellier.domain.stock.rules import UNITS_MAX
from sellier.domain.stock.service import counts
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import StockCountId, new_id
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import TurnBody
from sellier.surfaces.doors.staff import (
    Lang,
    Staff,
    attempt,
    author,
    staff_page,
    staff_router,
    status_of,
)
from sellier.surfaces.studio.queries import figures

Number = Annotated[str, PathParameter(max_length=20)]
Over = Annotated[bool, QueryParameter()]


class CountForm(Form, frozen=True, kw_only=True):
    """What is to be counted. `key` is the form's own: sent twice, it is one count."""

    key: UUID
    place: Annotated[str, msgspec.Meta(max_length=50)]
    shelf: Annotated[str, msgspec.Meta(max_length=100)] = ""
    scanned: Annotated[str, msgspec.Meta(max_length=papers.SCANNED_LONGEST)] = ""
    tolerance: Annotated[int, msgspec.Meta(ge=0, le=UNITS_MAX)] = 0


CountBody = Annotated[CountForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/counts", right=Right.READ_STOCK)
async def listed(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, over: Over = False
) -> Template:
    """List the counts that go on, or those that are over."""
    return await _list(request, db, staff=staff, lang=lang, over=over)


@post("/counts", right=Right.MOVE_STOCK)
async def begin(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: CountBody
) -> Template | Redirect:
    """Ask a location to count."""
    place = (await locations.ids_by_code(db)).get(data.place)

    async def act() -> None:
        if place is None:
            raise UnknownPlace("There is no such location.")
        await counts.open_count(
            db,
            count_id=StockCountId(data.key),
            location_id=place,
            skus=list(await papers.scanned(db, data.scanned)),
            shelf=data.shelf.strip() or None,
            tolerance=data.tolerance,
            now=now,
        )

    if refusal := await attempt(db, act()):
        return await _list(request, db, staff=staff, lang=lang, refused=(data, refusal))
    number = await stock.number_of(db, paper_id=data.key)
    return Redirect(f"/studio/counts/{number}", status_code=303)


@get("/counts/{number:str}", right=Right.READ_STOCK)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show one count beside the books."""
    return await _page(request, db, staff=staff, lang=lang, number=number)


@post("/counts/{number:str}/approval", right=Right.APPROVE_COUNTS)
async def approve(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Put what was found on the books."""
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    by, note = author(staff), data.note.strip() or None
    act = counts.approve(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/counts/{number:str}/repetition", right=Right.APPROVE_COUNTS)
async def recount(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Have what differs counted again."""
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    by, note = author(staff), data.note.strip() or None
    act = counts.recount(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/counts/{number:str}/rejection", right=Right.APPROVE_COUNTS)
async def reject(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Let the books stand."""
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    by, note = author(staff), data.note.strip() or None
    act = counts.reject(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/counts/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Give up a count."""
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    act = counts.cancel(db, turn=data.turn(paper), by=author(staff), now=now)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


async def _list(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    over: bool = False,
    refused: tuple[CountForm, Refusal] | None = None,
) -> Template:
    form, refusal = refused or (None, None)
    return staff_page(
        request,
        "studio/counts/page.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        zone=await figures.clock(db),
        counts=await stock.counts(db, is_over=over),
        is_over=over,
        places=await locations.locations(db),
        key=new_id(),
        form=form,
        refusal=refusal,
    )


async def _turn(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    number: str,
    act: Awaitable[object],
) -> Template | Redirect:
    refusal = await attempt(db, act)
    if refusal is None:
        return Redirect(f"/studio/counts/{number}", status_code=303)
    return await _page(request, db, staff=staff, lang=lang, number=number, refusal=refusal)


async def _page(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    number: str,
    refusal: Refusal | None = None,
) -> Template:
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    return staff_page(
        request,
        "studio/counts/count.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        zone=await figures.clock(db),
        paper=paper,
        lines=await stock.lines(db, paper=paper, lang=lang),
        history=await stock.turns(db, paper_id=paper.id),
        key=new_id(),
        refusal=refusal,
    )


router: Final = staff_router("/studio", [listed, begin, whole, approve, recount, reject, cancel])
