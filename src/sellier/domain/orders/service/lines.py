"""Order lines: read for change, and moved on."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update

from sellier.domain.orders.models import LineTransition, OrderLine
from sellier.domain.orders.states import LineEvent, LineState, next_state
from sellier.infra.batch import Rows, Statement, Step, inserting

# The lines of an order, locked before any of its fulfillments. Their ids stay, so that sourcing,
# which has fulfillments locked and adds one that refers to lines, does not wait for us.
OF_ORDER: Final = Statement(
    select(
        OrderLine.id,
        OrderLine.sku,
        OrderLine.quantity,
        OrderLine.canceled_units,
        OrderLine.state,
        OrderLine.way,
        OrderLine.location_id,
        OrderLine.unit_minor,
        OrderLine.replaces_id,
    )
    .where(OrderLine.order_id == bindparam("order_id"))
    .order_by(OrderLine.id)
    .with_for_update(key_share=True)
)


def advanced(found: Rows, *, event: LineEvent, by: str, now: datetime) -> Iterator[Step]:
    """Move locked lines on. Raises `TransitionRefused`."""
    for line in found:
        after = next_state(LineState(line.state), event)
        yield _STATE(line_id=line.id, state=after)
        yield _TRANSITION(
            line_id=line.id, event=event, before=line.state, after=after, at=now, by=by
        )


_STATE: Final = Statement(
    update(OrderLine).where(OrderLine.id == bindparam("line_id")).values(state=bindparam("state"))
)
_TRANSITION: Final = inserting(LineTransition)
