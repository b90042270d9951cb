"""Pages of the carrier: a desk where a person decides what happens, and tracking for anyone."""

from typing import Final

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from sellier.sandbox import notices, pages
from sellier.sandbox.carrier import book, label, rules
from sellier.sandbox.carrier.values import Move, Shipment, State
from sellier.sandbox.doors import Lang, only_from_here
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.values import Sender

Box = NamedDependency[Sandbox]

# What is on the way and has not happened yet, for the line of dots on the tracking page.
_AHEAD: Final = (
    State.LABELED,
    State.PICKED_UP,
    State.IN_TRANSIT,
    State.OUT_FOR_DELIVERY,
    State.DELIVERED,
)


class MoveForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    move: Move


@get("/carrier")
async def shipments(*, box: Box, request: pages.Asked, lang: Lang = None) -> Response[str]:
    found = book.recent(box.store)
    return pages.show(
        "shipments.html",
        lang=pages.language(request, lang),
        words=pages.PORTEO,
        values={
            "shipments": [(each, rules.spaced(each.number)) for each in found],
            "moves": {each.id: rules.moves(each.state) for each in found},
            "notices": notices.recent(box.store, sender=Sender.CARRIER),
            "self_url": "/carrier",
        },
    )


@post("/carrier/shipments/{shipment_id:str}/moves", status_code=303, guards=[only_from_here])
async def move(
    *,
    box: Box,
    request: pages.Asked,
    shipment_id: FromPath[str],
    data: URLEncodedBody[MoveForm],
    lang: Lang = None,
) -> Redirect:
    book.move(
        box.store,
        shipment_id=shipment_id,
        made=data.move,
        settings=box.settings,
        now=box.clock(),
    )
    return Redirect(f"/carrier?lang={pages.language(request, lang)}", status_code=303)


@get("/carrier/shipments/{shipment_id:str}/label")
async def label_page(*, box: Box, shipment_id: FromPath[str]) -> Response[bytes]:
    found = book.get(box.store, shipment_id=shipment_id)
    pdf = label.label(found, public_url=box.settings.public_url)
    return Response(pdf, media_type="application/pdf", headers=dict(pages.HEADERS))


@get("/track/{number:str}")
async def tracking(
    *, box: Box, request: pages.Asked, number: FromPath[str], lang: Lang = None
) -> Response[str]:
    """Show where a parcel is to whoever has its number; names and streets stay out of it."""
    found = book.by_number(box.store, number=number)
    return pages.show(
        "tracking.html",
        lang=pages.language(request, lang),
        words=pages.PORTEO,
        values={
            "shipment": found,
            "number": rules.spaced(found.number),
            "ahead": _ahead(found),
            "self_url": f"/track/{found.number}",
        },
    )


def router() -> Router:
    return Router("/", route_handlers=[shipments, move, label_page, tracking])


def _ahead(shipment: Shipment) -> tuple[State, ...]:
    """List what a shipment that goes its usual way still has before it."""
    if shipment.state is State.FAILED_ATTEMPT:
        return _AHEAD[3:]
    at = _AHEAD.index(shipment.state) + 1 if shipment.state in _AHEAD else len(_AHEAD)
    return _AHEAD[at:]
