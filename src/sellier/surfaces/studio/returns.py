"""`/studio/returns`: what comes back, everywhere, with its history and every action."""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import PlaceUnknown
from sellier.domain.returns.queries import ReturnRead, Which
from sellier.domain.returns.states import Disposition, Look
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import public_id
from sellier.surfaces.doors import returns as forms
from sellier.surfaces.doors.returns import InspectBody, NothingBody, ReceiveBody, ReceiveForm
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

PAGE: Final = 50
Number = Annotated[str, PathParameter(max_length=20)]
Words = Annotated[str, QueryParameter(max_length=100)]


@get("/returns", right=Right.READ_ORDERS)
async def listed(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    q: Words = "",
    which: Annotated[Which | None, QueryParameter()] = None,
    page: Annotated[int, QueryParameter(ge=1, le=1_000)] = 1,
) -> Template:
    """List returns, newest first: those to wait for, to look at, to refund, and over."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await queries.listed(
        db, which=which, words=words, limit=PAGE + 1, skip=(page - 1) * PAGE
    )
    return staff_page(
        request,
        "studio/returns/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        words=words,
        chosen=which,
        choices=list(Which),
        returns=found[:PAGE],
        page=page,
        has_more=len(found) > PAGE,
    )


@get("/returns/{number:str}", right=Right.READ_ORDERS)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show one return: its pieces, its history, and what may be done."""
    one = await forms.found(db, number=number)
    return await _page(request, db, staff=staff, lang=lang, one=one)


@post("/returns/{number:str}/reception", right=Right.MANAGE_RETURNS)
async def receive(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: ReceiveBody,
) -> Template | Redirect:
    """Take in what came to a place."""
    one = await forms.found(db, number=number)
    act = _receive(db, one, data, staff=staff, now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@post("/returns/{number:str}/inspection", right=Right.MANAGE_RETURNS)
async def inspect(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: InspectBody,
) -> Template | Redirect:
    """Say what each piece is like, and where it goes."""
    one = await forms.found(db, number=number)
    act = forms.inspect(db, one=one, form=data, by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@post("/returns/{number:str}/settlement", right=Right.MANAGE_RETURNS)
async def settle(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: NothingBody,
) -> Template | Redirect:
    """Have the money given back."""
    assert data is not None
    one = await forms.found(db, number=number)
    act = returns.settle(db, return_id=one.id, by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@post("/returns/{number:str}/cancellation", right=Right.MANAGE_RETURNS)
async def cancel(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: NothingBody,
) -> Template | Redirect:
    """Stop waiting: the customer keeps the pieces."""
    assert data is not None
    one = await forms.found(db, number=number)
    act = returns.cancel(db, return_id=one.id, by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


async def _receive(
    db: AsyncSession, one: ReturnRead, form: ReceiveForm, *, staff: Staff, now: Now
) -> None:
    at = (await locations.ids_by_code(db)).get(form.place)
    if at is None:
        raise PlaceUnknown("There is no such place. Choose one of the list.")
    await forms.receive(db, one=one, form=form, at=at, by=author(staff), now=now)


async def _page(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    one: ReturnRead,
    refusal: Refusal | None = None,
) -> Template:
    back = await forms.found(db, number=one.number)
    places = await locations.locations(db)
    expected = [place for place in places if place.id == back.expected_at_id]
    return staff_page(
        request,
        "studio/returns/return.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        zone=await figures.clock(db),
        back=back,
        names={line.id: public_id("rln", line.id) for line in back.lines},
        pictures=await catalog.pictures_of(db, ids={line.style_color_id for line in back.lines}),
        looks=list(Look),
        dispositions=list(Disposition),
        # Where it is expected stands first.
        places=[(place.code, f"{place.name}, {place.city}") for place in (*expected, *places)],
        refusal=refusal,
    )


def _to(one: ReturnRead) -> Redirect:
    return Redirect(f"/studio/returns/{one.number}", status_code=303)


router: Final = staff_router("/studio", [listed, whole, receive, inspect, settle, cancel])
