"""`/boutique/count`: what is really here, written down blind."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Redirect, Template

from sellier.domain.identity.states import Right
from sellier.domain.stock.errors import PaperNotFound
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import counts
from sellier.domain.stock.service.papers import Turn
from sellier.infra.web import Form
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import Sku, StockCountId, new_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import LinesBody, LinesForm, TurnBody
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router

Number = Annotated[str, PathParameter(max_length=20)]
TOLERANCE: Final = 0  # an associate's own count: whatever differs is looked at


class ShelfForm(Form, frozen=True, kw_only=True):
    """A shelf to be counted. `key` is the form's own: sent twice, it is one count."""

    key: UUID
    shelf: Annotated[str, msgspec.Meta(max_length=100)]


ShelfBody = Annotated[ShelfForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/count", right=Right.COUNT_STOCK)
async def listed(*, visit: Visiting) -> Template:
    """List what is to be counted here."""
    return await _list(visit)


@post("/count", right=Right.COUNT_STOCK)
async def begin(*, visit: Visiting, data: ShelfBody) -> Answer:
    """Begin the count of a shelf."""
    here = visit.staff.location_id
    if here is None:
        raise PaperNotFound("Counts belong to a boutique.")
    act = counts.open_count(
        visit.db,
        count_id=StockCountId(data.key),
        location_id=here,
        skus=(),
        shelf=data.shelf.strip() or None,
        tolerance=TOLERANCE,
        now=visit.now,
    )
    if refusal := await visit.attempt(act):
        return await _list(visit, refusal=refusal)
    number = await stock.number_of(visit.db, paper_id=data.key)
    return Redirect(f"/boutique/count/{number}", status_code=303)


@get("/count/{number:str}", right=Right.COUNT_STOCK)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show what to count, and what was counted: never what the books say."""
    paper = await _mine(visit, number)
    return await _page(visit, paper)


@post("/count/{number:str}", right=Right.COUNT_STOCK)
async def tally(*, visit: Visiting, number: Number, data: LinesBody) -> Answer:
    """Write down what is there; tags that were scanned are added up."""
    paper = await _mine(visit, number)

    async def act() -> None:
        found = {
            **await _changed(visit, paper, data),
            **await papers.scanned(visit.db, data.scanned),
        }
        # Several may count at once: what others wrote down meanwhile stands.
        turn = Turn(paper_id=paper.id, version=None, key=data.key)
        await counts.tally(visit.db, turn=turn, found=found, by=visit.by, now=visit.now)

    if refusal := await visit.attempt(act()):
        return await _page(visit, paper, refusal=refusal)
    return Redirect(f"/boutique/count/{number}", status_code=303)


@post("/count/{number:str}/submission", right=Right.COUNT_STOCK)
async def submit(*, visit: Visiting, number: Number, data: TurnBody) -> Answer:
    """Hand the count in."""
    paper = await _mine(visit, number)
    act = counts.submit(visit.db, turn=data.turn(paper), by=visit.by, now=visit.now)
    if refusal := await visit.attempt(act):
        return await _page(visit, paper, refusal=refusal)
    return Redirect(f"/boutique/count/{number}", status_code=303)


async def _changed(visit: Visit, paper: PaperRead, form: LinesForm) -> Mapping[Sku, int]:
    """Return the lines that somebody counted: one sent back as it was is as old as it was."""
    before = {
        line.sku: line.counted for line in await stock.lines(visit.db, paper=paper, lang="en")
    }
    return {sku: n for sku, n in papers.units_of(form).items() if before.get(sku) != n}


async def _mine(visit: Visit, number: str) -> PaperRead:
    """Return a count of this boutique. Another's is not found."""
    paper = await papers.found(visit.db, number=number, kind=Kind.COUNT)
    if paper.location_id != visit.staff.location_id:
        raise PaperNotFound("Nothing of this number is counted in this boutique.")
    return paper


async def _list(visit: Visit, *, refusal: Refusal | None = None) -> Template:
    here = await place.here(visit.db, location_id=visit.staff.location_id)
    mine = here.location_id
    found = () if mine is None else await stock.counts(visit.db, is_over=False, location_id=mine)
    return visit.page(
        "boutique/count/page.html",
        boutique=here,
        counts=found,
        key=new_id(),
        refusal=refusal,
    )


async def _page(visit: Visit, paper: PaperRead, *, refusal: Refusal | None = None) -> Template:
    return visit.page(
        "boutique/count/count.html",
        boutique=await place.here(visit.db, location_id=visit.staff.location_id),
        paper=await stock.paper(visit.db, number=paper.number),
        lines=await stock.lines(visit.db, paper=paper, lang=visit.lang),
        key=new_id(),
        refusal=refusal,
    )


router: Final = staff_router("/boutique", [listed, begin, whole, tally, submit])
