"""`/boutique/work/{id}`: the work for one order, from the offer to the customer's hands."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.queries import SignedIn
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
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId, LocationId, Sku, public_id, row_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.boutique.queries import work as queries
from sellier.surfaces.doors.staff import (
    Lang,
    Staff,
    attempt,
    author,
    staff_page,
    staff_router,
    status_of,
)

Address = Annotated[str, PathParameter(max_length=40)]
Number = Annotated[str, PathParameter(max_length=20)]
Tag = Annotated[str, QueryParameter(max_length=100)]
Answer = Template | Redirect
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
    """Who stands before which work, and when: what every step here needs."""

    request: Visitor
    db: AsyncSession
    staff: SignedIn
    lang: str
    now: datetime
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
        if self.staff.location_id is None:
            raise FulfillmentNotFound("Work is done by the associates of a boutique.")
        return self.staff.location_id

    @property
    def by(self) -> str:
        return author(self.staff)

    async def page(self, *, refusal: Refusal | None = None, **context: object) -> Template:
        """Show the work as it stands. Another boutique's is not found."""
        here = self.staff.location_id
        found = here and await queries.sheet(
            self.db, fulfillment_id=self.id, location_id=here, lang=self.lang, now=self.now
        )
        if not found:
            raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
        return staff_page(
            self.request,
            "boutique/work/page.html",
            staff=self.staff,
            lang=self.lang,
            status=status_of(refusal),
            boutique=await place.here(self.db, location_id=here),
            work=found,
            reasons=REJECTIONS,
            refusal=refusal,
            now=self.now,
            **context,
        )

    async def do(self, act: Awaitable[object], *, then: str = "", **context: object) -> Answer:
        """Take a step whole or not at all, and show what came of it."""
        if refusal := await attempt(self.db, act):
            return await self.page(refusal=refusal, **context)
        return Redirect(f"/boutique/work/{self.work}{then}", status_code=303)


@get("/work/{work:str}", right=Right.PREPARE_ORDERS)
async def whole(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    staff: Staff,
    lang: Lang,
    work: Address,
    scanned: Tag = "",
    code: Tag = "",
) -> Template:
    """Show the work: what is to be done now."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    return await bench.page(scanned=scanned, code=code)


@get("/orders/{number:str}", right=Right.PREPARE_ORDERS)
async def by_number(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, number: Number
) -> Template:
    """Show the work that this boutique has for an order, by the number on its papers."""
    found = staff.location_id and await queries.work_of(
        db, number=number, location_id=staff.location_id
    )
    if not found:
        raise OrderNotFound("There is no such order to prepare here.")
    work = public_id("work", found)
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    return await bench.page(scanned="", code="")


@post("/work/{work:str}/acceptance", right=Right.PREPARE_ORDERS)
async def accept(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address
) -> Answer:
    """Take the work on: mine, or one that others see too."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.claim(db, fulfillment_id=bench.id, at=bench.at, by=bench.by, now=now)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/refusal", right=Right.PREPARE_ORDERS)
async def refuse(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    staff: Staff,
    lang: Lang,
    work: Address,
    data: RefusalBody,
) -> Answer:
    """Refuse the work, for a reason that says what is true of the stock."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = _refuse(bench, data)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/scans", right=Right.PREPARE_ORDERS)
async def scan(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address, data: TagBody
) -> Answer:
    """Count what a scanner read."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = _scan(bench, data.code)
    return await bench.do(act, then=f"?{urlencode({'scanned': data.code})}", scanned="", code="")


@post("/work/{work:str}/returns", right=Right.PREPARE_ORDERS)
async def put_back(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address, data: TagBody
) -> Answer:
    """Forget the scans of a piece."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.put_back(db, fulfillment_id=bench.id, sku=Sku(data.code), at=bench.at)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/picking", right=Right.PREPARE_ORDERS)
async def finish_picking(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    staff: Staff,
    lang: Lang,
    work: Address,
    data: RefusalBody,
) -> Answer:
    """End picking; what was not scanned is missing, for a reason."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.finish_picking(
        db, fulfillment_id=bench.id, cause=data.cause, at=bench.at, by=bench.by, now=now
    )
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/packing", right=Right.PREPARE_ORDERS)
async def pack(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address
) -> Answer:
    """Say that everything lies in its parcel."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.pack(db, fulfillment_id=bench.id, at=bench.at, by=bench.by, now=now)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/labels", right=Right.PREPARE_ORDERS)
async def ask_label(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address
) -> Answer:
    """Ask for a label again that the carrier refused."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.ask_again(db, fulfillment_id=bench.id, at=bench.at, by=bench.by, now=now)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/handover", right=Right.PREPARE_ORDERS)
async def hand_over(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address
) -> Answer:
    """Give the parcel to the carrier."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.hand_over(db, fulfillment_id=bench.id, at=bench.at, by=bench.by, now=now)
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/readiness", right=Right.PREPARE_ORDERS)
async def make_ready(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address, data: ShelfBody
) -> Answer:
    """Put the pieces aside for their customer."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.make_ready(
        db, fulfillment_id=bench.id, at=bench.at, by=bench.by, now=now, shelf=data.shelf.strip()
    )
    return await bench.do(act, scanned="", code="")


@post("/work/{work:str}/collection", right=Right.PREPARE_ORDERS)
async def collect(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, work: Address, data: TagBody
) -> Answer:
    """Hand the pieces to whoever says their code."""
    bench = Bench(request=request, db=db, staff=staff, lang=lang, now=now, work=work)
    act = orders.collect(
        db, fulfillment_id=bench.id, code=data.code, at=bench.at, by=bench.by, now=now
    )
    return await bench.do(act, scanned="", code=data.code)


async def _refuse(bench: Bench, form: RefusalForm) -> None:
    if form.cause is None:
        raise UnitsRefused("Choose one of the reasons.")
    await orders.reject(
        bench.db,
        fulfillment_id=bench.id,
        cause=form.cause,
        at=bench.at,
        by=bench.by,
        now=bench.now,
        note=form.note.strip() or None,
    )


async def _scan(bench: Bench, code: str) -> None:
    tag = "".join(code.split())
    known = await stock.skus_of(bench.db, tags=[tag])
    if tag not in known:
        raise WrongPiece("No piece has this tag.", sku=code, is_unknown=True)
    await orders.scan(bench.db, fulfillment_id=bench.id, sku=known[tag], at=bench.at)


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
)
