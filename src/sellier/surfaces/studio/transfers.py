"""`/studio/transfers`: units that go from one location to another."""

from datetime import datetime
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
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import transfers
from sellier.infra.web import Form
from sellier.kernel.ids import TransferId
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import LinesBody, LinesForm, TurnBody
from sellier.surfaces.doors.staff import Answer, Visiting, staff_router
from sellier.surfaces.studio.papers import PaperPages

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
TRANSFERS: Final = PaperPages(
    kind=Kind.TRANSFER, folder="studio/transfers", template="transfer.html"
)


@get("/transfers", right=Right.READ_STOCK)
async def listed(*, visit: Visiting, over: Over = False) -> Template:
    """List the transfers that go on, or those that are over."""
    found = await stock.transfers(visit.db, is_over=over)
    return await TRANSFERS.overview(visit, found, over=over)


@post("/transfers", right=Right.MOVE_STOCK)
async def draft(*, visit: Visiting, data: DraftBody) -> Answer:
    """Write a transfer down."""
    places = {place.code: place for place in await locations.locations(visit.db)}

    async def act() -> None:
        if not {data.origin, data.destination} <= set(places):
            raise UnknownPlace("There is no such location.")
        goal = places[data.destination]
        await transfers.draft(
            visit.db,
            transfer_id=TransferId(data.key),
            origin_id=places[data.origin].id,
            destination_id=goal.id,
            lines=await papers.scanned(visit.db, data.scanned),
            expected_at=papers.day_of(data.expected_on, closes=goal.closes, zone=goal.time_zone),
            now=visit.now,
        )

    if refusal := await visit.attempt(act()):
        found = await stock.transfers(visit.db, is_over=False)
        return await TRANSFERS.overview(visit, found, over=False, refused=(data, refusal))
    number = await stock.number_of(visit.db, paper_id=data.key)
    return Redirect(f"/studio/transfers/{number}", status_code=303)


@get("/transfers/{number:str}", right=Right.READ_STOCK)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show one transfer: its lines, where they are, and what happened to it."""
    return await TRANSFERS.show(visit, number=number)


@post("/transfers/{number:str}/lines", right=Right.MOVE_STOCK)
async def amend(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Replace what a draft says."""
    paper = await TRANSFERS.found(visit, number)

    async def act() -> None:
        await transfers.amend(
            visit.db,
            turn=data.turn(paper),
            lines=await papers.scanned(visit.db, data.scanned),
            expected_at=_day(data, paper),
            by=visit.by,
            now=visit.now,
        )

    return await TRANSFERS.turn(visit, act(), number=number)


@post("/transfers/{number:str}/request", right=Right.MOVE_STOCK)
async def ask(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Ask the location to send."""
    paper = await TRANSFERS.found(visit, number)
    act = transfers.request(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now)
    return await TRANSFERS.turn(visit, act, number=number)


@post("/transfers/{number:str}/dispatch", right=Right.MOVE_STOCK)
async def send(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Let units leave."""
    paper = await TRANSFERS.found(visit, number)

    async def act() -> None:
        await transfers.send(
            visit.db,
            turn=data.turn(paper),
            sent=papers.units_of(data),
            expected_at=_day(data, paper),
            by=visit.by,
            now=visit.now,
        )

    return await TRANSFERS.turn(visit, act(), number=number)


@post("/transfers/{number:str}/arrival", right=Right.MOVE_STOCK)
async def receive(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Take in what arrived."""
    paper = await TRANSFERS.found(visit, number)

    async def act() -> None:
        await transfers.receive(
            visit.db,
            turn=data.turn(paper),
            arrived=await papers.arrived(visit.db, data),
            by=visit.by,
            now=visit.now,
        )

    return await TRANSFERS.turn(visit, act(), number=number)


@post("/transfers/{number:str}/loss", right=Right.MOVE_STOCK)
async def close(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Book what is still in transit as lost."""
    paper = await TRANSFERS.found(visit, number)
    note = data.note.strip() or None
    act = transfers.close(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await TRANSFERS.turn(visit, act, number=number)


@post("/transfers/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Do not send it."""
    paper = await TRANSFERS.found(visit, number)
    note = data.note.strip() or None
    act = transfers.cancel(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await TRANSFERS.turn(visit, act, number=number)


def _day(form: LinesForm, paper: PaperRead) -> datetime | None:
    return papers.day_of(form.expected_on, closes=paper.closes, zone=paper.time_zone)


router: Final = staff_router(
    "/studio", [listed, draft, whole, amend, ask, send, receive, close, cancel]
)
