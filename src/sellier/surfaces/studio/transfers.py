"""`/studio/transfers`: units that go from one location to another."""

from collections.abc import Awaitable
from datetime import datetime
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
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import transfers
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import TransferId, new_id
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import LinesBody, LinesForm, TurnBody
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


class DraftForm(Form, frozen=True, kw_only=True):
    """A transfer as somebody wants it. `key` is the form's own: sent twice, it is one transfer."""

    key: UUID
    origin: Annotated[str, msgspec.Meta(max_length=50)]
    destination: Annotated[str, msgspec.Meta(max_length=50)]
    scanned: Annotated[str, msgspec.Meta(max_length=papers.SCANNED_LONGEST)]
    expected_on: Annotated[str, msgspec.Meta(max_length=10)] = ""


DraftBody = Annotated[DraftForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/transfers", right=Right.READ_STOCK)
async def listed(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, over: Over = False
) -> Template:
    """List the transfers that go on, or those that are over."""
    return await _list(request, db, staff=staff, lang=lang, over=over)


@post("/transfers", right=Right.MOVE_STOCK)
async def draft(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: DraftBody
) -> Template | Redirect:
    """Write a transfer down."""
    places = {place.code: place for place in await locations.locations(db)}

    async def act() -> None:
        if not {data.origin, data.destination} <= set(places):
            raise UnknownPlace("There is no such location.")
        goal = places[data.destination]
        await transfers.draft(
            db,
            transfer_id=TransferId(data.key),
            origin_id=places[data.origin].id,
            destination_id=goal.id,
            lines=await papers.scanned(db, data.scanned),
            expected_at=papers.day_of(data.expected_on, closes=goal.closes, zone=goal.time_zone),
            now=now,
        )

    if refusal := await attempt(db, act()):
        return await _list(request, db, staff=staff, lang=lang, refused=(data, refusal))
    number = await stock.number_of(db, paper_id=data.key)
    return Redirect(f"/studio/transfers/{number}", status_code=303)


@get("/transfers/{number:str}", right=Right.READ_STOCK)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show one transfer: its lines, where they are, and what happened to it."""
    return await _page(request, db, staff=staff, lang=lang, number=number)


@post("/transfers/{number:str}/lines", right=Right.MOVE_STOCK)
async def amend(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Replace what a draft says."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)

    async def act() -> None:
        await transfers.amend(
            db,
            turn=data.turn(paper),
            lines=await papers.scanned(db, data.scanned),
            expected_at=_day(data, paper),
            by=author(staff),
            now=now,
        )

    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act())


@post("/transfers/{number:str}/request", right=Right.MOVE_STOCK)
async def ask(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Ask the location to send."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)
    act = transfers.request(db, turn=data.turn(paper), by=author(staff), now=now)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/transfers/{number:str}/dispatch", right=Right.MOVE_STOCK)
async def send(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Let units leave."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)

    async def act() -> None:
        await transfers.send(
            db,
            turn=data.turn(paper),
            sent=papers.units_of(data),
            expected_at=_day(data, paper),
            by=author(staff),
            now=now,
        )

    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act())


@post("/transfers/{number:str}/arrival", right=Right.MOVE_STOCK)
async def receive(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Take in what arrived."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)

    async def act() -> None:
        await transfers.receive(
            db,
            turn=data.turn(paper),
            arrived=await papers.arrived(db, data),
            by=author(staff),
            now=now,
        )

    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act())


@post("/transfers/{number:str}/loss", right=Right.MOVE_STOCK)
async def close(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Book what is still in transit as lost."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)
    note = data.note.strip() or None
    by = author(staff)
    act = transfers.close(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/transfers/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Do not send it."""
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)
    note = data.note.strip() or None
    by = author(staff)
    act = transfers.cancel(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


def _day(form: LinesForm, paper: PaperRead) -> datetime | None:
    return papers.day_of(form.expected_on, closes=paper.closes, zone=paper.time_zone)


async def _list(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    over: bool = False,
    refused: tuple[DraftForm, Refusal] | None = None,
) -> Template:
    form, refusal = refused or (None, None)
    return staff_page(
        request,
        "studio/transfers/page.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        zone=await figures.clock(db),
        transfers=await stock.transfers(db, is_over=over),
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
        return Redirect(f"/studio/transfers/{number}", status_code=303)
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
    paper = await papers.found(db, number=number, kind=Kind.TRANSFER)
    return staff_page(
        request,
        "studio/transfers/transfer.html",
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


router: Final = staff_router(
    "/studio", [listed, draft, whole, amend, ask, send, receive, close, cancel]
)
