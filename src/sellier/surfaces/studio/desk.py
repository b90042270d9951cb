"""What the order desk does with an order, each a form on the order's page."""

from collections.abc import Awaitable
from typing import Annotated, Final

import msgspec
from litestar import post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Redirect

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import FulfillmentNotFound, OrderMoved, OrderNotFound
from sellier.domain.orders.queries import OrderRead
from sellier.domain.orders.rules import Address
from sellier.domain.orders.states import Work
from sellier.infra.web import Form
from sellier.kernel.errors import Conflict
from sellier.kernel.ids import FulfillmentId, LocationId, OrderLineId, Sku, row_id
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router
from sellier.surfaces.studio.orders import order_page
from sellier.surfaces.studio.rules import ORDER_LETTERS, WORK_LETTERS, mark
from sellier.surfaces.studio.stock import PlaceNotFound

Number = Annotated[str, PathParameter(max_length=20)]
Name = Annotated[str, PathParameter(max_length=40)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Perhaps = Annotated[str, msgspec.Meta(max_length=100)]


class WorkForm(Form, frozen=True, kw_only=True):
    """Why something is done with work, and the state in which it was seen."""

    seen: Work
    note: Note


class PlaceForm(Form, frozen=True, kw_only=True):
    seen: Work
    place: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    note: Note


class ReleaseForm(Form, frozen=True, kw_only=True):
    note: Note


class CancelForm(Form, frozen=True, kw_only=True):
    """How many units go, and how many were gone when the page was made."""

    seen: Annotated[int, msgspec.Meta(ge=0)]
    units: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    note: Note


class SizeForm(Form, frozen=True, kw_only=True):
    seen: Annotated[str, msgspec.Meta(max_length=70)]
    to: Annotated[str, msgspec.Meta(min_length=1, max_length=70)]
    note: Note


class AddressForm(Form, frozen=True, kw_only=True):
    """The address as it is to be; `seen` is the mark of the one that was shown."""

    seen: Annotated[str, msgspec.Meta(max_length=64)]
    name: Text
    phone: Perhaps = ""
    line1: Text
    line2: Perhaps = ""
    postal_code: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    city: Text
    region: Perhaps = ""
    note: Note


class LetterForm(Form, frozen=True, kw_only=True):
    letter: Annotated[str, msgspec.Meta(max_length=30)]
    work: Perhaps = ""


class LetterRefused(Conflict):
    """A letter that is not sent again by hand."""

    code = "studio.letter_refused"


URL_ENCODED: Final = Body(media_type=RequestEncodingType.URL_ENCODED)


@post("/orders/{number:str}/works/{work:str}/removal", right=Right.CHANGE_ORDERS)
async def take_away(
    *, visit: Visiting, number: Number, work: Name, data: Annotated[WorkForm, URL_ENCODED]
) -> Answer:
    """Take work away from its location; another is found."""
    order = await _order(visit, number)
    act = orders.take_away(
        visit.db,
        fulfillment_id=_work(order, work),
        by=visit.by,
        now=visit.now,
        note=data.note,
        seen=data.seen,
    )
    return await _done(visit, act, number=number, at="work")


@post("/orders/{number:str}/works/{work:str}/place", right=Right.CHANGE_ORDERS)
async def move_to(
    *, visit: Visiting, number: Number, work: Name, data: Annotated[PlaceForm, URL_ENCODED]
) -> Answer:
    """Offer work to a chosen location."""
    order = await _order(visit, number)
    act = orders.move_to(
        visit.db,
        fulfillment_id=_work(order, work),
        to=await _place(visit, data.place),
        by=visit.by,
        now=visit.now,
        note=data.note,
        seen=data.seen,
    )
    return await _done(visit, act, number=number, at="work")


@post("/orders/{number:str}/works/{work:str}/hold", right=Right.CHANGE_ORDERS)
async def hold(
    *, visit: Visiting, number: Number, work: Name, data: Annotated[WorkForm, URL_ENCODED]
) -> Answer:
    """Keep work from leaving."""
    order = await _order(visit, number)
    act = orders.hold(
        visit.db,
        fulfillment_id=_work(order, work),
        reason=data.note,
        by=visit.by,
        now=visit.now,
        seen=data.seen,
    )
    return await _done(visit, act, number=number, at="work")


@post("/orders/{number:str}/works/{work:str}/release", right=Right.CHANGE_ORDERS)
async def release(
    *, visit: Visiting, number: Number, work: Name, data: Annotated[ReleaseForm, URL_ENCODED]
) -> Answer:
    """Let work leave again."""
    order = await _order(visit, number)
    act = orders.release(
        visit.db,
        fulfillment_id=_work(order, work),
        by=visit.by,
        now=visit.now,
        note=data.note,
    )
    return await _done(visit, act, number=number, at="work")


@post("/orders/{number:str}/lines/{line:str}/cancellation", right=Right.CHANGE_ORDERS)
async def cancel(
    *, visit: Visiting, number: Number, line: Name, data: Annotated[CancelForm, URL_ENCODED]
) -> Answer:
    """Cancel units that nobody has picked."""
    order = await _order(visit, number)
    line_id = _line(order, line)
    act = orders.cancel_units(
        visit.db,
        order_id=order.id,
        units={line_id: data.units},
        by=visit.by,
        now=visit.now,
        note=data.note,
        seen={line_id: data.seen},
    )
    return await _done(visit, act, number=number, at="lines")


@post("/orders/{number:str}/lines/{line:str}/size", right=Right.CHANGE_ORDERS)
async def amend_line(
    *, visit: Visiting, number: Number, line: Name, data: Annotated[SizeForm, URL_ENCODED]
) -> Answer:
    """Have another size."""
    order = await _order(visit, number)
    act = orders.amend_line(
        visit.db,
        order_id=order.id,
        line_id=_line(order, line),
        to=Sku(data.to),
        seen=Sku(data.seen),
        by=visit.by,
        now=visit.now,
        note=data.note,
    )
    return await _done(visit, act, number=number, at="lines")


@post("/orders/{number:str}/address", right=Right.CHANGE_ORDERS)
async def amend_address(
    *, visit: Visiting, number: Number, data: Annotated[AddressForm, URL_ENCODED]
) -> Answer:
    """Send the order elsewhere."""
    order = await _order(visit, number)
    return await _done(visit, _amend_address(visit, order, data), number=number, at="address")


@post("/orders/{number:str}/letters", right=Right.CHANGE_ORDERS)
async def want_letter(
    *, visit: Visiting, number: Number, data: Annotated[LetterForm, URL_ENCODED]
) -> Answer:
    """Have a letter leave once more."""
    order = await _order(visit, number)
    return await _done(visit, _want_letter(visit, order, data), number=number, at="letters")


async def _amend_address(visit: Visit, order: OrderRead, form: AddressForm) -> None:
    if form.seen != mark(order.address):
        raise OrderMoved("The address was changed meanwhile. Look at the order anew.")
    await orders.amend_address(
        visit.db,
        order_id=order.id,
        to=_address(form, country=order.address.country),
        seen=order.address,
        by=visit.by,
        now=visit.now,
        note=form.note,
    )


async def _want_letter(visit: Visit, order: OrderRead, form: LetterForm) -> None:
    work = _work(order, form.work) if form.work else None
    sendable = WORK_LETTERS if work else ORDER_LETTERS
    if form.letter not in sendable:
        raise LetterRefused("This letter is not sent again. Write to the customer instead.")
    await orders.want_letter(
        visit.db,
        order_id=order.id,
        letter=form.letter,
        fulfillment_id=work,
        by=visit.by,
        now=visit.now,
    )


async def _done(visit: Visit, act: Awaitable[object], *, number: str, at: str) -> Answer:
    """Do it and return to the page, or show the page with why it was not done."""
    if refusal := await visit.attempt(act):
        return await order_page(visit, number=number, refusal=refusal)
    return Redirect(f"/studio/orders/{number}#{at}", status_code=303)


async def _order(visit: Visit, number: str) -> OrderRead:
    found = await queries.order_by_number(visit.db, number=number)
    if found is None:
        raise OrderNotFound("There is no order with this number.")
    return found


async def _place(visit: Visit, code: str) -> LocationId:
    found = (await locations.ids_by_code(visit.db)).get(code)
    if found is None:
        raise PlaceNotFound("There is no such place. Choose one of the list.")
    return found


def _work(order: OrderRead, name: str) -> FulfillmentId:
    found = row_id("work", name)
    if found is None or found not in {work.id for work in order.fulfillments}:
        raise FulfillmentNotFound("This order has no such work. Look at its page anew.")
    return FulfillmentId(found)


def _line(order: OrderRead, name: str) -> OrderLineId:
    found = row_id("line", name)
    if found is None or found not in {line.id for line in order.lines}:
        raise OrderNotFound("This order has no such line. Look at its page anew.")
    return OrderLineId(found)


def _address(form: AddressForm, *, country: str) -> Address:
    return Address(
        name=form.name.strip(),
        phone=form.phone.strip() or None,
        line1=form.line1.strip(),
        line2=form.line2.strip() or None,
        postal_code=form.postal_code.strip(),
        city=form.city.strip(),
        region=form.region.strip() or None,
        country=country,
    )


router: Final = staff_router(
    "/studio",
    [take_away, move_to, hold, release, cancel, amend_line, amend_address, want_letter],
)
