"""What the order desk does with an order, each a form on the order's page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import FulfillmentNotFound, OrderMoved, OrderNotFound
from sellier.domain.orders.queries import OrderRead
from sellier.domain.orders.rules import Address
from sellier.domain.orders.states import Work
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Conflict, Invalid
from sellier.kernel.ids import FulfillmentId, OrderLineId, Sku, row_id
from sellier.surfaces.doors.staff import Lang, Staff, author, staff_router
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


class LetterRefused(Invalid):
    """A letter that is not sent again by hand."""

    code = "studio.letter_refused"


URL_ENCODED: Final = Body(media_type=RequestEncodingType.URL_ENCODED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for a change of which order, and how the answer is shown."""

    request: Visitor
    db: AsyncSession
    staff: Staff
    lang: str
    now: datetime
    number: str

    @property
    def by(self) -> str:
        return author(self.staff)


Act = Callable[[OrderRead], Awaitable[object]]


@post("/orders/{number:str}/works/{work:str}/removal", right=Right.CHANGE_ORDERS)
async def take_away(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    work: Name,
    data: Annotated[WorkForm, URL_ENCODED],
) -> Template | Redirect:
    """Take work away from its location; another is found."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        await orders.take_away(
            db,
            fulfillment_id=_work(order, work),
            by=asked.by,
            now=now,
            note=data.note,
            seen=data.seen,
        )

    return await _done(asked, act, at="work")


@post("/orders/{number:str}/works/{work:str}/place", right=Right.CHANGE_ORDERS)
async def move_to(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    work: Name,
    data: Annotated[PlaceForm, URL_ENCODED],
) -> Template | Redirect:
    """Offer work to a chosen location."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        place = (await locations.ids_by_code(db)).get(data.place)
        if place is None:
            raise PlaceNotFound("There is no such place. Choose one of the list.")
        await orders.move_to(
            db,
            fulfillment_id=_work(order, work),
            to=place,
            by=asked.by,
            now=now,
            note=data.note,
            seen=data.seen,
        )

    return await _done(asked, act, at="work")


@post("/orders/{number:str}/works/{work:str}/hold", right=Right.CHANGE_ORDERS)
async def hold(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    work: Name,
    data: Annotated[WorkForm, URL_ENCODED],
) -> Template | Redirect:
    """Keep work from leaving."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        await orders.hold(
            db,
            fulfillment_id=_work(order, work),
            reason=data.note,
            by=asked.by,
            now=now,
            seen=data.seen,
        )

    return await _done(asked, act, at="work")


@post("/orders/{number:str}/works/{work:str}/release", right=Right.CHANGE_ORDERS)
async def release(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    work: Name,
    data: Annotated[ReleaseForm, URL_ENCODED],
) -> Template | Redirect:
    """Let work leave again."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        await orders.release(
            db, fulfillment_id=_work(order, work), by=asked.by, now=now, note=data.note
        )

    return await _done(asked, act, at="work")


@post("/orders/{number:str}/lines/{line:str}/cancellation", right=Right.CHANGE_ORDERS)
async def cancel(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    line: Name,
    data: Annotated[CancelForm, URL_ENCODED],
) -> Template | Redirect:
    """Cancel units that nobody has picked."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        line_id = _line(order, line)
        await orders.cancel_units(
            db,
            order_id=order.id,
            units={line_id: data.units},
            by=asked.by,
            now=now,
            note=data.note,
            seen={line_id: data.seen},
        )

    return await _done(asked, act, at="lines")


@post("/orders/{number:str}/lines/{line:str}/size", right=Right.CHANGE_ORDERS)
async def amend_line(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    line: Name,
    data: Annotated[SizeForm, URL_ENCODED],
) -> Template | Redirect:
    """Have another size."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        await orders.amend_line(
            db,
            order_id=order.id,
            line_id=_line(order, line),
            to=Sku(data.to),
            seen=Sku(data.seen),
            by=asked.by,
            now=now,
            note=data.note,
        )

    return await _done(asked, act, at="lines")


@post("/orders/{number:str}/address", right=Right.CHANGE_ORDERS)
async def amend_address(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: Annotated[AddressForm, URL_ENCODED],
) -> Template | Redirect:
    """Send the order elsewhere."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        if data.seen != mark(order.address):
            raise OrderMoved("The address was changed meanwhile. Look at the order anew.")
        await orders.amend_address(
            db,
            order_id=order.id,
            to=_address(data, country=order.address.country),
            seen=order.address,
            by=asked.by,
            now=now,
            note=data.note,
        )

    return await _done(asked, act, at="address")


@post("/orders/{number:str}/letters", right=Right.CHANGE_ORDERS)
async def want_letter(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    number: Number,
    data: Annotated[LetterForm, URL_ENCODED],
) -> Template | Redirect:
    """Have a letter leave once more."""
    asked = Asked(request=request, db=db, staff=staff, lang=lang, now=now, number=number)

    async def act(order: OrderRead) -> None:
        work = _work(order, data.work) if data.work else None
        sendable = WORK_LETTERS if work else ORDER_LETTERS
        if data.letter not in sendable:
            raise LetterRefused("This letter is not sent again. Write to the customer instead.")
        await orders.want_letter(
            db,
            order_id=order.id,
            letter=data.letter,
            fulfillment_id=work,
            by=asked.by,
            now=now,
        )

    return await _done(asked, act, at="letters")


async def _done(asked: Asked, act: Act, *, at: str) -> Template | Redirect:
    """Do it and return to the page, or show the page with why it was not done."""
    order = await queries.order_by_number(asked.db, number=asked.number)
    if order is None:
        raise OrderNotFound("There is no order with this number.")
    try:
        async with asked.db.begin_nested():
            await act(order)
    except (Conflict, Invalid) as refusal:
        return await order_page(
            asked.request,
            asked.db,
            staff=asked.staff,
            lang=asked.lang,
            now=asked.now,
            number=asked.number,
            refusal=refusal,
        )
    return Redirect(f"/studio/orders/{asked.number}#{at}", status_code=303)


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
