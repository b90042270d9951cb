"""`/boutique/receive`: what comes to this boutique, taken in box by box."""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter
from litestar.response import Redirect, Template

from sellier.domain.identity.states import Right
from sellier.domain.stock.errors import PaperNotFound
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import purchases, transfers
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import new_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import LinesBody
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router

Number = Annotated[str, PathParameter(max_length=20)]


@get("/receive", right=Right.RECEIVE_STOCK)
async def listed(*, visit: Visiting) -> Template:
    """List what is on its way here."""
    here = await place.here(visit.db, location_id=visit.staff.location_id)
    mine = here.location_id
    coming = () if mine is None else await stock.arrivals(visit.db, location_id=mine)
    return visit.page(
        "boutique/receive/page.html",
        boutique=here,
        coming=coming,
        now=visit.now,
    )


@get("/receive/{number:str}", right=Right.RECEIVE_STOCK)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show what should be in the boxes."""
    paper = await _mine(visit, number)
    return await _page(visit, paper)


@post("/receive/{number:str}", right=Right.RECEIVE_STOCK)
async def receive(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Take in what is there."""
    paper = await _mine(visit, number)
    verb = transfers.receive if paper.kind is Kind.TRANSFER else purchases.receive

    async def act() -> None:
        arrived = await papers.arrived(visit.db, data)
        turn = data.turn(paper)
        await verb(visit.db, turn=turn, arrived=arrived, by=visit.by, now=visit.now)

    if refusal := await visit.attempt(act()):
        return await _page(visit, paper, refusal=refusal)
    return Redirect(f"/boutique/receive/{number}", status_code=303)


async def _mine(visit: Visit, number: str) -> PaperRead:
    """Return what comes to this boutique. What goes to another is not found."""
    paper = await stock.paper(visit.db, number=number)
    kinds = (Kind.TRANSFER, Kind.PURCHASE_ORDER)
    if paper is None or paper.kind not in kinds or paper.location_id != visit.staff.location_id:
        raise PaperNotFound("Nothing of this number comes to this boutique.")
    return paper


async def _page(visit: Visit, paper: PaperRead, *, refusal: Refusal | None = None) -> Template:
    return visit.page(
        "boutique/receive/arrival.html",
        boutique=await place.here(visit.db, location_id=visit.staff.location_id),
        paper=await stock.paper(visit.db, number=paper.number),
        lines=await stock.lines(visit.db, paper=paper, lang=visit.lang),
        key=new_id(),
        refusal=refusal,
    )


router: Final = staff_router("/boutique", [listed, whole, receive])
