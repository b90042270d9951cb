"""`/boutique/returns`: pieces that come back, to whatever boutique, bought wherever."""

from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.orders.errors import OrderNotFound
from sellier.domain.orders.queries import OrderRead
from sellier.domain.returns import queries, rules
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import PlaceUnknown
from sellier.domain.returns.queries import ReturnRead, Which
from sellier.domain.returns.states import REASONS, Disposition, Look
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import LocationId, new_id, public_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.doors import returns as forms
from sellier.surfaces.doors.returns import HandedBody, InspectBody, NothingBody, ReceiveBody
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
Words = Annotated[str, QueryParameter(max_length=40)]
HERE: Final = (Which.TO_INSPECT, Which.TO_SETTLE, Which.WAITING)


@get("/returns", right=Right.TAKE_RETURNS)
async def listed(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, q: Words = ""
) -> Template | Redirect:
    """List what comes back here; the number of a return or of an order leads straight to it."""
    here = await place.here(db, location_id=staff.location_id)
    number = "".join(filter(str.isprintable, q)).strip().upper()
    if number and await queries.return_by_number(db, number=number):
        return Redirect(f"/boutique/returns/{number}", status_code=303)
    if number and await orders.order_by_number(db, number=number):
        return Redirect(f"/boutique/returns/of/{number}", status_code=303)
    mine = here.location_id
    waiting = (
        {}
        if mine is None
        else {which: await queries.listed(db, which=which, at=mine) for which in HERE}
    )
    return staff_page(
        request,
        "boutique/returns/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        waiting=waiting,
        words=number,
    )


@get("/returns/{number:str}", right=Right.TAKE_RETURNS)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show a return, and what is to be done with it: it may have been meant for another place."""
    one = await forms.found(db, number=number)
    return await _page(request, db, staff=staff, lang=lang, one=one)


@post("/returns/{number:str}/reception", right=Right.TAKE_RETURNS)
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
    """Take in what came."""
    one, here = await forms.found(db, number=number), _here(staff.location_id)
    by = author(staff)
    act = forms.receive(db, one=one, form=data, at=here, by=by, now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@post("/returns/{number:str}/inspection", right=Right.TAKE_RETURNS)
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
    one = await _mine(db, staff.location_id, number=number)
    act = forms.inspect(db, one=one, form=data, by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@post("/returns/{number:str}/settlement", right=Right.TAKE_RETURNS)
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
    one = await _mine(db, staff.location_id, number=number)
    act = returns.settle(db, return_id=one.id, by=author(staff), now=now)
    if refusal := await attempt(db, act):
        return await _page(request, db, staff=staff, lang=lang, one=one, refusal=refusal)
    return _to(one)


@get("/returns/of/{number:str}", right=Right.TAKE_RETURNS)
async def of_order(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, number: Number
) -> Template:
    """Show what of an order may come back over the counter."""
    order = await _order(db, number)
    return await _counter(request, db, staff=staff, lang=lang, order=order, now=now)


@post("/returns/of/{number:str}", right=Right.TAKE_RETURNS)
async def take_back(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: HandedBody,
) -> Template | Redirect:
    """Take pieces back over the counter: received, inspected and refunded at once."""
    order, here = await _order(db, number), _here(staff.location_id)
    by = author(staff)
    act = forms.take_back(db, order_id=order.id, form=data, at=here, by=by, now=now)
    if refusal := await attempt(db, act):
        return await _counter(
            request, db, staff=staff, lang=lang, order=order, now=now, refusal=refusal
        )
    made = await queries.of_order(db, order_id=order.id)
    return _to(next(one for one in made if one.id == data.key))


def _here(location_id: LocationId | None) -> LocationId:
    if location_id is None:
        raise OrderNotFound("Pieces come back to a boutique, and none is yours.")
    return location_id


async def _mine(db: AsyncSession, location_id: LocationId | None, *, number: str) -> ReturnRead:
    """Return what was received in this boutique: only who has the pieces can look at them."""
    one = await forms.found(db, number=number)
    if one.received_at_id is not None and one.received_at_id != _here(location_id):
        raise PlaceUnknown("This return was received in another place. It is looked at there.")
    return one


async def _order(db: AsyncSession, number: str) -> OrderRead:
    found = await orders.order_by_number(db, number=number.strip().upper())
    if found is None:
        raise OrderNotFound("There is no order with this number.")
    return found


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
    return staff_page(
        request,
        "boutique/returns/return.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=await place.here(db, location_id=staff.location_id),
        back=back,
        is_here=back.received_at_id in (None, staff.location_id) and staff.location_id is not None,
        names={line.id: public_id("rln", line.id) for line in back.lines},
        pictures=await catalog.pictures_of(db, ids={line.style_color_id for line in back.lines}),
        looks=list(Look),
        dispositions=list(Disposition),
        refusal=refusal,
    )


async def _counter(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    order: OrderRead,
    now: Now,
    refusal: Refusal | None = None,
) -> Template:
    parts = await queries.returnable(db, order_id=order.id)
    return staff_page(
        request,
        "boutique/returns/counter.html",
        staff=staff,
        lang=lang,
        status=status_of(refusal),
        boutique=await place.here(db, location_id=staff.location_id),
        order=order,
        left=rules.returnable(parts, now=now),
        names={line.id: public_id("line", line.id) for line in order.lines},
        pictures=await catalog.pictures_of(db, ids={line.style_color_id for line in order.lines}),
        returned=await queries.of_order(db, order_id=order.id),
        reasons=REASONS,
        looks=list(Look),
        dispositions=list(Disposition),
        key=new_id(),
        refusal=refusal,
    )


def _to(one: ReturnRead) -> Redirect:
    return Redirect(f"/boutique/returns/{one.number}", status_code=303)


router: Final = staff_router(
    "/boutique", [listed, of_order, take_back, whole, receive, inspect, settle]
)
