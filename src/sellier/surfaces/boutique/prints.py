"""What a boutique prints: pick lists, packing slips, labels."""

from collections.abc import Sequence
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import PathParameter

from sellier.domain.identity.states import Right
from sellier.domain.orders import queries as orders
from sellier.domain.orders.errors import FulfillmentNotFound, ParcelNotFound
from sellier.infra.web import LANGUAGES, Db, Now
from sellier.kernel.ids import FulfillmentId, row_id
from sellier.surfaces.boutique.queries import place
from sellier.surfaces.boutique.queries import work as queries
from sellier.surfaces.boutique.shown import Sheet, ToPick
from sellier.surfaces.doors.staff import Lang, Staff, staff_router
from sellier.surfaces.slips.packing import Slip, SlipLine, packing_slip
from sellier.surfaces.slips.picking import Pick, PickList, pick_list

Address = Annotated[str, PathParameter(max_length=40)]
PDF: Final = "application/pdf"


@get("/picks", right=Right.PREPARE_ORDERS)
async def picks(*, db: Db, now: Now, staff: Staff, lang: Lang) -> Response[bytes]:
    """Print what to fetch for all accepted work, in the order of the walk."""
    here = await place.here(db, location_id=staff.location_id)
    lines = await queries.to_fetch(db, location_id=staff.location_id, lang=lang)
    if not lines:
        raise FulfillmentNotFound("Nothing is accepted here: there is nothing to fetch.")
    wanted = PickList(
        lang=lang,
        location=here.name,
        zone=here.time_zone,
        made_at=now,
        picks=tuple(_picks(lines)),
    )
    return _paper(pick_list(wanted), name="picks")


@get("/work/{work:str}/slip", right=Right.PREPARE_ORDERS)
async def slip(*, db: Db, now: Now, staff: Staff, lang: Lang, work: Address) -> Response[bytes]:
    """Print the slip that lies in the parcel, in the language of its customer."""
    found = await _sheet(db, staff, work, now=now, lang=lang)
    if found.language in LANGUAGES and found.language != lang:
        found = await _sheet(db, staff, work, now=now, lang=found.language)
        lang = found.language
    here = await place.here(db, location_id=staff.location_id)
    paper = Slip(
        lang=lang,
        banner=found.banner,
        order_number=found.number,
        recipient=(*found.address, found.country),
        location=here.name,
        prepared_on=now.astimezone(ZoneInfo(here.time_zone)).date(),
        lines=tuple(
            SlipLine(
                sku=line.sku,
                brand=line.brand,
                title=line.title,
                color=line.color or "",
                size=line.size or "",
                quantity=line.quantity,
            )
            for line in found.lines
        ),
        code=found.number,
    )
    return _paper(packing_slip(paper), name=found.number)


@get("/work/{work:str}/label", right=Right.PREPARE_ORDERS)
async def label(*, db: Db, now: Now, staff: Staff, lang: Lang, work: Address) -> Response[bytes]:
    """Print the carrier's label."""
    found = await _sheet(db, staff, work, now=now, lang=lang)
    paper = found.parcel and await orders.label(db, parcel_id=found.parcel.id, at=staff.location_id)
    if not paper:
        raise ParcelNotFound("This parcel has no label. Look at it again in a moment.")
    return _paper(paper, name=f"{found.number}-label")


async def _sheet(db: Db, staff: Staff, work: str, *, now: Now, lang: str) -> Sheet:
    found = row_id("work", work)
    here = staff.location_id
    sheet = (
        await queries.sheet(
            db, fulfillment_id=FulfillmentId(found), location_id=here, lang=lang, now=now
        )
        if found and here
        else None
    )
    if sheet is None or not sheet.is_mine:
        raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
    return sheet


def _picks(lines: Sequence[tuple[str, ToPick]]) -> Sequence[Pick]:
    """Put together what several orders want of one piece; each house has its corner."""
    together: dict[str, tuple[ToPick, int, tuple[str, ...]]] = {}
    for number, line in lines:
        _, units, numbers = together.get(line.sku, (line, 0, ()))
        together[line.sku] = (line, units + line.quantity, (*numbers, number))
    return [
        Pick(
            place=line.brand,
            walk=rank,
            sku=line.sku,
            brand=line.brand,
            title=line.title,
            color=line.color or "",
            size=line.size or "",
            quantity=units,
            orders=numbers,
        )
        for rank, (line, units, numbers) in enumerate(together.values())
    ]


def _paper(content: bytes, *, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


router: Final = staff_router("/boutique", [picks, slip, label])
