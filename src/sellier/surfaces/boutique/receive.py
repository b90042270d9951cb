"""`/boutique/receive`: what comes to this boutique, taken in box by box."""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.stock.errors import PaperNotFound
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import purchases, transfers
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import new_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import LinesBody
from sellier.surfaces.doors.staff import (
    Lang,
    Staff,
    attempt,
    author,
    staff_page,
    staff_router,
    status_of,
)

Number = Annotated[str, PathParameter(max_length=20)]


@get("/receive", right=Right.RECEIVE_STOCK)
async def listed(*, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang) -> Template:
    """List what is on its way here."""
    here = await place.here(db, location_id=staff.location_id)
    coming = (
        () if here.location_id is None else await stock.arrivals(db, location_id=here.location_id)
    )
    return staff_page(
        request,
        "boutique/receive/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        coming=coming,
        now=now,
    )


@get("/receive/{number:str}", right=Right.RECEIVE_STOCK)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show what should be in the boxes."""
    paper = await _mine(db, staff, number)
    return await _page(request, db, staff=staff, lang=lang, paper=paper)


@post("/receive/{number:str}", right=Right.RECEIVE_STOCK)
async def receive(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Take in what is there."""
    paper = await _mine(db, staff, number)
    verb = transfers.receive if paper.kind is Kind.TRANSFER else purchases.receive

    async def act() -> None:
        arrived = await papers.arrived(db, data)
        turn, by = data.turn(paper), author(staff)
        await verb(db, turn=turn, arrived=arrived, by=by, now=now)

    if refusal := await attempt(db, act()):
        return await _page(request, db, staff=staff, lang=lang, paper=paper, refusal=refusal)
    return Redirect(f"/boutique/receive/{number}", status_code=303)


async def _mine(db: AsyncSession, staff: Staff, number: str) -> PaperRead:
    """Return what comes to this boutique. What goes to another is not found."""
    paper = await stock.paper(db, number=number)
    kinds = (Kind.TRANSFER, Kind.PURCHASE_ORDER)
    if paper is None or paper.kind not in kinds or paper.location_id != staff.location_id:
        raise PaperNotFound("Nothing of this number comes to this boutique.")
    return paper


async def _page(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    paper: PaperRead,
    refusal: Refusal | None = None,
) -> Template:
    return staff_page(
        request,
        "boutique/receive/arrival.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=await place.here(db, location_id=staff.location_id),
        paper=await stock.paper(db, number=paper.number),
        lines=await stock.lines(db, paper=paper, lang=lang),
        key=new_id(),
        refusal=refusal,
    )


router: Final = staff_router("/boutique", [listed, whole, receive])
