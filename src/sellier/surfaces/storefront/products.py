"""The page of a piece, and where it is right now."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.queries import Size
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import NotFound
from sellier.surfaces.storefront import promised, queries, structured, visit
from sellier.surfaces.storefront.promised import Promised
from sellier.surfaces.storefront.shown import FEW, Piece, Place
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
    found = await _places(request, db, shown, visiting=visiting, now=now)
    return visit.show(
        request,
        visiting,
        "storefront/product/page.html",
        piece=shown,
        boutiques=found.boutiques,
        promised=found.promised,
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
    found = await _places(request, db, shown, visiting=visiting, now=now)
    part = "_locations" if visit.is_htmx(request) else "locations"
    return visit.show(
        request,
        visiting,
        f"storefront/product/{part}.html",
        piece=shown,
        boutiques=found.boutiques,
        promised=found.promised,
        country=visiting.market.country,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a piece is, and what is promised of it."""

    boutiques: tuple[Place, ...]
    promised: Promised


async def _places(
    request: Visitor, db: AsyncSession, shown: Piece, *, visiting: Visit, now: datetime
) -> Places:
    known = await visit.timetable(request, db, now)
    skus = [size.sku for size in shown.sizes]
    found = await queries.places(db, code=shown.code, skus=skus, here=visiting.here, now=now)
    said = await promised.of_piece(
        db, found.standings, known=known, skus=skus, visiting=visiting, now=now
    )
    return Places(boutiques=found.boutiques, promised=said)


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
