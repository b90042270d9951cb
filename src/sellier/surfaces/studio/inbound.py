"""`/studio/inbound`: what suppliers bring, and when."""

from collections.abc import Awaitable
from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind
from sellier.domain.stock.service import purchases
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import new_id
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.papers import FormUnreadable, LinesBody, TurnBody
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


@get("/inbound", right=Right.READ_STOCK)
async def listed(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, over: Over = False
) -> Template:
    """List the purchase orders that still come, or those that are over."""
    return staff_page(
        request,
        "studio/inbound/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        orders=await stock.purchases(db, is_over=over),
        is_over=over,
        now=now,
    )


@get("/inbound/{number:str}", right=Right.READ_STOCK)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show one purchase order: what came, what is still to come."""
    return await _page(request, db, staff=staff, lang=lang, number=number)


@post("/inbound/{number:str}/arrival", right=Right.MOVE_STOCK)
async def receive(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Take in what the supplier brought."""
    paper = await papers.found(db, number=number, kind=Kind.PURCHASE_ORDER)

    async def act() -> None:
        await purchases.receive(
            db,
            turn=data.turn(paper),
            arrived=await papers.arrived(db, data),
            by=author(staff),
            now=now,
        )

    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act())


@post("/inbound/{number:str}/delay", right=Right.MOVE_STOCK)
async def reschedule(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: LinesBody
) -> Template | Redirect:
    """Expect the rest on another day."""
    paper = await papers.found(db, number=number, kind=Kind.PURCHASE_ORDER)

    async def act() -> None:
        day = papers.day_of(data.expected_on, closes=paper.closes, zone=paper.time_zone)
        if day is None:
            raise FormUnreadable("Say on which day it comes.")
        await purchases.reschedule(
            db, turn=data.turn(paper), expected_at=day, by=author(staff), now=now
        )

    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act())


@post("/inbound/{number:str}/closure", right=Right.MOVE_STOCK)
async def close(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Expect no more of it."""
    paper = await papers.found(db, number=number, kind=Kind.PURCHASE_ORDER)
    by, note = author(staff), data.note.strip() or None
    act = purchases.close(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


@post("/inbound/{number:str}/cancellation", right=Right.MOVE_STOCK)
async def cancel(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number, data: TurnBody
) -> Template | Redirect:
    """Expect nothing of it."""
    paper = await papers.found(db, number=number, kind=Kind.PURCHASE_ORDER)
    by, note = author(staff), data.note.strip() or None
    act = purchases.cancel(db, turn=data.turn(paper), by=by, now=now, note=note)
    return await _turn(request, db, staff=staff, lang=lang, number=number, act=act)


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
        return Redirect(f"/studio/inbound/{number}", status_code=303)
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
    paper = await papers.found(db, number=number, kind=Kind.PURCHASE_ORDER)
    return staff_page(
        request,
        "studio/inbound/order.html",
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


router: Final = staff_router("/studio", [listed, whole, receive, reschedule, close, cancel])
