"""`/studio/stock`: the units of one SKU, whom they are kept for, and the ledger they come from."""

from typing import Annotated, Final

from litestar import get
from litestar.params import QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Visitor
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router
from sellier.surfaces.studio.queries import figures, stock

Tag = Annotated[str, QueryParameter(max_length=70)]
Before = Annotated[int, QueryParameter(ge=1, le=stock.BIG)]


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
    tag = "".join(filter(str.isprintable, sku)).strip()
    piece = await stock.tagged(db, tag=tag, lang=lang) if tag else None
    movements = await stock.ledger(db, sku=piece.sku, before=before) if piece else ()
    return staff_page(
        request,
        "studio/stock/page.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        tag=tag,
        piece=piece,
        positions=await stock.positions(db, sku=piece.sku) if piece else (),
        held=await stock.held(db, sku=piece.sku) if piece else (),
        movements=movements,
        is_first=before == stock.BIG,
        older=movements[-1].id if len(movements) == stock.MOVEMENTS_MAX else None,
    )


router: Final = staff_router("/studio", [ledger])
