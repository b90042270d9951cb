"""`/studio/returns`: what comes back, everywhere, with its history and every action."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import get, post
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import PlaceUnknown
from sellier.domain.returns.queries import ReturnRead, Which
from sellier.surfaces.doors import returns as forms
from sellier.surfaces.doors.returns import (
    InspectBody,
    NothingBody,
    ReceiveBody,
    ReceiveForm,
    ReturnPage,
)
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router
from sellier.surfaces.studio.queries import figures

PAGE: Final = 50
Number = Annotated[str, PathParameter(max_length=20)]
Words = Annotated[str, QueryParameter(max_length=100)]


@get("/returns", right=Right.READ_ORDERS)
async def listed(
    *,
    visit: Visiting,
    q: Words = "",
    which: Annotated[Which | None, QueryParameter()] = None,
    page: Annotated[int, QueryParameter(ge=1, le=1_000)] = 1,
) -> Template:
    """List returns, newest first: those to wait for, to look at, to refund, and over."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await queries.listed(
        visit.db, which=which, words=words, limit=PAGE + 1, skip=(page - 1) * PAGE
    )
    return visit.page(
        "studio/returns/page.html",
        zone=await figures.clock(visit.db),
        words=words,
        chosen=which,
        choices=list(Which),
        returns=found[:PAGE],
        page=page,
        has_more=len(found) > PAGE,
    )


@get("/returns/{number:str}", right=Right.READ_ORDERS)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show one return: its pieces, its history, and what may be done."""
    return await RETURN.show(visit, number=number)


@post("/returns/{number:str}/reception", right=Right.MANAGE_RETURNS)
async def receive(*, visit: Visiting, number: Number, data: ReceiveBody) -> Answer:
    """Take in what came to a place."""
    one = await forms.found(visit.db, number=number)
    return await RETURN.step(visit, _receive(visit, one, data), of=one)


@post("/returns/{number:str}/inspection", right=Right.MANAGE_RETURNS)
async def inspect(*, visit: Visiting, number: Number, data: InspectBody) -> Answer:
    """Say what each piece is like, and where it goes."""
    one = await forms.found(visit.db, number=number)
    return await RETURN.step(visit, forms.inspect(visit, one=one, form=data), of=one)


@post("/returns/{number:str}/settlement", right=Right.MANAGE_RETURNS)
async def settle(*, visit: Visiting, number: Number, data: NothingBody) -> Answer:
    """Have the money given back."""
    assert data is not None
    one = await forms.found(visit.db, number=number)
    return await RETURN.step(visit, forms.settle(visit, one=one), of=one)


@post("/returns/{number:str}/cancellation", right=Right.MANAGE_RETURNS)
async def cancel(*, visit: Visiting, number: Number, data: NothingBody) -> Answer:
    """Stop waiting: the customer keeps the pieces."""
    assert data is not None
    one = await forms.found(visit.db, number=number)
    act = returns.cancel(visit.db, return_id=one.id, by=visit.by, now=visit.now)
    return await RETURN.step(visit, act, of=one)


async def _receive(visit: Visit, one: ReturnRead, form: ReceiveForm) -> None:
    at = (await locations.ids_by_code(visit.db)).get(form.place)
    if at is None:
        raise PlaceUnknown("There is no such place. Choose one of the list.")
    await forms.receive(visit, one=one, form=form, at=at)


async def _around(visit: Visit, back: ReturnRead) -> Mapping[str, object]:
    places = await locations.locations(visit.db)
    expected = [place for place in places if place.id == back.expected_at_id]
    return {
        "zone": await figures.clock(visit.db),
        # Where it is expected stands first.
        "places": [(place.code, f"{place.name}, {place.city}") for place in (*expected, *places)],
    }


RETURN: Final = ReturnPage(
    home="/studio/returns", template="studio/returns/return.html", around=_around
)

router: Final = staff_router("/studio", [listed, whole, receive, inspect, settle, cancel])
