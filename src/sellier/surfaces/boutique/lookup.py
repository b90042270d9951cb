"""`/boutique/lookup`: find any piece of the group, by words or by what is printed on its tag."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final, Protocol, runtime_checkable

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.organization import queries as organization
from sellier.domain.search.errors import SearchUnavailable
from sellier.domain.search.rules.documents import SearchPage, SearchRequest
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import pieces, place
from sellier.surfaces.boutique.shown import Here
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router

WORDS_LONGEST: Final = 200


@runtime_checkable
class Searching(Protocol):
    """The search index, as far as a boutique needs it."""

    def search(self, request: SearchRequest) -> SearchPage: ...


Index = NamedDependency[Searching]
Words = Annotated[str, QueryParameter(max_length=WORDS_LONGEST)]


@get("/lookup", right=Right.LOOK_UP_PIECES)
async def lookup(
    *, request: Visitor, db: Db, now: Now, staff: Staff, lang: Lang, index: Index, q: Words = ""
) -> Template | Redirect:
    """Show what the words find; a tag that means one piece leads straight to it."""
    here = await place.here(db, location_id=staff.location_id)
    text = "".join(filter(str.isprintable, q)).strip()
    tagged = await pieces.by_code(db, text=text) if text else ()
    codes = list(dict.fromkeys(code for code, _ in tagged))
    if len(codes) == 1:
        sku = tagged[0][1]
        return Redirect(
            f"/boutique/pieces/{codes[0]}",
            query_params={"sku": sku} if sku and len(tagged) == 1 else None,
            status_code=303,
        )
    is_asleep = False
    if text and not codes:
        try:
            codes = list(await _search(db, index, words=text, here=here, lang=lang))
        except SearchUnavailable:
            is_asleep = True
    return staff_page(
        request,
        "boutique/lookup/page.html",
        staff=staff,
        lang=lang,
        boutique=here,
        words=text,
        found=await pieces.found(db, codes=codes, here=here, lang=lang, now=now),
        is_asleep=is_asleep,
        limit=pieces.FOUND_MAX,
    )


async def _search(
    db: AsyncSession, index: Searching, *, words: str, here: Here, lang: str
) -> Sequence[str]:
    """Ask for each banner of the group, this boutique's first: the index answers one at a time."""
    asked = [
        SearchRequest(
            lang=lang,
            channel=channel.code,
            market=channel.market(here.market).code,
            words=words,
            limit=pieces.FOUND_MAX,
            facets=False,
        )
        for channel in sorted(
            await organization.channels(db), key=lambda c: c.banner_name != here.banner
        )
    ]
    answers = await asyncio.to_thread(lambda: [index.search(request) for request in asked])
    return rules.interleave([answer.codes for answer in answers], limit=pieces.FOUND_MAX)


router: Final = staff_router("/boutique", [lookup])
