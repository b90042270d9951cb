"""`/studio/orders`: every order of the group, and one order whole."""

from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.orders.errors import OrderNotFound
from sellier.domain.orders.rules import OrderStatus
from sellier.domain.promising import queries as promising
from sellier.domain.returns import queries as returns
from sellier.infra.web import Db, Visitor
from sellier.kernel.errors import Invalid
from sellier.kernel.ids import OrderId, public_id, row_id
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio.queries import figures
from sellier.surfaces.studio.queries import orders as studio
from sellier.surfaces.studio.queries.sourcing import place_names

PAGE: Final = 50

Words = Annotated[str, QueryParameter(max_length=100)]
Number = Annotated[str, PathParameter(max_length=20)]


class NoSuchPage(Invalid):
    code = "studio.no_such_page"


@get("/orders", right=Right.READ_ORDERS)
async def listed(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    q: Words = "",
    status: Annotated[OrderStatus | None, QueryParameter()] = None,
    before: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> Template:
    """List orders, newest first, by number, e-mail or name and by status."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await orders.orders(
        db, words=words, wanted=status, before=_last_seen(before), limit=PAGE + 1
    )
    return staff_page(
        request,
        "studio/orders/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        words=words,
        chosen=status,
        statuses=list(OrderStatus),
        orders=found[:PAGE],
        is_first=before is None,
        older=public_id("ord", found[PAGE - 1].id) if len(found) > PAGE else None,
    )


@get("/orders/{number:str}", right=Right.READ_ORDERS)
async def whole(*, request: Visitor, db: Db, staff: Staff, lang: Lang, number: Number) -> Template:
    """Show one order: what was bought, its payment, its work, its letters, its history."""
    found = await orders.order_by_number(db, number=number)
    if found is None:
        raise OrderNotFound("There is no order with this number.")
    around = await studio.around(db, order=found)
    return staff_page(
        request,
        "studio/orders/order.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        order=found,
        around=around,
        operation_names={each.id: public_id("op", each.id) for each in around.operations},
        places=await studio.places(db, order_id=found.id),
        history=await orders.history(db, order_id=found.id),
        decisions=await promising.decisions(db, order_id=found.id),
        names=await place_names(db),
        returned=await returns.of_order(db, order_id=found.id),
    )


def _last_seen(before: str | None) -> OrderId | None:
    if before is None:
        return None
    found = row_id("ord", before)
    if found is None:
        raise NoSuchPage("This page of the list does not exist. Start from the newest orders.")
    return OrderId(found)


router: Final = staff_router("/studio", [listed, whole])
