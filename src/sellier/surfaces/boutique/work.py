"""`/boutique/work/{id}`: the work for one order, from the offer to the customer's hands."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template

from sellier.domain.identity.states import Right
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import (
    FulfillmentNotFound,
    OrderNotFound,
    UnitsRefused,
    WrongPiece,
)
from sellier.domain.orders.states import REJECTIONS, Cause
from sellier.domain.stock import queries as stock
from sellier.infra.web import Form
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId, LocationId, Sku, public_id, row_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.boutique.queries import work as queries
from sellier.surfaces.doors.staff import Answer, Visit, Visiting, staff_router

Address = Annotated[str, PathParameter(max_length=40)]
Number = Annotated[str, PathParameter(max_length=20)]
Tag = Annotated[str, QueryParameter(max_length=100)]
Code = Annotated[str, msgspec.Meta(max_length=100)]


class RefusalForm(Form, frozen=True, kw_only=True):
    """Why work is not done, or why units are missing."""

    cause: Cause | None = None
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class TagForm(Form, frozen=True, kw_only=True):
    """What a scanner read, or a person typed."""

    code: Code = ""


class ShelfForm(Form, frozen=True, kw_only=True):
    shelf: Annotated[str, msgspec.Meta(max_length=20)] = ""


RefusalBody = Annotated[RefusalForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
TagBody = Annotated[TagForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
ShelfBody = Annotated[ShelfForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Who stands before which work: what every step here needs."""

    visit: Visit
    work: str  # as addresses name it

    @property
    def id(self) -> FulfillmentId:
        """Return the work that the address names; none is not found."""
        found = row_id("work", self.work)
        if found is None:
            raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
        return FulfillmentId(found)

    @property
    def at(self) -> LocationId:
        """Return the boutique. Whoever stands nowhere has no work."""
        if self.visit.staff.location_id is None:
            raise FulfillmentNotFound("Work is done by the associates of a boutique.")
        return self.visit.staff.location_id

    async def page(
        self, *, scanned: str = "", code: str = "", refusal: Refusal | None = None
    ) -> Template:
        """Show the work as it stands. Another boutique's is not found."""
        visit, here = self.visit, self.visit.staff.location_id
        found = here and await queries.sheet(
            visit.db, fulfillment_id=self.id, location_id=here, lang=visit.lang, now=visit.now
        )
        if not found:
            raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
        return visit.page(
            "boutique/work/page.html",
            refusal=refusal,
            boutique=await place.here(visit.db, location_id=here),
            work=found,
            reasons=REJECTIONS,
            scanned=scanned,
            code=code,
            now=visit.now,
        )

    async def do(self, act: Awaitable[object], *, then: str = "", code: str = "") -> Answer:
        """Take a step whole or not at all, and show what came of it."""
        if refusal := await self.visit.attempt(act):
            return await self.page(code=code, refusal=refusal)
        return Redirect(f"/boutique/work/{self.work}{then}", status_code=303)


Standing = NamedDependency[Bench]


def stand(*, visit: Visiting, work: Address) -> Bench:
    """Put whoever asks before the work that the address names."""
    return Bench(visit=visit, work=work)


@get("/work/{work:str}", right=Right.PREPARE_ORDERS)
async def whole(*, bench: Standing, scanned: Tag = "", code: Tag = "") -> Template:
    """Show the work: what is to be done now."""
    return await bench.page(scanned=scanned, code=code)


@get("/orders/{number:str}", right=Right.PREPARE_ORDERS)
async def by_number(*, visit: Visiting, number: Number) -> Template:
    """Show the work that this boutique has for an order, by the number on its papers."""
    here = visit.staff.location_id
    found = here and await queries.work_of(visit.db, number=number, location_id=here)
    if not found:
        raise OrderNotFound("There is no such order to prepare here.")
    return await Bench(visit=visit, work=public_id("work", found)).page()


@post("/work/{work:str}/acceptance", right=Right.PREPARE_ORDERS)
async def accept(*, visit: Visiting, bench: Standing) -> Answer:
    """Take the work on: mine, or one that others see too."""
    act = orders.claim(visit.db, fulfillment_id=bench.id, at=bench.at, by=visit.by, now=visit.now)
    return await bench.do(act)


@post("/work/{work:str}/refusal", right=Right.PREPARE_ORDERS)
async def refuse(*, bench: Standing, data: RefusalBody) -> Answer:
    """Refuse the work, for a reason that says what is true of the stock."""
    return await bench.do(_refuse(bench, data))


@post("/work/{work:str}/scans", right=Right.PREPARE_ORDERS)
async def scan(*, bench: Standing, data: TagBody) -> Answer:
    """Count what a scanner read."""
    return await bench.do(_scan(bench, data.code), then=f"?{urlencode({'scanned': data.code})}")


@post("/work/{work:str}/returns", right=Right.PREPARE_ORDERS)
async def put_back(*, visit: Visiting, bench: Standing, data: TagBody) -> Answer:
    """Forget the scans of a piece."""
    act = orders.put_back(visit.db, fulfillment_id=bench.id, sku=Sku(data.code), at=bench.at)
    return await bench.do(act)


@post("/work/{work:str}/picking", right=Right.PREPARE_ORDERS)
async def finish_picking(*, visit: Visiting, bench: Standing, data: RefusalBody) -> Answer:
    """End picking; what was not scanned is missing, for a reason."""
    act = orders.finish_picking(
        visit.db,
        fulfillment_id=bench.id,
        cause=data.cause,
        at=bench.at,
        by=visit.by,
        now=visit.now,
    )
    return await bench.do(act)


@post("/work/{work:str}/packing", right=Right.PREPARE_ORDERS)
async def pack(*, visit: Visiting, bench: Standing) -> Answer:
    """Say that everything lies in its parcel."""
    act = orders.pack(visit.db, fulfillment_id=bench.id, at=bench.at, by=visit.by, now=visit.now)
    return await bench.do(act)


@post("/work/{work:str}/labels", right=Right.PREPARE_ORDERS)
async def ask_label(*, visit: Visiting, bench: Standing) -> Answer:
    """Ask for a label again that the carrier refused."""
    act = orders.ask_again(
        visit.db, fulfillment_id=bench.id, at=bench.at, by=visit.by, now=visit.now
    )
    return await bench.do(act)


@post("/work/{work:str}/handover", right=Right.PREPARE_ORDERS)
async def hand_over(*, visit: Visiting, bench: Standing) -> Answer:
    """Give the parcel to the carrier."""
    act = orders.hand_over(
        visit.db, fulfillment_id=bench.id, at=bench.at, by=visit.by, now=visit.now
    )
    return await bench.do(act)


@post("/work/{work:str}/readiness", right=Right.PREPARE_ORDERS)
async def make_ready(*, visit: Visiting, bench: Standing, data: ShelfBody) -> Answer:
    """Put the pieces aside for their customer."""
    act = orders.make_ready(
        visit.db,
        fulfillment_id=bench.id,
        at=bench.at,
        by=visit.by,
        now=visit.now,
        shelf=data.shelf.strip(),
    )
    return await bench.do(act)


@post("/work/{work:str}/collection", right=Right.PREPARE_ORDERS)
async def collect(*, visit: Visiting, bench: Standing, data: TagBody) -> Answer:
    """Hand the pieces to whoever says their code."""
    act = orders.collect(
        visit.db,
        fulfillment_id=bench.id,
        code=data.code,
        at=bench.at,
        by=visit.by,
        now=visit.now,
    )
    return await bench.do(act, code=data.code)


async def _refuse(bench: Bench, form: RefusalForm) -> None:
    if form.cause is None:
        raise UnitsRefused("Choose one of the reasons.")
    await orders.reject(
        bench.visit.db,
        fulfillment_id=bench.id,
        cause=form.cause,
        at=bench.at,
        by=bench.visit.by,
        now=bench.visit.now,
        note=form.note.strip() or None,
    )


async def _scan(bench: Bench, code: str) -> None:
    tag, db = "".join(code.split()), bench.visit.db
    known = await stock.skus_of(db, tags=[tag])
    if tag not in known:
        raise WrongPiece("No piece has this tag.", sku=code, is_unknown=True)
    await orders.scan(db, fulfillment_id=bench.id, sku=known[tag], at=bench.at)


router: Final = staff_router(
    "/boutique",
    [
        whole,
        by_number,
        accept,
        refuse,
        scan,
        put_back,
        finish_picking,
        pack,
        ask_label,
        hand_over,
        make_ready,
        collect,
    ],
    dependencies={"bench": Provide(stand, sync_to_thread=False)},
)
