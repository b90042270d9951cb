"""Pieces that a customer gives back: chosen from the order, followed on a page of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final
from uuid import UUID

import httpx
import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, PathParameter, SkipValidation
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.errors import CarrierError
from sellier.domain.carriers.gateway import PDF, Carrier
from sellier.domain.orders.queries import OrderRead
from sellier.domain.returns import queries, rules
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import (
    NothingToReturn,
    NotSoldHere,
    OtherStyle,
    ReturnNotFound,
    ReturnTransitionRefused,
    ReturnUnitsAbsurd,
    WantedGone,
)
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import WINDOW, WORDS_LONGEST, Plan, Wanted, Wish
from sellier.domain.returns.states import REASONS, Reason, ReturnState, ReturnWay
from sellier.infra.web import Configuration, Db, Form, Now, Sessions, Several, Visitor, rows
from sellier.kernel.errors import Conflict
from sellier.kernel.ids import OrderLineId, ReturnId, Sku, new_id, public_id, row_id
from sellier.surfaces.storefront import orders, visit
from sellier.surfaces.storefront import queries as reads
from sellier.surfaces.storefront.orders import NothingAsked
from sellier.surfaces.storefront.visit import Visit, Visiting

BY: Final = "customer"
MONEY: Final = "money"
Number = Annotated[str, PathParameter(max_length=20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wrote for one line."""

    line: str
    units: str = "0"
    reason: str = Reason.CHANGED_MIND
    instead: str = MONEY  # or a SKU


class ReturnForm(Form, frozen=True, kw_only=True):
    """Units by line, each with its reason, and what goes out instead of the money, if anything.

    `key` is the form's own: twice, it is one return.
    """

    key: UUID
    way: ReturnWay
    line: Several = ""
    units: Several = ""
    reason: Several = ""
    instead: Several = ""
    words: Annotated[str, msgspec.Meta(max_length=WORDS_LONGEST)] = ""

    def wishes(self) -> Sequence[Wish]:
        """Read what is to come back. Raises `ReturnUnitsAbsurd`."""
        told = [_wish(one, words=self.words.strip()) for one in self.said().values()]
        return [wish for wish in told if wish is not None]

    def said(self) -> Mapping[str, Said]:
        """Return what was written for each line, by its name on the page."""
        told = rows(self.line, self.units, self.reason, self.instead)
        return {
            line: Said(line=line, units=units, reason=reason, instead=instead)
            for line, units, reason, instead in told
        }


# A protocol cannot be checked at run time, and need not be: the application makes it.
Labeler = NamedDependency[SkipValidation[Carrier]]
ReturnBody = Annotated[ReturnForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
NothingBody = Annotated[NothingAsked, Body(media_type=RequestEncodingType.URL_ENCODED)]


class LabelUnavailable(Conflict):
    """The carrier gives no label now."""

    code: ClassVar[str] = "storefront.label_unavailable"


@get("/orders/{name:str}/return")
async def choose(
    *,
    request: Visitor,
    db: Db,
    settings: Configuration,
    now: Now,
    visiting: Visiting,
    name: FromPath[str],
) -> Template:
    """Show which pieces may come back, and ask why and how."""
    found = await orders.mine(request, db, settings, name=name)
    return await _choice(request, db, visiting, order=found, name=name, now=now)


@post("/orders/{name:str}/return", status_code=303)
async def announce(
    *,
    request: Visitor,
    db: Db,
    settings: Configuration,
    now: Now,
    visiting: Visiting,
    name: FromPath[str],
    data: ReturnBody,
) -> Template | Redirect:
    """Announce what comes back, and lead to its page; or say what cannot."""
    found = await orders.mine(request, db, settings, name=name)
    return_id = ReturnId(data.key)
    try:
        async with db.begin_nested():
            is_posted = data.way is ReturnWay.POST
            plan = Plan(
                order_id=found.id,
                wishes=data.wishes(),
                way=ReturnWay.POST if is_posted else ReturnWay.BOUTIQUE,
                expected_at=await queries.post_to(db, order_id=found.id) if is_posted else None,
            )
            await returns.announce(db, return_id=return_id, plan=plan, by=BY, now=now)
    except (NothingToReturn, ReturnUnitsAbsurd, OtherStyle, NotSoldHere, WantedGone) as refusal:
        return await _choice(
            request, db, visiting, order=found, name=name, now=now, form=data, code=refusal.code
        )
    made = await queries.return_of(db, return_id=return_id)
    assert made is not None, "it was announced just now"
    return _to(visiting, name, made.number)


@get("/orders/{name:str}/returns/{number:str}")
async def shown(
    *,
    request: Visitor,
    db: Db,
    settings: Configuration,
    visiting: Visiting,
    name: FromPath[str],
    number: Number,
) -> Template:
    """Show a return: what comes back, where it is, and what happens next."""
    found = await orders.mine(request, db, settings, name=name)
    mine = await _mine(db, found, number)
    return visit.show(
        request,
        visiting,
        "storefront/return/page.html",
        order=found,
        name=name,
        back=mine,
        pieces=await reads.ordered(
            db,
            ids=[
                *(line.style_color_id for line in mine.lines),
                *(one.style_color_id for one in mine.replacements),
            ],
        ),
    )


@post("/orders/{name:str}/returns/{number:str}/cancellation", status_code=303)
async def cancel(
    *,
    request: Visitor,
    db: Db,
    settings: Configuration,
    now: Now,
    visiting: Visiting,
    name: FromPath[str],
    number: Number,
    data: NothingBody,
) -> Redirect:
    """Keep the pieces after all; one that is on its way stays as it is."""
    assert data is not None
    found = await orders.mine(request, db, settings, name=name)
    mine = await _mine(db, found, number)
    if mine.state is ReturnState.ANNOUNCED:
        await returns.cancel(db, return_id=mine.id, by=BY, now=now)
    return _to(visiting, name, number)


@post("/orders/{name:str}/returns/{number:str}/label")
async def label(
    *,
    request: Visitor,
    sessions: Sessions,
    settings: Configuration,
    carrier: Labeler,
    name: FromPath[str],
    number: Number,
    data: NothingBody,
) -> Response[bytes]:
    """Have the parcel labeled, once, and give the label as PDF as often as it is asked for."""
    assert data is not None
    async with sessions.begin() as db:
        found = await orders.mine(request, db, settings, name=name)
        mine = await _mine(db, found, number)
        sending = await queries.sending(db, return_id=mine.id)
    if sending is None:
        raise ReturnTransitionRefused("This return does not travel by post any more.")
    try:
        told = await carrier.create(sending=sending, notice_url=f"{settings.url}/carriers/notices")
        paper = await carrier.label(carrier_id=told.id)
    except (CarrierError, httpx.HTTPError) as error:
        raise LabelUnavailable(
            "The carrier gives no label just now. Try again in some minutes, or bring the pieces "
            "to a boutique."
        ) from error
    named = f'inline; filename="{mine.number}.pdf"'
    return Response(paper, media_type=PDF, status_code=200, headers={"content-disposition": named})


async def _choice(
    request: Visitor,
    db: AsyncSession,
    visiting: Visit,
    *,
    order: OrderRead,
    name: str,
    now: Now,
    form: ReturnForm | None = None,
    code: str | None = None,
) -> Template:
    parts = await queries.returnable(db, order_id=order.id)
    found = await queries.choices(db, order_id=order.id, lang=visiting.lang, now=now)
    return visit.show(
        request,
        visiting,
        "storefront/return/choice.html",
        status=422 if code else 200,
        order=order,
        name=name,
        left=rules.returnable(parts, now=now),
        instead={
            line_id: [one for one in each if one.is_same_price and one.available]
            for line_id, each in found.items()
        },
        said=form.said() if form else {},
        nothing_said=Said(line=""),
        names={line.id: public_id("line", line.id) for line in order.lines},
        until=max((part.since for part in parts), default=now) + WINDOW,
        pieces=await reads.ordered(db, ids=[line.style_color_id for line in order.lines]),
        reasons=REASONS,
        key=form.key if form else new_id(),
        form=form,
        code=code,
    )


async def _mine(db: AsyncSession, order: OrderRead, number: str) -> ReturnRead:
    found = await queries.return_by_number(db, number=number)
    if found is None or found.order_id != order.id:
        raise ReturnNotFound("This order has no such return.")
    return found


def _to(visiting: Visit, name: str, number: str) -> Redirect:
    return Redirect(f"/{visiting.lang}/orders/{name}/returns/{number}", status_code=303)


def _wish(said: Said, *, words: str) -> Wish | None:
    units = said.units
    if units in {"", "0"}:
        return None
    line_id = row_id("line", said.line)
    if line_id is None or not (units.isdecimal() and len(units) <= 3) or said.reason not in REASONS:  # noqa: PLR2004  as many units as a line has
        raise ReturnUnitsAbsurd("Choose pieces, and say why they come back.")
    return Wish(
        line_id=OrderLineId(line_id),
        quantity=int(units),
        reason=Reason(said.reason),
        words=words or None,
        wanted=None if said.instead in {"", MONEY} else Wanted(sku=Sku(said.instead)),
    )
