"""`/boutique/pieces/{code}`: one piece, its sizes, and where each of them is."""

from typing import Annotated, Final

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from sellier.domain.identity.states import Right
from sellier.infra.web import Db, Now, Visitor
from sellier.kernel.errors import NotFound
from sellier.kernel.ids import Sku
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import pieces, place
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router


class PieceNotFound(NotFound):
    code = "boutique.piece_not_found"


Code = Annotated[str, PathParameter(max_length=70)]
Chosen = Annotated[str, QueryParameter(max_length=70)]


@get("/pieces/{code:str}", right=Right.LOOK_UP_PIECES)
async def sheet(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, code: Code, sku: Chosen = ""
) -> Template:
    """Show a piece with all its sizes, and the places of the size that was chosen or scanned."""
    here = await place.here(db, location_id=staff.location_id)
    piece = await pieces.piece(db, code=code, here=here, lang=lang, now=now)
    if piece is None:
        raise PieceNotFound("There is no such piece.")
    chosen = rules.chosen_size(piece.sizes, wanted=Sku(sku))
    places = await pieces.places(db, sku=chosen.sku, here=here) if chosen else ()
    return staff_page(
        request,
        "boutique/pieces/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        piece=piece,
        chosen=chosen,
        places=places,
    )


router: Final = staff_router("/boutique", [sheet])
