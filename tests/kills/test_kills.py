"""Whoever works may die anywhere: nothing is lost, nothing is done twice, and it goes on."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import settings as hypothesis_settings

from sellier.infra import db
from tests.domain.closures import make as network
from tests.domain.orders import make
from tests.kills import sagas
from tests.kills.mortal import Mortal, Verb
from tests.kills.sagas import Plot

Some = Callable[[Plot], Sequence[Verb]]
ROUNDS: Final = 1
IS_SOAK: Final = hypothesis_settings.get_current_profile_name() == "soak"


def nothing(_plot: Plot) -> Sequence[Verb]:
    return []


def delivered(plot: Plot) -> Sequence[Verb]:
    return [*sagas.sold(plot), *sagas.delivered(plot)]


def packed(plot: Plot) -> Sequence[Verb]:
    return [*sagas.sold(plot), *sagas.prepared(plot), sagas.LABEL]


# What is there before, and what is done until death; how many pieces in how many orders.
SAGAS: Final[dict[str, tuple[Some, Some, int, int]]] = {
    "a sale": (nothing, sagas.sold, 2, 1),
    "a sale that two places send": (nothing, sagas.sold, 5, 1),
    "money that is refused": (nothing, sagas.refused, 1, 1),
    "an order nobody pays for": (nothing, sagas.abandoned, 1, 1),
    "from the offer to the door": (sagas.sold, sagas.delivered, 2, 1),
    "work that goes elsewhere": (sagas.sold, sagas.sent_from_elsewhere, 2, 1),
    "a cancellation": (sagas.sold, sagas.canceled, 2, 1),
    "a label taken back": (packed, sagas.taken_away, 1, 1),
    "a return": (delivered, sagas.returned, 2, 1),
    "a transfer": (nothing, sagas.transferred, 1, 0),
    "a count": (sagas.sold, sagas.counted, 3, 1),
    "a delivery": (nothing, sagas.received, 1, 0),
    "a closure": (sagas.sold, sagas.closed, 1, 3),
    "a pickup nobody comes for": (sagas.sold, sagas.pickup, 1, 1),
    "an import": (nothing, sagas.imported, 1, 0),
    "what others are told": (sagas.sold, sagas.told, 1, 1),
}


async def _plot(mortal: Mortal, *, units: int, orders: int, now: datetime) -> Plot:
    async with db.sessions(mortal.engine).begin() as session:
        found = await network.network(session, on_hand=4, elsewhere=(4,))
    carts = []
    for _ in range(orders):
        async with db.sessions(mortal.engine).begin() as session:
            carts.append(await make.cart(session, found.shop, now=now, quantity=units))
    await mortal.engine.dispose()
    return Plot(network=found, carts=carts, hooks=mortal.hooks)


@pytest.mark.parametrize("name", SAGAS)
def test_whoever_does_it_may_die_anywhere(name: str, mortal: Mortal) -> None:
    before, done, units, orders = SAGAS[name]
    now = datetime.now(UTC)
    for _ in range(30 if IS_SOAK else ROUNDS):
        plot = asyncio.run(_plot(mortal, units=units, orders=orders, now=now))
        mortal.live(before(plot), now=now)
        now = mortal.die(done(plot), now=now)
        mortal.live(sagas.ended(days=2), now=now)
        mortal.check("the worker had its turn")
        mortal.empty()
    assert sum(mortal.died.values()) > 20
