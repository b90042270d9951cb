"""`/studio/inbound`: what suppliers bring, and when."""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind
from sellier.domain.stock.service import purchases
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import FormUnreadable, LinesBody, TurnBody
from sellier.surfaces.doors.staff import Answer, Visiting, staff_router
from sellier.surfaces.studio.papers import PaperPages
from sellier.surfaces.studio.queries import figures

Number = Annotated[str, PathParameter(max_length=20)]
Over = Annotated[bool, QueryParameter()]
PURCHASES: Final = PaperPages(
    kind=Kind.PURCHASE_ORDER, folder="studio/inbound", template="order.html"
)


@get("/inbound", right=Right.READ_STOCK)
async def listed(*, visit: Visiting, over: Over = False) -> Template:
    """List the purchase orders that still come, or those that are over."""
    return visit.page(
        "studio/inbound/page.html",
        zone=await figures.clock(visit.db),
        orders=await stock.purchases(visit.db, is_over=over),
        is_over=over,
        now=visit.now,
    )


@get("/inbound/{number:str}", right=Right.READ_STOCK)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show one purchase order: what came, what is still to come."""
    return await PURCHASES.show(visit, number=number)


@post("/inbound/{number:str}/arrival", right=Right.MOVE_STOCK)
async def receive(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Take in what the supplier brought."""
    paper = await PURCHASES.found(visit, number)

    async def act() -> None:
        await purchases.receive(
            visit.db,
            turn=data.turn(paper),
            arrived=await papers.arrived(visit.db, data),
            by=visit.by,
            now=visit.now,
        )

    return await PURCHASES.turn(visit, act(), number=number)


@post("/inbound/{number:str}/delay", right=Right.MOVE_STOCK)
async def reschedule(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Expect the rest on another day."""
    paper = await PURCHASES.found(visit, number)

    async def act() -> None:
        day = papers.day_of(data.expected_on, closes=paper.closes, zone=paper.time_zone)
        if day is None:
            raise FormUnreadable("Say on which day it comes.")
        await purchases.reschedule(
            visit.db, turn=data.turn(paper), expected_at=day, by=visit.by, now=visit.now
        )

    return await PURCHASES.turn(visit, act(), number=number)


@post("/inbound/{number:str}/closure", right=Right.MOVE_STOCK)
async def close(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Expect no more of it."""
    paper = await PURCHASES.found(visit, number)
    note = data.note.strip() or None
    act = purchases.close(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await PURCHASES.turn(visit, act, number=number)


@post("/inbound/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Expect nothing of it."""
    paper = await PURCHASES.found(visit, number)
    note = data.note.strip() or None
    act = purchases.cancel(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now, note=note)
    return await PURCHASES.turn(visit, act, number=number)


router: Final = staff_router("/studio", [listed, whole, receive, reschedule, close, cancel])
