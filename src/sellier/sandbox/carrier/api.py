"""The carrier's API, for the shop's server."""

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from sellier.sandbox.carrier import book, label, wire
from sellier.sandbox.doors import Key, misbehave, only_with, required
from sellier.sandbox.outside import Sandbox

Box = NamedDependency[Sandbox]


@post("/shipments", status_code=200)
async def create(
    *, box: Box, data: JSONBody[wire.NewShipment], key: Key = None
) -> wire.ShipmentAnswer:
    shipment, plan = book.create(
        box.store, key=required(key), asked=data, settings=box.settings, now=box.clock()
    )
    await misbehave(box, is_slow=plan.is_slow, hangs=plan.hangs, breaks=plan.breaks)
    return book.answer(shipment, public_url=box.settings.public_url)


@get("/shipments")
async def shipments(*, box: Box, key: FromQuery[str]) -> wire.Page:
    """Find by our caller's key, which is how an unknown outcome becomes known."""
    found = book.by_key(box.store, key=key)
    return wire.Page(
        items=[book.answer(shipment, public_url=box.settings.public_url) for shipment in found]
    )


@get("/shipments/{shipment_id:str}")
async def shipment(*, box: Box, shipment_id: FromPath[str]) -> wire.ShipmentAnswer:
    found = book.get(box.store, shipment_id=shipment_id)
    return book.answer(found, public_url=box.settings.public_url)


@get("/shipments/{shipment_id:str}/label")
async def label_of(*, box: Box, shipment_id: FromPath[str]) -> Response[bytes]:
    found = book.get(box.store, shipment_id=shipment_id)
    pdf = label.label(found, public_url=box.settings.public_url)
    return Response(pdf, media_type="application/pdf")


@post("/shipments/{shipment_id:str}/cancellation", status_code=200)
async def cancel(*, box: Box, shipment_id: FromPath[str]) -> wire.ShipmentAnswer:
    """Take a label back. It needs no key: a canceled shipment can only stay so."""
    found = book.cancel(box.store, shipment_id=shipment_id, settings=box.settings, now=box.clock())
    return book.answer(found, public_url=box.settings.public_url)


def router(api_key: str) -> Router:
    handlers = [create, shipments, shipment, label_of, cancel]
    return Router("/carrier/v1", route_handlers=handlers, guards=[only_with(api_key)])
