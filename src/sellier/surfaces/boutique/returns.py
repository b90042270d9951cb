"""`/boutique/returns`: pieces that come back, to whatever boutique, bought wherever."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect, Template

from sellier.domain.catalog import queries as catalog
from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.orders.errors import OrderNotFound
from sellier.domain.orders.queries import OrderRead
from sellier.domain.returns import queries, rules
from sellier.domain.returns.errors import PlaceUnknown
from sellier.domain.returns.queries import ReturnRead, Which
from sellier.domain.returns.states import REASONS, Disposition, Look
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import LocationId, new_id, public_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.doors import returns as forms
from sellier.surfaces.doors.returns import (
    HandedBody,
    InspectBody,
    NothingBody,
    ReceiveBody,
    ReturnPage,
)
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router

Number = Annotated[str, PathParameter(max_length=20)]
Words = Annotated[str, QueryParameter(max_length=40)]
HERE: Final = (Which.TO_INSPECT, Which.TO_SETTLE, Which.WAITING)


@get("/returns", right=Right.TAKE_RETURNS)
async def listed(*, visit: Visiting, q: Words = "") -> Answer:
    """List what comes back here; the number of a return or of an order leads straight to it."""
    db = visit.db
    here = await place.here(db, location_id=visit.staff.location_id)
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
    return visit.page("boutique/returns/page.html", boutique=here, waiting=waiting, words=number)


@get("/returns/{number:str}", right=Right.TAKE_RETURNS)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show a return, and what is to be done with it: it may have been meant for another place."""
    return await RETURN.show(visit, number=number)


@post("/returns/{number:str}/reception", right=Right.TAKE_RETURNS)
async def receive(*, visit: Visiting, number: Number, data: ReceiveBody) -> Answer:
    """Take in what came."""
    one, here = await forms.found(visit.db, number=number), _here(visit)
    return await RETURN.step(visit, forms.receive(visit, one=one, form=data, at=here), of=one)


@post("/returns/{number:str}/inspection", right=Right.TAKE_RETURNS)
async def inspect(*, visit: Visiting, number: Number, data: InspectBody) -> Answer:
    """Say what each piece is like, and where it goes."""
    one = await _mine(visit, number=number)
    return await RETURN.step(visit, forms.inspect(visit, one=one, form=data), of=one)


@post("/returns/{number:str}/settlement", right=Right.TAKE_RETURNS)
async def settle(*, visit: Visiting, number: Number, data: NothingBody) -> Answer:
    """Have the money given back."""
    assert data is not None
    one = await _mine(visit, number=number)
    return await RETURN.step(visit, forms.settle(visit, one=one), of=one)


@get("/returns/of/{number:str}", right=Right.TAKE_RETURNS)
async def of_order(*, visit: Visiting, number: Number) -> Template:
    """Show what of an order may come back over the counter."""
    return await _counter(visit, await _order(visit, number))


@post("/returns/of/{number:str}", right=Right.TAKE_RETURNS)
async def take_back(*, visit: Visiting, number: Number, data: HandedBody) -> Answer:
    """Take pieces back over the counter: received, inspected and refunded at once."""
    order, here = await _order(visit, number), _here(visit)
    act = forms.take_back(visit, order_id=order.id, form=data, at=here)
    if refusal := await visit.attempt(act):
        return await _counter(visit, order, refusal=refusal)
    made = await queries.of_order(visit.db, order_id=order.id)
    one = next(one for one in made if one.id == data.key)
    return Redirect(f"/boutique/returns/{one.number}", status_code=303)


def _here(visit: Visit) -> LocationId:
    if visit.staff.location_id is None:
        raise OrderNotFound("Pieces come back to a boutique, and none is yours.")
    return visit.staff.location_id


async def _mine(visit: Visit, *, number: str) -> ReturnRead:
    """Return what was received in this boutique: only who has the pieces can look at them."""
    one = await forms.found(visit.db, number=number)
    if one.received_at_id is not None and one.received_at_id != _here(visit):
        raise PlaceUnknown("This return was received in another place. It is looked at there.")
    return one


async def _order(visit: Visit, number: str) -> OrderRead:
    found = await orders.order_by_number(visit.db, number=number.strip().upper())
    if found is None:
        raise OrderNotFound("There is no order with this number.")
    return found


async def _around(visit: Visit, back: ReturnRead) -> Mapping[str, object]:
    mine = visit.staff.location_id
    return {
        "boutique": await place.here(visit.db, location_id=mine),
        "is_here": mine is not None and back.received_at_id in (None, mine),
    }


async def _counter(visit: Visit, order: OrderRead, *, refusal: Refusal | None = None) -> Template:
    db = visit.db
    parts = await queries.returnable(db, order_id=order.id)
    return visit.page(
        "boutique/returns/counter.html",
        refusal=refusal,
        boutique=await place.here(db, location_id=visit.staff.location_id),
        order=order,
        left=rules.returnable(parts, now=visit.now),
        instead=await queries.choices(db, order_id=order.id, lang=visit.lang, now=visit.now),
        names={line.id: public_id("line", line.id) for line in order.lines},
        pieces=await catalog.pieces_of(
            db, ids={line.style_color_id for line in order.lines}, lang=visit.lang
        ),
        returned=await queries.of_order(db, order_id=order.id),
        reasons=REASONS,
        looks=list(Look),
        dispositions=list(Disposition),
        key=new_id(),
    )


RETURN: Final = ReturnPage(
    home="/boutique/returns", template="boutique/returns/return.html", around=_around
)

router: Final = staff_router(
    "/boutique", [listed, of_order, take_back, whole, receive, inspect, settle]
)
