"""The page of a piece, and where it is right now."""

from datetime import datetime
from typing import ClassVar

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.queries import Size
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import NotFound
from sellier.surfaces.storefront import queries, structured, visit
from sellier.surfaces.storefront.shown import FEW, Piece
from sellier.surfaces.storefront.visit import Visit, Visiting


class PieceNotFound(NotFound):
    """No such piece, or none that is shown in this shop and market."""

    code: ClassVar[str] = "storefront.piece_not_found"


@get("/p/{code:str}")
async def piece(
    *, request: Visitor, db: Db, now: Now, visiting: Visiting, code: FromPath[str]
) -> Template:
    """Show one style-color."""
    shown = await _found(db, code, visiting=visiting, now=now)
    boutiques = await queries.places(db, code=code, here=visiting.here, now=now)
    return visit.show(
        request,
        visiting,
        "storefront/product/page.html",
        piece=shown,
        boutiques=boutiques,
        country=visiting.market.country,
        trail=visiting.trail(shown.category),
        sizes=[_option(size) for size in shown.sizes],
        few=FEW,
        structured=structured.product(shown, visiting),
    )


@get("/p/{code:str}/locations")
async def locations(
    *, request: Visitor, db: Db, now: Now, visiting: Visiting, code: FromPath[str]
) -> Template:
    """Show the boutiques that have a piece: a fragment for htmx, a page without it."""
    shown = await _found(db, code, visiting=visiting, now=now)
    found = await queries.places(db, code=code, here=visiting.here, now=now)
    part = "_locations" if visit.is_htmx(request) else "locations"
    return visit.show(
        request,
        visiting,
        f"storefront/product/{part}.html",
        piece=shown,
        boutiques=found,
        country=visiting.market.country,
    )


async def _found(db: AsyncSession, code: str, *, visiting: Visit, now: datetime) -> Piece:
    # PostgreSQL holds no NUL; nothing that has one can be there.
    found = None
    if "\0" not in code:
        found = await queries.piece(db, code=code, here=visiting.here, now=now)
    if found is None:
        raise PieceNotFound("This piece is not shown here.")
    return found


def _option(size: Size) -> dict[str, object]:
    return {
        "sku": size.sku,
        "name": size.name,
        "available": size.available > 0,
        "left": size.available,
        "price": size.price,
    }
