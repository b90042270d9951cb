"""Whoever asks for a label dies at every step; the parcel has one label all the same."""

from datetime import UTC, datetime, timedelta

from sellier.domain.carriers.gateway import Carrier, carrier_of
from sellier.domain.orders import jobs, queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.queries import ParcelRead
from sellier.domain.orders.states import ParcelState
from sellier.infra import keys
from sellier.infra.jobs import Context
from sellier.kernel.ids import FulfillmentId
from tests.domain.orders import make
from tests.domain.orders.make import Shop
from tests.faults import dying
from tests.faults.test_kill_points import ENOUGH, World, chosen, world

__all__ = ["world"]

BY = "staff:test"
TOLD = ("COMMIT", "provider", "UPDATE parcel", "tracking")


async def _packed(world: World, shop: Shop) -> ParcelRead:
    now = datetime.now(UTC)
    bought = await make.bought(world.sessions, shop, now=now)
    (work,) = bought.works
    async with world.sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=BY, now=now)
        await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=now)
        await orders.pack(db, fulfillment_id=work, by=BY, now=now)
    return await _parcel(world, work)


async def _parcel(world: World, work: FulfillmentId) -> ParcelRead:
    async with world.sessions() as db:
        ((parcel,),) = (await queries.parcels(db, fulfillment_ids=[work])).values()
    return parcel


def _carrier(world: World) -> Carrier:
    return carrier_of(world.known, keys=keys.of(world.known), client=world.client)


async def test_whoever_asks_for_a_label_may_die_anywhere(world: World) -> None:
    async with world.sessions.begin() as db:
        shop = await make.shop(db, on_hand=ENOUGH)
    first = await _packed(world, shop)
    whole = await world.buyers.send({"parcel_id": str(first.id), "dies_at": None})
    assert whole["status"] == ParcelState.LABELED

    begun: list[tuple[ParcelRead, str]] = []
    for number in chosen(whole["steps"], told=TOLD):
        parcel = await _packed(world, shop)
        ended = await world.buyers.send({"parcel_id": str(parcel.id), "dies_at": number})
        assert ended == {"code": dying.DIED}, whole["steps"][number]
        begun.append((parcel, whole["steps"][number]))
    assert len(begun) > len(TOLD)

    later = datetime.now(UTC) + timedelta(minutes=1)
    context = Context(
        sessions=world.sessions,
        settings=world.known,
        keys=keys.of(world.known),
        http=world.client,
        clock=lambda: later,
    )
    await jobs.label_due(context, [])
    for parcel, step in begun:
        after = await _parcel(world, parcel.fulfillment_id)
        assert after.state is ParcelState.LABELED, step
        told = await _carrier(world).find(parcel_id=parcel.id)
        assert told is not None
        assert told.tracking_number == after.tracking_number, step
