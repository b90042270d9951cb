"""`/studio/orders`: every order of the group, and one order whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.rules import may
from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.orders.errors import OrderNotFound
from sellier.domain.orders.queries import FulfillmentRead, OrderRead
from sellier.domain.orders.rules import OrderStatus, Progress, pace
from sellier.domain.orders.states import HOLDABLE, MOVABLE, NOT_PICKED, LineState, Work
from sellier.domain.promising import queries as promising
from sellier.domain.promising.states import Way
from sellier.domain.returns import queries as returns
from sellier.kernel.errors import Invalid, Refusal
from sellier.kernel.ids import OrderId, OrderLineId, public_id, row_id
from sellier.surfaces.doors.staff import Visit, Visiting, staff_router
from sellier.surfaces.studio import rules, shown
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
    visit: Visiting,
    q: Words = "",
    status: Annotated[OrderStatus | None, QueryParameter()] = None,
    progress: Annotated[Progress | None, QueryParameter()] = None,
    before: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> Template:
    """List orders, newest first, by number, e-mail or name, by status and by how far they are."""
    words = "".join(filter(str.isprintable, q)).strip()
    found = await orders.orders(
        visit.db,
        words=words,
        wanted=status,
        reached=progress,
        before=_last_seen(before),
        limit=PAGE + 1,
    )
    return visit.page(
        "studio/orders/page.html",
        zone=await figures.clock(visit.db),
        words=words,
        chosen=status,
        statuses=list(OrderStatus),
        reached=progress,
        steps=list(Progress),
        orders=found[:PAGE],
        is_first=before is None,
        older=public_id("ord", found[PAGE - 1].id) if len(found) > PAGE else None,
    )


@get("/orders/{number:str}", right=Right.READ_ORDERS)
async def whole(*, visit: Visiting, number: Number) -> Template:
    """Show one order: what was bought, its payment, its work, its letters, its history."""
    return await order_page(visit, number=number)


async def order_page(visit: Visit, *, number: str, refusal: Refusal | None = None) -> Template:
    """Show one order; `refusal` says why something was not done just now."""
    db, now = visit.db, visit.now
    found = await orders.order_by_number(db, number=number)
    if found is None:
        raise OrderNotFound("There is no order with this number.")
    around = await studio.around(db, order=found)
    can_change = may(visit.staff.role, Right.CHANGE_ORDERS)
    return visit.page(
        "studio/orders/order.html",
        refusal=refusal,
        again=rules.ORDER_LETTERS,
        zone=await figures.clock(db),
        now=now,
        order=found,
        around=around,
        operation_names={each.id: public_id("op", each.id) for each in around.operations},
        work_names={each.id: public_id("work", each.id) for each in found.fulfillments},
        line_names={each.id: public_id("line", each.id) for each in found.lines},
        parcels=await orders.parcels(db, fulfillment_ids=[work.id for work in found.fulfillments]),
        paces={work.id: pace(work.state, due=work.due_at, now=now) for work in found.fulfillments},
        can=await _desk(db, found, now=now) if can_change else None,
        history=await orders.history(db, order_id=found.id),
        decisions=await promising.decisions(db, order_id=found.id),
        names=await place_names(db),
        returned=await returns.of_order(db, order_id=found.id),
    )


async def _desk(db: AsyncSession, order: OrderRead, *, now: datetime) -> shown.Desk:
    """Say what can be done with an order."""
    live = [work for work in order.fulfillments if not work.is_over]
    movable = [work for work in live if work.state in MOVABLE and work.way is Way.SHIP]
    open_units: dict[OrderLineId, int] = {}
    for work in (one for one in live if one.state in NOT_PICKED):
        for line_id, units in work.parts.items():
            open_units[line_id] = open_units.get(line_id, 0) + units
    skus = {line.id: line.sku for line in order.lines}
    wanted = sorted({skus[line_id] for work in movable for line_id in work.parts})
    found = (
        await promising.sources(db, channel_id=order.channel_id, skus=wanted, now=now)
        if wanted
        else None
    )
    left = {line.id: line.quantity - line.canceled_units for line in order.lines}
    kept = {line.id for line in order.lines if line.state is LineState.SET_ASIDE}
    return shown.Desk(
        movable={work.id for work in movable},
        holdable={work.id for work in live if work.state in HOLDABLE},
        choices={work.id: rules.choices(work, found.sources, skus) for work in movable}
        if found
        else {},
        cancelable=open_units,
        sizes={
            line_id: sizes
            for line_id, sizes in (
                await orders.other_sizes(db, order_id=order.id, now=now) if open_units else {}
            ).items()
            if line_id not in kept and left[line_id] == open_units.get(line_id, 0)
        },
        address_mark=rules.mark(order.address) if _can_go_elsewhere(live) else None,
    )


def _can_go_elsewhere(live: Sequence[FulfillmentRead]) -> bool:
    sent = [work.state for work in live if work.way is Way.SHIP]
    return bool(sent) and MOVABLE.issuperset(sent) and Work.PACKED not in sent


def _last_seen(before: str | None) -> OrderId | None:
    if before is None:
        return None
    found = row_id("ord", before)
    if found is None:
        raise NoSuchPage("This page of the list does not exist. Start from the newest orders.")
    return OrderId(found)


router: Final = staff_router("/studio", [listed, whole])
