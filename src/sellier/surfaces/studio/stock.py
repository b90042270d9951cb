"""`/studio/stock`: the units of one SKU, whom they are kept for, and the ledger they come from."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.rules import may
from sellier.domain.identity.states import Right
from sellier.domain.locations import queries as locations
from sellier.domain.stock import queries, service
from sellier.domain.stock.errors import NotThere
from sellier.domain.stock.rules import UNITS_MAX
from sellier.infra.web import Db, Form, Now, Visitor
from sellier.kernel.errors import NotFound
from sellier.kernel.ids import Sku, new_id
from sellier.surfaces.doors.staff import Lang, Staff, author, staff_page, staff_router
from sellier.surfaces.studio import rules
from sellier.surfaces.studio.queries import figures, stock

Tag = Annotated[str, QueryParameter(max_length=70)]
Before = Annotated[int, QueryParameter(ge=1, le=stock.BIG)]


class MovementForm(Form, frozen=True, kw_only=True):
    """What somebody saw happen. `key` is the form's own: sent twice, it is written once."""

    key: UUID
    sku: Annotated[str, msgspec.Meta(max_length=70)]
    place: Annotated[str, msgspec.Meta(max_length=50)]
    what: rules.Happening
    units: Annotated[int, msgspec.Meta(ge=1, le=UNITS_MAX)]
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class DemandForm(Form, frozen=True, kw_only=True):
    """Whether a SKU is sold as one in great demand from now on."""

    sku: Annotated[str, msgspec.Meta(max_length=70)]
    is_hot: Literal["yes", "no"]


DemandBody = Annotated[DemandForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
MovementBody = Annotated[MovementForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


class SkuNotFound(NotFound):
    """A form names a SKU that there is not."""

    code = "studio.sku_not_found"


class PlaceNotFound(NotFound):
    """A movement names a location that there is not."""

    code = "studio.place_not_found"


@get("/stock", right=Right.READ_STOCK)
async def ledger(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    sku: Tag = "",
    before: Before = stock.BIG,
) -> Template:
    """Show where a SKU is and how it came there."""
    return await _page(request, db, staff=staff, lang=lang, sku=sku, before=before)


@post("/stock/movements", right=Right.MOVE_STOCK)
async def write(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now, data: MovementBody
) -> Template | Redirect:
    """Write down what happened to units of a SKU, or say why it cannot have."""
    place = (await locations.ids_by_code(db)).get(data.place)
    if place is None:
        raise PlaceNotFound("There is no such place. Choose one of the list.")
    cause, moves = rules.told(data.what, sku=Sku(data.sku), location_id=place, units=data.units)
    try:
        await service.move(
            db,
            moves=moves,
            cause=cause,
            source=f"studio:{data.key}",
            by=author(staff),
            now=now,
            note=data.note.strip() or None,
        )
    except NotThere as refusal:
        refused = {"form": data, "refusal": refusal}
        return await _page(request, db, staff=staff, lang=lang, sku=data.sku, refused=refused)
    return Redirect(f"/studio/stock?{urlencode({'sku': data.sku})}#ledger", status_code=303)


@post("/stock/demand", right=Right.MOVE_STOCK)
async def set_demand(*, db: Db, staff: Staff, now: Now, data: DemandBody) -> Redirect:
    """Sell a SKU as one in great demand, or as any other. Said twice, it is said once."""
    sku = Sku(data.sku)
    if sku not in (await queries.known(db, skus={sku}, location_ids=set())).skus:
        raise SkuNotFound("There is no such SKU. Look it up again.", sku=sku)
    await service.set_hot(db, sku=sku, hot=data.is_hot == "yes", by=author(staff), now=now)
    return Redirect(f"/studio/stock?{urlencode({'sku': sku})}#demand", status_code=303)


async def _page(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    sku: str,
    before: int = stock.BIG,
    refused: Mapping[str, object] | None = None,
) -> Template:
    """Show the page; `refused` holds the form that was sent and the refusal it met."""
    tag = "".join(filter(str.isprintable, sku)).strip()
    piece = await stock.tagged(db, tag=tag, lang=lang) if tag else None
    movements = await stock.ledger(db, sku=piece.sku, before=before) if piece else ()
    return staff_page(
        request,
        "studio/stock/page.html",
        staff=staff,
        lang=lang,
        status=409 if refused else 200,
        zone=await figures.clock(db),
        tag=tag,
        piece=piece,
        positions=await stock.positions(db, sku=piece.sku) if piece else (),
        demand=await stock.demand(db, sku=piece.sku) if piece else None,
        held=await stock.held(db, sku=piece.sku) if piece else (),
        movements=movements,
        is_first=before == stock.BIG,
        older=movements[-1].id if len(movements) == stock.MOVEMENTS_MAX else None,
        places=await locations.locations(db) if piece and may(staff.role, Right.MOVE_STOCK) else (),
        units_max=UNITS_MAX,
        happenings=[each.value for each in rules.Happening],
        key=new_id(),
        **(refused or {"form": None, "refusal": None}),
    )


router: Final = staff_router("/studio", [ledger, write, set_demand])
