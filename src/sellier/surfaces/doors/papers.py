"""Papers about stock as staff fill them in: forms with lines, and what refuses them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import queries as stock
from sellier.domain.stock.errors import PaperNotFound
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.domain.stock.rules import UNITS_MAX
from sellier.domain.stock.rules.arrivals import Arrived, expected_at
from sellier.domain.stock.service.papers import Turn
from sellier.infra.web import Form, Several, rows
from sellier.kernel import parsing
from sellier.kernel.errors import Invalid
from sellier.kernel.ids import Sku
from sellier.kernel.parsing import Unreadable

SCANNED_LONGEST: Final = 40_000


class FormUnreadable(Invalid):
    """What was written in a form is no number, no date or no tag."""

    code = "doors.form_unreadable"


class TurnForm(Form, frozen=True, kw_only=True):
    """Somebody's turn at a paper: as they saw it, once."""

    key: UUID
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def turn(self, paper: PaperRead) -> Turn:
        """Return the turn at a paper that this form is."""
        return Turn(paper_id=paper.id, version=self.version, key=self.key)


class LinesForm(TurnForm, frozen=True, kw_only=True):
    """A turn with units by line, and with tags that were scanned one after the other."""

    sku: Several = ""
    units: Several = ""
    damaged: Several = ""
    scanned: Annotated[str, msgspec.Meta(max_length=SCANNED_LONGEST)] = ""
    expected_on: Annotated[str, msgspec.Meta(max_length=10)] = ""


TurnBody = Annotated[TurnForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
LinesBody = Annotated[LinesForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


async def found(db: AsyncSession, *, number: str, kind: Kind) -> PaperRead:
    """Return a paper of a kind. Raises `PaperNotFound`."""
    paper = await stock.paper(db, number=number)
    if paper is None or paper.kind is not kind:
        raise PaperNotFound("There is no paper of this number. Go back to the list.")
    return paper


def units_of(form: LinesForm) -> Mapping[Sku, int]:
    """Read the units of each line; a line left empty is left out. Raises `FormUnreadable`."""
    told = rows(form.sku, form.units)
    return {Sku(sku): _whole(units) for sku, units in told if sku and units.strip()}


def damaged_of(form: LinesForm) -> Mapping[Sku, int]:
    """Read the damaged units of each line. Raises `FormUnreadable`."""
    told = rows(form.sku, form.damaged)
    return {Sku(sku): _whole(units) for sku, units in told if sku and units.strip()}


async def scanned(db: AsyncSession, text: str) -> Mapping[Sku, int]:
    """Count the tags of a text, one a line; a SKU or a GTIN. Raises `FormUnreadable`.

    A number behind a tag says how many of it there are.
    """
    counted: Counter[str] = Counter()
    for line in filter(None, map(str.strip, text.splitlines())):
        tag, _, units = line.rpartition(" ")
        if not (tag and units.isdecimal()):
            tag, units = line, "1"
        counted[tag.strip()] += _whole(units)
    known = await stock.skus_of(db, tags=list(counted))
    found: Counter[Sku] = Counter()
    for tag, quantity in counted.items():
        if tag not in known:
            raise FormUnreadable(f"No piece has the tag {tag}.", tag=tag)
        found[known[tag]] += quantity
    return found


async def arrived(db: AsyncSession, form: LinesForm) -> Mapping[Sku, Arrived]:
    """Read what came out of boxes: sound and damaged units by line, and tags scanned."""
    sound = Counter(units_of(form))
    sound.update(await scanned(db, form.scanned))
    damaged = damaged_of(form)
    skus = [*sound, *(sku for sku in damaged if sku not in sound)]
    each = {sku: Arrived(sound=sound[sku], damaged=damaged.get(sku, 0)) for sku in skus}
    return {sku: one for sku, one in each.items() if one.units}


def day_of(text: str, *, closes: time, zone: str) -> datetime | None:
    """Read when something is expected: as its place closes on that day; None when it is empty.

    Raises `FormUnreadable`.
    """
    if not text.strip():
        return None
    try:
        return expected_at(parsing.day(text.strip()), closes=closes, zone=zone)
    except Unreadable as error:
        raise FormUnreadable(f"{text} is no day: {error.why}.") from error


def _whole(text: str) -> int:
    try:
        return parsing.whole(text.strip(), low=0, high=UNITS_MAX)
    except Unreadable as error:
        raise FormUnreadable(f"{text} is no number of units: {error.why}.") from error
