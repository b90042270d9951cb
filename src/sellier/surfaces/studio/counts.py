"""`/studio/counts`: what was counted where, and what becomes of what differs."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.stock.errors import UnknownPlace
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind
from sellier.domain.stock.rules import UNITS_MAX
from sellier.domain.stock.service import counts
from sellier.infra.web import Form
from sellier.kernel.ids import StockCountId
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import TurnBody
from sellier.surfaces.doors.staff import Answer, Visiting, staff_router
from sellier.surfaces.studio.papers import PaperPages

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
COUNTS: Final = PaperPages(kind=Kind.COUNT, folder="studio/counts", template="count.html")


@get("/counts", right=Right.READ_STOCK)
async def listed(*, visit: Visiting, over: Over = False) -> Template:
    """List the counts that go on, or those that are over."""
    found = await stock.counts(visit.db, is_over=over)
    return await COUNTS.overview(visit, found, over=over)


@post("/counts", right=Right.MOVE_STOCK)
async def begin(*, visit: Visiting, data: CountBody) -> Answer:
    """Ask a location to count."""
    place = (await locations.ids_by_code(visit.db)).get(data.place)

    async def act() -> None:
        if place is None:
            raise UnknownPlace("There is no such location.")
        await counts.open_count(
            visit.db,
            count_id=StockCountId(data.key),
            location_id=place,
            skus=list(await papers.scanned(visit.db, data.scanned)),
            shelf=data.shelf.strip() or None,
            tolerance=data.tolerance,
            now=visit.now,
        )

    if refusal := await visit.attempt(act()):
        found = await stock.counts(visit.db, is_over=False)
        return await COUNTS.overview(visit, found, over=False, refused=(data, refusal))
    number = await stock.number_of(visit.db, paper_id=data.key)
    return Redirect(f"/studio/counts/{number}", status_code=303)


@get("/counts/{number:str}", right=Right.READ_STOCK)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show one count beside the books."""
    return await COUNTS.show(visit, number=number)


@post("/counts/{number:str}/approval", right=Right.APPROVE_COUNTS)
async def approve(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Put what was found on the books."""
    paper = await COUNTS.found(visit, number)
    note = data.note.strip() or None
    act = counts.approve(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await COUNTS.turn(visit, act, number=number)


@post("/counts/{number:str}/repetition", right=Right.APPROVE_COUNTS)
async def recount(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Have what differs counted again."""
    paper = await COUNTS.found(visit, number)
    note = data.note.strip() or None
    act = counts.recount(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await COUNTS.turn(visit, act, number=number)


@post("/counts/{number:str}/rejection", right=Right.APPROVE_COUNTS)
async def reject(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Let the books stand."""
    paper = await COUNTS.found(visit, number)
    note = data.note.strip() or None
    act = counts.reject(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await COUNTS.turn(visit, act, number=number)


@post("/counts/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Give up a count."""
    paper = await COUNTS.found(visit, number)
    act = counts.cancel(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now)
    return await COUNTS.turn(visit, act, number=number)


router: Final = staff_router("/studio", [listed, begin, whole, approve, recount, reject, cancel])
