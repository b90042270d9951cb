"""All the maisons and brands of a shop, A to Z."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from litestar import get
from litestar.response import Template

from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.storefront import queries, visit
from sellier.surfaces.storefront.shown import House
from sellier.surfaces.storefront.visit import Visiting

OTHERS: Final = "#"  # names that begin with no letter


@get("/maisons")
async def maisons(*, request: Visitor, db: Db, now: Now, visiting: Visiting) -> Template:
    """Show the names, under their first letters."""
    houses = await queries.houses(db, here=visiting.here, now=now)
    return visit.show(request, visiting, "storefront/maisons/page.html", letters=by_letter(houses))


def by_letter(houses: Iterable[House]) -> dict[str, list[House]]:
    """Group names by first letter, accents set aside; what begins otherwise comes last."""
    letters: dict[str, list[House]] = {}
    for house in sorted(houses, key=lambda house: _plain(house.name)):
        first = _plain(house.name)[:1].upper()
        letters.setdefault(first if "A" <= first <= "Z" else OTHERS, []).append(house)
    return dict(sorted(letters.items(), key=lambda pair: (pair[0] == OTHERS, pair[0])))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().strip()
