"""What a person decides about captures and refunds that the provider would not do."""

from typing import Annotated, Final

from litestar import post
from litestar.params import PathParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.payments import queries as payment_queries
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import OperationNotFound
from sellier.infra.web import Db, Now
from sellier.kernel.ids import PaymentOperationId, row_id
from sellier.surfaces.doors.staff import Staff, author, staff_router

Number = Annotated[str, PathParameter(max_length=20)]
Name = Annotated[str, PathParameter(max_length=40)]


@post("/orders/{number:str}/operations/{operation:str}/retry", right=Right.MOVE_MONEY)
async def retry(*, db: Db, staff: Staff, now: Now, number: Number, operation: Name) -> Redirect:
    """Have the provider asked again."""
    found = await _operation(db, number=number, name=operation)
    await payments.retry(db, operation_id=found, by=author(staff), now=now)
    return Redirect(f"/studio/orders/{number}#payment", status_code=303)


@post("/orders/{number:str}/operations/{operation:str}/drop", right=Right.MOVE_MONEY)
async def drop(*, db: Db, staff: Staff, now: Now, number: Number, operation: Name) -> Redirect:
    """Say that it was not done and will not be."""
    found = await _operation(db, number=number, name=operation)
    await payments.drop(db, operation_id=found, by=author(staff), now=now)
    return Redirect(f"/studio/orders/{number}#payment", status_code=303)


async def _operation(db: AsyncSession, *, number: str, name: str) -> PaymentOperationId:
    order = await orders.order_by_number(db, number=number)
    wanted = row_id("op", name)
    found = await payment_queries.operations(db, order_id=order.id) if order else ()
    if wanted is None or wanted not in {each.id for each in found}:
        raise OperationNotFound("This order has no such capture or refund. Look at its page anew.")
    return PaymentOperationId(wanted)


router: Final = staff_router("/studio", [retry, drop])
