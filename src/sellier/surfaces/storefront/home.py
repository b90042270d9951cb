"""The front page of a shop, composed from its catalog: departments, what is new, its maisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from litestar import get
from litestar.response import Redirect, Template

from sellier.domain.search.gateway.index import SearchIndex
from sellier.domain.search.rules.documents import SearchRequest, Sort
from sellier.infra import web
from sellier.infra.kept import kept
from sellier.infra.web import Db, Now, Visitor
from sellier.surfaces.storefront import queries, searching, shown, visit
from sellier.surfaces.storefront.searching import Index
from sellier.surfaces.storefront.shown import House
from sellier.surfaces.storefront.visit import Visit, Visiting

LEADS: Final = 3
NEW: Final = 8
DEPARTMENTS: Final = 8
MAISONS: Final = 6
MAISON_PIECES: Final = 3
CHOICE: Final = 24  # pieces of a maison to choose three designs from


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Which pieces stand where on the front page; their prices and stock are read each time."""

    leads: tuple[str, ...]
    new: tuple[str, ...]
    departments: Mapping[str, str]  # path -> code of a piece
    houses: tuple[House, ...]
    house_pieces: Mapping[str, tuple[str, ...]]

    @property
    def codes(self) -> list[str]:
        of_houses = [code for codes in self.house_pieces.values() for code in codes]
        every = [*self.leads, *self.new, *self.departments.values(), *of_houses]
        return list(dict.fromkeys(every))


@get("/")
async def language(request: Visitor) -> Redirect:
    """Send a visitor without a language to the one that the browser asks for."""
    answer = Redirect(f"/{web.language_of(request)}/", status_code=302)
    answer.headers["vary"] = "accept-language"
    return answer


@get("/")
async def home(*, request: Visitor, db: Db, now: Now, index: Index, visiting: Visiting) -> Template:
    """Show the front page."""
    front = await kept(
        request.app.state,
        f"front:{visiting.channel.id}:{visiting.market.id}:{visiting.lang}",
        now=now,
        read=lambda: _compose(db=db, index=index, visiting=visiting, now=now),
    )
    tiles = await queries.tiles(db, codes=front.codes, here=visiting.here, now=now)
    return visit.show(
        request,
        visiting,
        "storefront/home/page.html",
        strapline=shown.named(visiting.channel.strapline, visiting.lang),
        front=front,
        pieces={tile.code: tile for tile in tiles},
        shelves=[shelf for shelf in visiting.shelves if shelf.path in front.departments],
    )


async def _compose(*, db: Db, index: SearchIndex, visiting: Visit, now: datetime) -> Front:
    houses = await queries.houses(db, here=visiting.here, now=now)
    ranked = sorted(houses, key=lambda house: (not house.is_maison, not house.story, -house.count))
    of_shelves = {
        shelf.path: await _codes(index, visiting, limit=LEADS + 1, category=shelf.path)
        for shelf in visiting.shelves[:DEPARTMENTS]
    }
    # The newest of each maison: what came in on one day would else be eight of a kind.
    new = [
        code
        for house in ranked[:NEW]
        for code in await _codes(index, visiting, limit=1, sort=Sort.NEW, brand=house.code)
    ]
    of_houses = {
        house.code: await _codes(index, visiting, limit=CHOICE, brand=house.code)
        for house in ranked[:MAISONS]
    }
    wanted = [code for codes in of_houses.values() for code in codes]
    tiles = await queries.tiles(db, codes=wanted, here=visiting.here, now=now)
    products = {tile.code: tile.product_code for tile in tiles}
    leads = [codes[0] for codes in list(of_shelves.values())[:LEADS] if codes]
    return Front(
        leads=tuple(leads),
        new=tuple(new),
        departments={
            path: next((code for code in codes if code not in leads), codes[0])
            for path, codes in of_shelves.items()
            if codes
        },
        houses=tuple(ranked[:MAISONS]),
        house_pieces={
            name: _one_a_product(codes, products)[:MAISON_PIECES]
            for name, codes in of_houses.items()
        },
    )


def _one_a_product(codes: Sequence[str], products: Mapping[str, str]) -> tuple[str, ...]:
    """Keep the first color of each product: a row of three shows three designs."""
    first: dict[str, str] = {}
    for code in codes:
        if code in products:
            first.setdefault(products[code], code)
    return tuple(first.values())


async def _codes(
    index: SearchIndex,
    visiting: Visit,
    *,
    limit: int,
    sort: Sort = Sort.RECOMMENDED,
    category: str | None = None,
    brand: str | None = None,
) -> tuple[str, ...]:
    asked = SearchRequest(
        lang=visiting.lang,
        channel=visiting.channel.code,
        market=visiting.market.code,
        category=category,
        brands=(brand,) if brand else (),
        sort=sort,
        limit=limit,
        facets=False,
    )
    return (await searching.find(index, asked)).codes
