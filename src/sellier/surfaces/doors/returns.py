"""Returns as staff take them in, look at them and settle them: forms, their meaning, their page."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog import queries as catalog
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import ReturnNotFound, ReturnUnitsAbsurd
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import Finding, Wanted, Wish
from sellier.domain.returns.service import Handed
from sellier.domain.returns.states import REASONS, Disposition, Look, Reason
from sellier.infra.web import Form, Several, rows
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import (
    LocationId,
    OrderId,
    OrderLineId,
    ReturnId,
    ReturnLineId,
    Sku,
    public_id,
    row_id,
)
from sellier.surfaces.doors.staff import Answer, Visit

DIGITS_MAX: Final = 4
NOTE_LONGEST: Final = 200
# What goes out for a piece: its money, or another one, in hand or as ever.
MONEY, ALONG, LATER = "money", "along", "later"


class NothingAsked(Form, frozen=True, kw_only=True):
    """A button alone. `key` is the form's own, where it has one."""

    key: UUID | None = None


class ReceiveForm(NothingAsked, frozen=True, kw_only=True):
    """What came, line by line."""

    line: Several = ""
    units: Several = ""
    place: Annotated[str, msgspec.Meta(max_length=50)] = ""  # the studio says where
    note: Annotated[str, msgspec.Meta(max_length=NOTE_LONGEST)] = ""


class InspectForm(NothingAsked, frozen=True, kw_only=True):
    """What each unit is like, and what is done with it: one row a unit."""

    line: Several = ""
    look: Several = ""
    disposition: Several = ""
    note: Several = ""


class HandedForm(Form, frozen=True, kw_only=True):
    """Units handed over the counter, line by line. `key` is the form's own: twice, it is once."""

    key: UUID
    line: Several = ""
    units: Several = ""
    reason: Several = ""
    look: Several = ""
    disposition: Several = ""
    instead: Several = ""  # the money, or a SKU and whether it is taken along


ReceiveBody = Annotated[ReceiveForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
InspectBody = Annotated[InspectForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
HandedBody = Annotated[HandedForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
NothingBody = Annotated[NothingAsked, Body(media_type=RequestEncodingType.URL_ENCODED)]


async def found(db: AsyncSession, *, number: str) -> ReturnRead:
    """Return the return of this number. Raises `ReturnNotFound`."""
    one = await queries.return_by_number(db, number=number.strip().upper())
    if one is None:
        raise ReturnNotFound("There is no return of this number. Go back to the list.")
    return one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    """The page of one return, where a surface has it."""

    home: str
    template: str
    around: Callable[[Visit, ReturnRead], Awaitable[Mapping[str, object]]]  # what it shows besides

    async def show(self, visit: Visit, *, number: str, refusal: Refusal | None = None) -> Template:
        """Show a return as it stands now. Raises `ReturnNotFound`."""
        back = await found(visit.db, number=number)
        ids = {line.style_color_id for line in back.lines}
        return visit.page(
            self.template,
            refusal=refusal,
            back=back,
            names={line.id: public_id("rln", line.id) for line in back.lines},
            pieces=await catalog.pieces_of(visit.db, ids=ids, lang=visit.lang),
            looks=list(Look),
            dispositions=list(Disposition),
            **await self.around(visit, back),
        )

    async def step(self, visit: Visit, act: Awaitable[object], *, of: ReturnRead) -> Answer:
        """Take a step whole or not at all, and show what came of it."""
        if refusal := await visit.attempt(act):
            return await self.show(visit, number=of.number, refusal=refusal)
        return Redirect(f"{self.home}/{of.number}", status_code=303)


async def receive(visit: Visit, *, one: ReturnRead, form: ReceiveForm, at: LocationId) -> None:
    """Take in what a form says came. Raises as the service does."""
    told = rows(form.line, form.units)
    await returns.receive(
        visit.db,
        return_id=one.id,
        at=at,
        received={_line(line): _units(units) for line, units in told},
        by=visit.by,
        now=visit.now,
        note=form.note.strip() or None,
    )


async def inspect(visit: Visit, *, one: ReturnRead, form: InspectForm) -> None:
    """Write down what a form says each unit is like. Raises as the service does."""
    told = rows(form.line, form.look, form.disposition, form.note)
    counted: dict[ReturnLineId, Counter[tuple[Look, Disposition, str]]] = {}
    for line, look, goes, note in told:
        seen = _look(look), _disposition(goes), note.strip()[:NOTE_LONGEST]
        counted.setdefault(_line(line), Counter())[seen] += 1
    findings: Mapping[ReturnLineId, Sequence[Finding]] = {
        line_id: [
            Finding(quantity=units, look=look, disposition=goes, note=note or None)
            for (look, goes, note), units in each.items()
        ]
        for line_id, each in counted.items()
    }
    await returns.inspect(visit.db, return_id=one.id, findings=findings, by=visit.by, now=visit.now)


async def settle(visit: Visit, *, one: ReturnRead) -> None:
    """Have the money given back. Raises as the service does."""
    await returns.settle(visit.db, return_id=one.id, by=visit.by, now=visit.now)


def handed(form: HandedForm, *, at: LocationId) -> Sequence[Handed]:
    """Read what is handed over the counter of a boutique. Raises `ReturnUnitsAbsurd`."""
    told = rows(form.line, form.units, form.reason, form.look, form.disposition, form.instead)
    return [
        Handed(
            wish=Wish(
                line_id=_order_line(line),
                quantity=_units(units),
                reason=_reason(reason),
                wanted=_wanted(instead, at=at),
            ),
            look=_look(look),
            disposition=_disposition(goes),
        )
        for line, units, reason, look, goes, instead in told
        if units.strip() not in {"", "0"}
    ]


async def take_back(
    visit: Visit, *, order_id: OrderId, form: HandedForm, at: LocationId
) -> ReturnId:
    """Take back what a form says was handed over. Raises as the service does."""
    return_id = ReturnId(form.key)
    await returns.take_back(
        visit.db,
        return_id=return_id,
        order_id=order_id,
        handed=handed(form, at=at),
        at=at,
        by=visit.by,
        now=visit.now,
    )
    return return_id


def _units(text: str) -> int:
    plain = text.strip()
    if not (plain.isdecimal() and len(plain) <= DIGITS_MAX):
        raise ReturnUnitsAbsurd("Write how many units came: 0, 1, 2…")
    return int(plain)


def _line(text: str) -> ReturnLineId:
    line_id = row_id("rln", text)
    if line_id is None:
        raise ReturnUnitsAbsurd("This line is not in the return. Look again.")
    return ReturnLineId(line_id)


def _order_line(text: str) -> OrderLineId:
    line_id = row_id("line", text)
    if line_id is None:
        raise ReturnUnitsAbsurd("This line is not in the order. Look again.")
    return OrderLineId(line_id)


def _wanted(text: str, *, at: LocationId) -> Wanted | None:
    how, _, sku = text.partition(":")
    if text in {"", MONEY}:
        return None
    if how not in {ALONG, LATER}:
        raise ReturnUnitsAbsurd(
            "Say what the customer takes instead, and whether they take it now."
        )
    return Wanted(sku=Sku(sku), carried_at=at if how == ALONG else None)


def _reason(text: str) -> Reason:
    if text not in REASONS:
        raise ReturnUnitsAbsurd("Say why the piece comes back.")
    return Reason(text)


def _look(text: str) -> Look:
    if text not in set(Look):
        raise ReturnUnitsAbsurd("Say what the piece is like.")
    return Look(text)


def _disposition(text: str) -> Disposition:
    if text not in set(Disposition):
        raise ReturnUnitsAbsurd("Say what is done with the piece.")
    return Disposition(text)
