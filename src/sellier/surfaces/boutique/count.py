"""`/boutique/count`: what is really here, written down blind."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.stock.errors import PaperNotFound
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.service import counts
from sellier.domain.stock.service.papers import Turn
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import Sku, StockCountId, new_id
from sellier.surfaces.boutique.queries import place
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

Number = Annotated[str, PathParameter(max_length=20)]
TOLERANCE: Final = 0  # an associate's own count: whatever differs is looked at


class ShelfForm(Form, frozen=True, kw_only=True):
    """A shelf to be counted. `key` is the form's own: sent twice, it is one count."""

    key: UUID
    shelf: Annotated[str, msgspec.Meta(max_length=100)]


ShelfBody = Annotated[ShelfForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/count", right=Right.COUNT_STOCK)
async def listed(*, request: Visitor, db: Db, staff: Staff, lang: Lang) -> Template:
    """List what is to be counted here."""
    return await _list(request, db, staff=staff, lang=lang)


@post("/count", right=Right.COUNT_STOCK)
async def begin(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: ShelfBody
) -> Template | Redirect:
    """Begin the count of a shelf."""
    here = staff.location_id
    if here is None:
        raise PaperNotFound("Counts belong to a boutique.")
    act = counts.open_count(
        db,
        count_id=StockCountId(data.key),
        location_id=here,
        skus=(),
        shelf=data.shelf.strip() or None,
        tolerance=TOLERANCE,
        now=now,
    )
    if refusal := await attempt(db, act):
        return await _list(request, db, staff=staff, lang=lang, refusal=refusal)
    number = await stock.number_of(db, paper_id=data.key)
    return Redirect(f"/boutique/count/{number}", status_code=303)


@get("/count/{number:str}", right=Right.COUNT_STOCK)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show what to count, and what was counted: never what the books say."""
    paper = await _mine(db, staff, number)
    return await _page(request, db, staff=staff, lang=lang, paper=paper)


@post("/count/{number:str}", right=Right.COUNT_STOCK)
async def tally(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Write down what is there; tags that were scanned are added up."""
    paper = await _mine(db, staff, number)

    async def act() -> None:
        found = {**await _changed(db, paper, data), **await papers.scanned(db, data.scanned)}
        # Several may count at once: what others wrote down meanwhile stands.
        turn = Turn(paper_id=paper.id, version=None, key=data.key)
        await counts.tally(db, turn=turn, found=found, by=author(staff), now=now)

    if refusal := await attempt(db, act()):
        return await _page(request, db, staff=staff, lang=lang, paper=paper, refusal=refusal)
    return Redirect(f"/boutique/count/{number}", status_code=303)


@post("/count/{number:str}/submission", right=Right.COUNT_STOCK)
async def submit(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Hand the count in."""
    paper = await _mine(db, staff, number)
    act = counts.submit(db, turn=data.turn(paper), by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, paper=paper, refusal=refusal)
    return Redirect(f"/boutique/count/{number}", status_code=303)


async def _changed(db: AsyncSession, paper: PaperRead, form: LinesForm) -> Mapping[Sku, int]:
    """Return the lines that somebody counted: one sent back as it was is as old as it was."""
    before = {line.sku: line.counted for line in await stock.lines(db, paper=paper, lang="en")}
    return {sku: n for sku, n in papers.units_of(form).items() if before.get(sku) != n}


async def _mine(db: AsyncSession, staff: Staff, number: str) -> PaperRead:
    """Return a count of this boutique. Another's is not found."""
    paper = await papers.found(db, number=number, kind=Kind.COUNT)
    if paper.location_id != staff.location_id:
        raise PaperNotFound("Nothing of this number is counted in this boutique.")
    return paper


async def _list(
    request: Visitor, db: AsyncSession, *, staff: Staff, lang: str, refusal: Refusal | None = None
) -> Template:
    here = await place.here(db, location_id=staff.location_id)
    mine = here.location_id
    return staff_page(
        request,
        "boutique/count/page.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=here,
        counts=() if mine is None else await stock.counts(db, is_over=False, location_id=mine),
        key=new_id(),
        refusal=refusal,
    )


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
        "boutique/count/count.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=await place.here(db, location_id=staff.location_id),
        paper=await stock.paper(db, number=paper.number),
        lines=await stock.lines(db, paper=paper, lang=lang),
        key=new_id(),
        refusal=refusal,
    )


router: Final = staff_router("/boutique", [listed, begin, whole, tally, submit])
